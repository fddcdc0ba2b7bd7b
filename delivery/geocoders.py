"""The geocoders that can be set, asked through geopy: what each is told, and how its errors are sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener

from geopy.adapters import URLLibAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeopyError,
)
from geopy.geocoders import GoogleV3, Nominatim, Photon, Yandex

from services import places
from services.pace import Limit
from services.places import Question
from services.ways_out import NeverAgain, TryLater

DEADLINE_SECONDS: Final = 5.0
_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 3.0
_MARGIN: Final = 2.0
"""Degrees around our warehouses in which places come first."""
_FREE_FOR_ALL: Final = {"nominatim.openstreetmap.org", "photon.komoot.io"}
"""Asked once a second at most: https://operations.osmfoundation.org/policies/nominatim/"""

Hit = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One of geopy's geocoders. ``country``: ISO 3166 of a place that it found, in whatever case it writes it."""

    kind: Callable[..., Any]
    url: str
    options: Callable[[Question], dict[str, Any]]
    country: Callable[[Mapping[str, Any]], str]
    needs_key: bool = False


def _nominatim(question: Question) -> dict[str, Any]:
    return {
        "limit": places.MOST_HITS * 2,
        "addressdetails": True,
        "language": question.language,
        "viewbox": _box(question),
    }


def _photon(question: Question) -> dict[str, Any]:
    """It knows no Russian and no Spanish by name, but names places as they are called where they lie."""
    box = _box(question)
    middle = ((box[0][0] + box[1][0]) / 2, (box[0][1] + box[1][1]) / 2) if box else None
    return {"limit": places.MOST_HITS * 2, "language": "default", "location_bias": middle}


def _yandex(question: Question) -> dict[str, Any]:
    return {"lang": "ru_RU" if question.language == "ru" else "en_RU"}


def _google(question: Question) -> dict[str, Any]:
    return {"language": question.language, "region": question.country.lower(), "bounds": _box(question)}


def _google_country(raw: Mapping[str, Any]) -> str:
    return next((part["short_name"] for part in raw["address_components"] if "country" in part["types"]), "")


SERVICES: Final = {
    "nominatim": Service(
        Nominatim,
        "https://nominatim.openstreetmap.org",
        _nominatim,
        lambda raw: raw.get("address", {}).get("country_code", ""),
    ),
    "photon": Service(
        Photon, "https://photon.komoot.io", _photon, lambda raw: raw["properties"].get("countrycode", "")
    ),
    "yandex": Service(
        Yandex,
        "https://geocode-maps.yandex.ru",
        _yandex,
        lambda raw: raw["metaDataProperty"]["GeocoderMetaData"]["Address"].get("country_code", ""),
        needs_key=True,
    ),
    "google": Service(GoogleV3, "https://maps.googleapis.com", _google, _google_country, needs_key=True),
}
"""By the name that stands in GEOCODER."""


class _Direct(URLLibAdapter):  # type: ignore[misc]  # geopy has no types
    """Goes to the address that is set and to no other: a redirect is trouble."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        ways = (HTTPSHandler(context=ssl_context), ProxyHandler(proxies), _NoRedirect())
        self.urlopen = build_opener(*ways).open


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_asked: Any) -> None:
        """Follow nowhere."""


class Geocoder:
    """Asks one of ``SERVICES``, at ``url`` or where it is for everybody. ``pace``: how fast it may be asked."""

    def __init__(
        self, name: str = "nominatim", url: str = "", *, key: str = "", seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._service = SERVICES[name]
        parts = urlsplit(url or self._service.url)
        self._settings: dict[str, Any] = {
            "domain": f"{parts.netloc}{parts.path}",
            "scheme": parts.scheme,
            "timeout": seconds,
            "adapter_factory": _Direct,
        }
        if self._service.needs_key:
            self._settings["api_key"] = key
        self.pace = (Limit("geocoder", 1.0),) if parts.hostname in _FREE_FOR_ALL else ()

    def find(self, question: Question) -> list[Hit]:
        """The hits, those in the question's country first, else in the order that the geocoder gives them.

        Raises TryLater for trouble that may pass, NeverAgain for what will not.
        """
        try:
            asked = self._service.kind(**self._settings, user_agent=_user_agent(question.contact))
            found = asked.geocode(question.address, exactly_one=False, **self._service.options(question))
            known = filter(_is_somewhere, found or ())
            hits = [(str(self._service.country(place.raw)).upper(), _hit(place)) for place in known]
        except GeocoderRateLimited as limited:
            raise TryLater("the geocoder asks us to wait", min(limited.retry_after or _PAUSE, _LONGEST_PAUSE)) from None
        except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges, GeocoderQueryError) as refused:
            raise NeverAgain(f"the geocoder refuses us, check its settings: {type(refused).__name__}") from None
        except GeopyError as trouble:
            raise TryLater(f"the geocoder is in trouble: {type(trouble).__name__}", _PAUSE) from None
        except (LookupError, TypeError, ValueError, AttributeError):
            raise NeverAgain("the geocoder answers in a way that we do not understand") from None
        hits.sort(key=lambda hit: hit[0] != question.country)
        return [hit for _, hit in hits[: places.MOST_HITS]]


def _user_agent(contact: str) -> str:
    """Who asks, in the letters that a header may have."""
    plain = "".join(letter for letter in contact if " " <= letter <= "~")
    return f"TelBot ({plain or 'order desk'})"


def _box(question: Question) -> list[tuple[float, float]] | None:
    if question.around is None:
        return None
    south, west, north, east = question.around
    low = (max(-90.0, south - _MARGIN), max(-180.0, west - _MARGIN))
    return [low, (min(90.0, north + _MARGIN), min(180.0, east + _MARGIN))]


def _is_somewhere(place: Any) -> bool:
    """Services write 0/0 where they know no coordinates."""
    return bool(place.latitude or place.longitude)


def _hit(place: Any) -> Hit:
    if not place.address:
        raise ValueError("a place without a name")
    return {"found": str(place.address), "latitude": float(place.latitude), "longitude": float(place.longitude)}
