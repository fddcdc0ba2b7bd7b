"""What codes on tickets say: Russian fiscal codes, and the codes that a banking app pays by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

_SALE: Final = "1"
_WHEN: Final = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?")
_SUM: Final = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
_NUMBER: Final = re.compile(r"\d{1,20}")
_MOST_TEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class FiscalCode:
    """A ticket that a Russian cash register has signed. The sum is in hundredths of a ruble."""

    sum_minor: int
    sold_on: date
    sold_at: time
    fiscal_id: str
    is_sale: bool


@dataclass(frozen=True, slots=True)
class PaymentCode:
    """A code to pay by. The sum, where it says one, is in hundredths of ``currency``."""

    text: str
    sum_minor: int | None
    currency: str


def fiscal_code(text: str) -> FiscalCode | None:
    """Read ``t=20240131T1530&s=1234.50&fn=…&i=…&fp=…&n=1``, in any order; None for anything else."""
    facts = _pairs(text, "&")
    when = _moment(facts.get("t", ""))
    numbers = [facts.get(name, "") for name in ("fn", "i", "fp")]
    if when is None or not _SUM.fullmatch(facts.get("s", "")) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    total = int(Decimal(facts["s"]) * 100)
    return FiscalCode(total, when.date(), when.time(), ":".join(numbers), facts.get("n", _SALE) == _SALE)


def payment_code(text: str) -> PaymentCode | None:
    """Read a Russian ``ST00012|…|Sum=`` (kopecks) or a European ``BCD`` code; None for anything else."""
    if len(text) > _MOST_TEXT:
        return None
    if re.match(r"ST0001[123]", text):
        facts = _pairs(text[7:], text[7:8] or "|")
        total = facts.get("sum", "")
        return PaymentCode(text, int(total) if re.fullmatch(r"\d{1,11}", total) else None, "RUB")
    lines = text.splitlines()
    if lines and lines[0].strip() == "BCD" and len(lines) >= 7:
        return PaymentCode(text, _euros(lines[7]) if len(lines) > 7 else None, "EUR")
    return None


def _pairs(text: str, between: str) -> dict[str, str]:
    if len(text) > _MOST_TEXT:
        return {}
    halves = (pair.partition("=") for pair in text.split(between))
    return {name.strip().lower(): value.strip() for name, _, value in halves}


def _moment(text: str) -> datetime | None:
    match = _WHEN.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type] # noqa: DTZ001 - as printed
    except ValueError:
        return None


def _euros(text: str) -> int | None:
    if not text.startswith("EUR"):
        return None
    try:
        return int(Decimal(text[3:]) * 100)
    except (InvalidOperation, ValueError, OverflowError):
        return None
