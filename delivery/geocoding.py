"""The way out to the geocoder: where an address lies, asked of Nominatim at its pace, else of the table of towns."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeopyError,
)
from geopy.geocoders import Nominatim
from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.ways import HandBack
from services import places, towns
from services.lanes import Row
from services.pace import Limit
from services.places import Question
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

PUBLIC_NOMINATIM: Final = "https://nominatim.openstreetmap.org"
"""Free for all, and so asked once a second at most: https://operations.osmfoundation.org/policies/nominatim/"""
DEADLINE_SECONDS: Final = 5.0
TRIES: Final = 2
"""Somebody waits: after so many the towns are looked up instead."""
_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 3.0
_MARGIN: Final = 2.0
"""Degrees around our warehouses in which places come first."""

Hit = dict[str, Any]


class Geocoder:
    """Asks the Nominatim at ``url``. Raises TryLater for trouble that may pass, NeverAgain for what will not."""

    def __init__(self, url: str, seconds: float = DEADLINE_SECONDS) -> None:
        parts = urlsplit(url)
        self._scheme, self._domain, self._seconds = parts.scheme, f"{parts.netloc}{parts.path}", seconds
        self.pace = (Limit("geocoder", 1.0),) if parts.hostname == urlsplit(PUBLIC_NOMINATIM).hostname else ()

    def find(self, question: Question) -> list[Hit]:
        """The hits, those in the question's country first, else in the order that the geocoder gives them."""
        asked = Nominatim(
            user_agent=f"TelBot ({question.contact or 'order desk'})",
            domain=self._domain,
            scheme=self._scheme,
            timeout=self._seconds,
        )
        try:
            found = asked.geocode(
                question.address,
                exactly_one=False,
                limit=places.MOST_HITS * 2,
                addressdetails=True,
                language=question.language,
                viewbox=_box(question.around),
            )
            hits = [(_country(place.raw), _hit(place.raw)) for place in found or ()]
        except GeocoderRateLimited as limited:
            raise TryLater("the geocoder asks us to wait", min(limited.retry_after or _PAUSE, _LONGEST_PAUSE)) from None
        except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, GeocoderQueryError) as refused:
            raise NeverAgain(f"the geocoder refuses us, check GEOCODER_URL: {type(refused).__name__}") from None
        except GeopyError as trouble:
            raise TryLater(f"the geocoder is in trouble: {type(trouble).__name__}", _PAUSE) from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NeverAgain("the geocoder answers in a way that we do not understand") from None
        hits.sort(key=lambda known: known[0] != question.country.lower())
        return [hit for _, hit in hits[: places.MOST_HITS]]


class GeocodingWay:
    """Finds out where an address lies; there is always an answer, even if it is that nobody knows."""

    def __init__(self, geocoder: Geocoder | None, hand_back: HandBack) -> None:
        self._geocoder, self._hand_back = geocoder, hand_back

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        """The geocoder's pace, over all processes."""
        return self._geocoder.pace if self._geocoder else ()

    def prepare(self, session: Session, row: Row) -> Question:
        """Read what the question needs of the company."""
        return places.question(session, row.payload["address"], row.payload["language"])

    def deliver(self, row: Row, prepared: Question) -> str:
        """Ask, and hand back what was found. Raises TryLater where the geocoder may know it in a moment."""
        hits, source = self._ask(row, prepared), places.GEOCODER
        if not hits:
            towns_found = _towns(prepared)
            if towns_found or hits is None:
                hits, source = towns_found, places.TOWNS
        facts = {**row.payload, "hits": hits, "source": source}
        self._hand_back(Internal("place.found", row.id, facts))
        return source

    def _ask(self, row: Row, question: Question) -> list[Hit] | None:
        """What the geocoder says; None: it has not said."""
        if self._geocoder is None:
            return None
        try:
            return self._geocoder.find(question)
        except TryLater as later:
            if row.attempts + 1 < TRIES:
                raise
            log.warning("asked %s times in vain: %s", TRIES, later.reason)
        except NeverAgain as refusal:
            log.warning("%s", refusal.reason)
        return None

    def settle(self, session: Session, row: Row, provider_id: str) -> None:
        """What was learnt has gone through the conversation's door already."""

    def put_off(self, row: Row, reason: str) -> None:
        """The person who waits is told when there is an answer."""

    def given_up(self, row: Row, reason: str) -> None:  # noqa: ARG002
        """Nobody knows where that is."""
        self._hand_back(Internal("place.found", row.id, {**row.payload, "hits": [], "source": places.TOWNS}))


def _towns(question: Question) -> list[Hit]:
    """Towns of that name; of an address that says more than the town, the address as it was typed is kept."""
    hits = []
    for town in towns.find(question.address, country=question.country, most=places.MOST_HITS):
        name = town.name_in(question.language, at_home=question.country)
        found = name if towns.is_whole(question.address, town) else question.address
        hits.append({"found": found, "latitude": town.latitude, "longitude": town.longitude})
    return hits


def _box(around: tuple[float, float, float, float] | None) -> list[tuple[float, float]] | None:
    if around is None:
        return None
    south, west, north, east = around
    low = (max(-90.0, south - _MARGIN), max(-180.0, west - _MARGIN))
    return [low, (min(90.0, north + _MARGIN), min(180.0, east + _MARGIN))]


def _country(raw: Mapping[str, Any]) -> str:
    address = raw.get("address") or {}
    return str(address.get("country_code", "")).lower()


def _hit(raw: Mapping[str, Any]) -> Hit:
    return {"found": str(raw["display_name"]), "latitude": float(raw["lat"]), "longitude": float(raw["lon"])}
