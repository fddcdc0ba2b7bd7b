"""Telephone numbers as people write them, in the one form that they are stored, shown and compared in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_with_reason,
)
from phonenumbers import parse as parse_number

from services.errors import DomainError

LONGEST: Final = 32
"""What the columns hold."""
LONGEST_KEY: Final = 15
"""Digits of the longest number there is (E.164)."""

_FORM: Final = re.compile(
    r"(?:tel|тел|т)?[.:]?\s*(?P<number>\+?[\d\s()\u00a0\u2010-\u2013./-]{3,40}?)"
    r"\s*(?:[,;]?\s*(?:ext|доб|внутр|int|x)[.:]?\s*(?P<inside>\d{1,6}))?",
    re.IGNORECASE | re.ASCII,
)
"""Digits with the signs that people put between them, and maybe an extension."""


class PhoneUnclear(DomainError):
    """This is no telephone number with its area code. No facts."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it is shown (``+7 495 000-20-11``), and its digits with the country's as they are compared."""

    shown: str
    key: str


def parse(text: str, country: str) -> Phone:
    """Read a number that may lack the code of ``country`` (ISO 3166 alpha-2). Raises PhoneUnclear.

    A number has to be possible: as many digits as its country's numbers have, with the area's. Whether it is in use
    cannot be known, so ranges that are not given out yet are taken.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise PhoneUnclear
    written = found["number"]
    for attempt in _readings(written):
        number = _possible(attempt, country)
        if number is not None:
            key = f"{number.country_code}{number.national_number}"
            shown = format_number(number, PhoneNumberFormat.INTERNATIONAL)
            shown += f" ext. {found['inside']}" if found["inside"] else ""
            if len(shown) <= LONGEST and len(key) <= LONGEST_KEY:
                return Phone(shown, key)
    raise PhoneUnclear


def key_of(text: str, country: str) -> str:
    """The digits that a stored number is compared by: with the country's where they can be told, else as they are."""
    if not text:
        return ""
    try:
        return parse(text, country).key
    except PhoneUnclear:
        return digits_of(text)[:LONGEST_KEY]


def digits_of(text: str) -> str:
    """The digits 0 to 9 in a text."""
    return "".join(sign for sign in text if sign in "0123456789")


def dialling_code(country: str) -> str:
    """The digits that numbers of this country begin with abroad; empty where the country is not known."""
    code = country_code_for_region(country.upper())
    return str(code) if code else ""


def _readings(written: str) -> list[str]:
    """As it is; and where that cannot be, as a number from abroad whose plus was left out."""
    digits = digits_of(written)
    if "+" in written:
        return [written]
    return [written, f"+{digits.removeprefix('00')}"]


def _possible(written: str, country: str) -> PhoneNumber | None:
    try:
        number = parse_number(written, country.upper() or None)
    except NumberParseException:
        return None
    return number if is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE else None
