"""Tax ids as people write them: normalised, and checked by the check digits of their country.

The rules of the countries come from python-stdnum. Where it knows none, whatever looks like a number is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Protocol

from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, ValidationError

from services import countries
from services.errors import DomainError

LONGEST: Final = 32
"""What the columns hold."""

_COMPANY_INN: Final = 10
_KPP: Final = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)
_WORDS: Final = re.compile(r"(?i)\b(инн|inn|кпп|kpp|nif|nie|cif|dni|vat|rfc|unp|унп|бин|bin|tax id|n\.i\.f\.)\b[:.№]*")
_BETWEEN: Final = re.compile(r"[\s.\-\u00a0\u2010-\u2013№:]+")
_PLAIN: Final = re.compile(r"[0-9A-Z]{4,20}", re.ASCII)


class TaxIdUnclear(DomainError):
    """This has not the form of a tax id. Facts: label (a ``countries.TaxId``: what it is called there)."""


class TaxIdWrong(DomainError):
    """The form is right but the check digits are not: a digit was mistyped. Facts: number, label."""


class ReasonCodeUnclear(DomainError):
    """This is no КПП: nine characters, such as 770101001. No facts."""


class _Rules(Protocol):
    """A module of python-stdnum."""

    def validate(self, number: str) -> str:
        """Give the number back in its plain form, or raise a ValidationError."""


@dataclass(frozen=True, slots=True)
class TaxId:
    """A checked number. ``reason_code`` is the КПП that a Russian firm has beside it, where it was given."""

    number: str
    country: str
    """ISO 3166 alpha-2: the given one, or that whose letters stood before the number."""
    reason_code: str = ""


def parse(text: str, country: str) -> TaxId:
    """Read a tax id of ``country``, or one of another with that one's letters before it (``ES B88120456``).

    In Russia ``ИНН/КПП`` may be given together. Raises TaxIdUnclear, TaxIdWrong or ReasonCodeUnclear.
    """
    country = country.upper()
    number, reason_code = _parts(text, country)
    abroad = _of_another_country(number, country)
    if abroad is not None:
        return abroad
    number = _checked(number, country)
    if reason_code and len(number) != _COMPANY_INN:
        raise ReasonCodeUnclear
    return TaxId(number, country, parse_reason_code(reason_code))


def parse_reason_code(text: str) -> str:
    """Read a КПП; empty stays empty. Raises ReasonCodeUnclear."""
    code = _BETWEEN.sub("", _WORDS.sub(" ", text)).upper()
    if code and _KPP.fullmatch(code) is None:
        raise ReasonCodeUnclear
    return code


def _parts(text: str, country: str) -> tuple[str, str]:
    """The number and the КПП without spaces, signs and words around them."""
    is_split = countries.profile(country).has_tax_reason_code
    head, _, tail = re.sub(r"(?i)[/\\,;|]|\b(кпп|kpp)\b", "/", text.strip()).partition("/")
    number, rest = (_BETWEEN.sub("", _WORDS.sub(" ", part)).upper().strip("/") for part in (head, tail))
    if not is_split:
        return number + rest, ""
    if not rest and len(number) > _COMPANY_INN + 2:  # both in a row
        return number[:_COMPANY_INN], number[_COMPANY_INN:]
    return number, rest


def _of_another_country(number: str, country: str) -> TaxId | None:
    """The number as one of the country whose letters it begins with, where it cannot be one of ``country``."""
    letters, rest = number[:2], number[2:]
    if letters == country or not letters.isalpha() or not letters.isascii() or _rules(letters) is None:
        return None
    if _is_right(number, country):
        return None
    return TaxId(_checked(rest, letters), letters)


def _is_right(number: str, country: str) -> bool:
    try:
        _checked(number, country)
    except (TaxIdUnclear, TaxIdWrong):
        return False
    return True


def _checked(number: str, country: str) -> str:
    label = countries.profile(country).tax_id.value
    if _PLAIN.fullmatch(number) is None:
        raise TaxIdUnclear(label=label)
    rules = _rules(country)
    if rules is None:
        return number
    try:
        checked = str(rules.validate(number))
    except InvalidChecksum:
        raise TaxIdWrong(number=number, label=label) from None
    except ValidationError:
        raise TaxIdUnclear(label=label) from None
    if not checked.strip("0"):  # zeros alone always add up
        raise TaxIdWrong(number=number, label=label)
    return checked


def _rules(country: str) -> _Rules | None:
    """python-stdnum's module for the number that firms of this country are billed by."""
    for kind in ("vat", "tin"):
        found = get_cc_module(country.lower(), kind) if country else None
        if found is not None:
            return found
    return None
