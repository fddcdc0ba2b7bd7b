"""Countries, currencies and time zones by the names that people type, in the languages of the chat (Unicode CLDR)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from services.search import search_key

LANGUAGES: Final = ("ru", "es", "en")
MOST_SUGGESTED: Final = 6
_BEST_KNOWN: Final = (
    "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Samara", "Asia/Krasnoyarsk", "Asia/Vladivostok",
    "Europe/Madrid", "Europe/Lisbon", "Asia/Almaty", "America/Mexico_City", "America/Sao_Paulo",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
)  # fmt: skip
"""Where most people live, in countries with several zones."""


def country_name(code: str, locale: str) -> str:
    """The name of a country in a language; an unknown code stays as it is."""
    return str(Locale(_known(locale)).territories.get(code, code))


def currency_name(code: str, locale: str) -> str:
    """The name of a currency in a language; an unknown code stays as it is."""
    return str(Locale(_known(locale)).currencies.get(code, code))


def zone_name(zone: str, locale: str) -> str:
    """The city that a time zone is named after, in a language: ``Europe/Moscow`` is ``Москва``."""
    return str(get_timezone_location(zone, locale=_known(locale), return_city=True)) or zone


def zone_offset(zone: str, now: datetime) -> str:
    """How far the clocks of a zone are from UTC at ``now``: ``+03:00``."""
    return now.astimezone(ZoneInfo(zone)).isoformat()[-6:]


def find_countries(text: str) -> list[str]:
    """Codes (ISO 3166) of the countries that ``text`` is the code or the beginning of the name of, the best first."""
    return _find(text, _countries())


def find_currencies(text: str) -> list[str]:
    """Codes (ISO 4217) of the currencies in use that ``text`` names, those of most countries first."""
    return _find(text, _currencies())


def find_zones(text: str, *, country: str) -> list[str]:
    """IANA names of the zones that ``text`` names, or a city of theirs; those of ``country`` first."""
    wanted = search_key(text).replace(" ", "_")
    exact = [zone for zone in available_timezones() if zone.casefold() == wanted]
    if exact:
        return exact
    own = zones_of(country)
    found = _find(text, _zones())
    return sorted(found, key=lambda zone: zone not in own)


def zones_of(country: str) -> list[str]:
    """The zones that a country's clocks show, the best known first."""
    zones = [zone for zone in get_global("territory_zones").get(country, ()) if zone in available_timezones()]
    return sorted(zones, key=lambda zone: _BEST_KNOWN.index(zone) if zone in _BEST_KNOWN else len(_BEST_KNOWN))


def countries() -> list[str]:
    """The codes of all countries."""
    return list(_countries())


def currencies() -> list[str]:
    """The codes of all currencies in use."""
    return list(_currencies())


def zones() -> list[str]:
    """The IANA names of all zones whose clocks are known."""
    return sorted(available_timezones())


def _find(text: str, known: dict[str, tuple[str, ...]]) -> list[str]:
    """What is called exactly so; else what begins so, and then what has a word that begins so."""
    key = search_key(text)
    if not key:
        return []
    exact = [code for code, names in known.items() if key in names]
    begins = [code for code, names in known.items() if any(name.startswith(key) for name in names)]
    inside = [code for code, names in known.items() if any(f" {key}" in name for name in names)]
    return exact or list(dict.fromkeys([*begins, *inside]))


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    codes = sorted(get_global("territory_zones"))
    return {code: _names(code, *(country_name(code, locale) for locale in LANGUAGES)) for code in codes}


@cache
def _currencies() -> dict[str, tuple[str, ...]]:
    used = Counter(
        code
        for currencies in get_global("territory_currencies").values()
        for code, _since, until, tender in currencies
        if until is None and tender
    )
    ranked = sorted(used, key=lambda code: (-used[code], code))
    return {code: _names(code, *(currency_name(code, locale) for locale in LANGUAGES)) for code in ranked}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    zones = sorted({*get_global("zone_territories")} & available_timezones())
    return {
        zone: _names(zone, zone.rpartition("/")[2].replace("_", " "), *(zone_name(zone, one) for one in LANGUAGES))
        for zone in zones
    }


def _names(*names: str) -> tuple[str, ...]:
    return tuple(search_key(name) for name in names)


def _known(locale: str) -> str:
    return locale if locale in LANGUAGES else "en"
