"""What a client is known by: how each thing that is typed of one is read, and how long it may be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from services import emails, phones, tax_ids, world_names
from services.errors import DomainError

LANGUAGES: Final = ("ru", "es", "en")
"""What papers are written in."""
FIELDS: Final = ("name", "legal_name", "tax_id", "country", "contact", "phone", "email", "address", "language")
"""What is typed or chosen of a client, in the order that it is shown in. The place on the map comes beside them."""
LONGEST: Final = {"name": 200, "legal_name": 300, "contact": 200, "address": 500}
"""Characters that the columns hold."""

Values = dict[str, str]


class ClientTextUnfit(DomainError):
    """A name, contact or address is empty where it must not be, or too long. Facts: field, largest (characters)."""


class CountryUnclear(DomainError):
    """No country is called so, or several are. No facts."""


class LanguageUnknown(DomainError):
    """No papers are written in this language. No facts."""


class PinUnclear(DomainError):
    """These are no coordinates of a place. No facts."""


def read(field: str, text: str, country: str) -> Values:
    """What was typed for one of FIELDS, as the values of columns. Empty text empties all but name and language.

    ``country``: ISO 3166 alpha-2, whose rules tax ids and phones follow; it is among the values where the tax id was
    of another one. Raises ClientTextUnfit, PhoneUnclear, EmailUnclear, TaxIdUnclear, TaxIdWrong, ReasonCodeUnclear,
    CountryUnclear or LanguageUnknown.
    """
    return _READERS[field](field, " ".join(_without_controls(text).split()), country)


def check_pin(latitude: float, longitude: float) -> None:
    """Raise PinUnclear for what is not on the globe, and for 0/0: that is a broken receiver, not a client."""
    on_globe = math.isfinite(latitude) and math.isfinite(longitude)
    if not on_globe or abs(latitude) > 90 or abs(longitude) > 180 or (latitude == 0 and longitude == 0):
        raise PinUnclear


def _text(field: str, text: str, _country: str) -> Values:
    if len(text) > LONGEST[field] or (field == "name" and not text):
        raise ClientTextUnfit(field=field, largest=LONGEST[field])
    return {field: text}


def _tax_id(_field: str, text: str, country: str) -> Values:
    if not text:
        return {"tax_id": "", "tax_reason_code": ""}
    found = tax_ids.parse(text, country)
    values = {"tax_id": found.number, "tax_reason_code": found.reason_code}
    return values if found.country == country.upper() else {**values, "country": found.country}


def _reason_code(field: str, text: str, _country: str) -> Values:
    return {field: tax_ids.parse_reason_code(text)}


def _country(field: str, text: str, _country: str) -> Values:
    found = world_names.find_countries(text)
    if text and len(found) != 1:
        raise CountryUnclear
    return {field: found[0] if found else ""}


def _phone(field: str, text: str, country: str) -> Values:
    return {field: phones.parse(text, country).shown if text else ""}


def _email(field: str, text: str, _country: str) -> Values:
    return {field: emails.parse(text) if text else ""}


def _language(field: str, text: str, _country: str) -> Values:
    if text not in LANGUAGES:
        raise LanguageUnknown
    return {field: text}


def _without_controls(text: str) -> str:
    """No database takes a NUL, and nobody sees the others."""
    return "".join(sign if sign.isprintable() or sign.isspace() or ord(sign) > 0x9F else " " for sign in text)


_READERS: Final[dict[str, Callable[[str, str, str], Values]]] = {
    "country": _country,
    "name": _text,
    "legal_name": _text,
    "tax_id": _tax_id,
    "tax_reason_code": _reason_code,
    "contact": _text,
    "phone": _phone,
    "email": _email,
    "address": _text,
    "language": _language,
}
