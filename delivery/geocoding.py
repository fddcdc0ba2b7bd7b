"""The way out to the geocoder: where an address lies, asked of it at its pace, else of the table of towns."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from bot.events import Internal
from delivery.geocoders import Geocoder, Hit
from delivery.ways import HandBack
from services import places, towns
from services.lanes import Row
from services.pace import Limit
from services.places import Question
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

TRIES: Final = 2
"""Somebody waits: after so many the towns are looked up instead."""


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
