"""Forms of admins: one field of a row at a time is typed, read, saved and written down as old -> new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.models.base_model import Model
from services import audit, figures
from services.actor import Actor
from services.errors import DomainError


class FieldUnclear(DomainError):
    """What was typed is not what the field holds; nothing was saved. Facts: field."""


class FieldTooLong(DomainError):
    """The text is longer than the field. Facts: field, largest (characters)."""


class FieldOutOfRange(DomainError):
    """A figure is too small or too large. Facts: field, lowest, largest (as text), unit (code)."""


class AmountUnclear(DomainError):
    """This is no amount of money. Facts: largest (minor units), currency."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a field held before and what it holds now."""

    field: str
    before: Any
    after: Any


Reader = Callable[[str], Any]
"""From what was typed to the value of a column; raises a DomainError for what is not understood."""


def save(session: Session, row: Model, values: Mapping[str, Any], *, by: Actor, subject: str, now: datetime) -> Change:
    """Write values into a row that the caller has locked, and the audit of what differs; the first field's change.

    The audit's action is ``<kind>.changed`` after the kind of ``subject``. What stays as it was leaves no audit.
    """
    before = {name: getattr(row, name) for name in values}
    differs = [name for name, value in values.items() if before[name] != value]
    for name in differs:
        setattr(row, name, values[name])
    if differs:
        audit.write(
            session,
            by=by,
            action=f"{subject.partition(':')[0]}.changed",
            subject=subject,
            now=now,
            before={name: plain(before[name]) for name in differs},
            after={name: plain(values[name]) for name in differs},
        )
        session.flush()
    first = next(iter(values))
    return Change(first, before[first], values[first])


def plain(value: Any) -> Any:
    """The value as JSON has it: exact figures as text."""
    return str(value) if isinstance(value, Decimal) else value


def words(field: str, largest: int, *, may_be_empty: bool = True) -> Reader:
    """Reads a text on one line, without signs that nobody sees."""

    def read(text: str) -> str:
        kept = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if not kept and not may_be_empty:
            raise FieldUnclear(field=field)
        if len(kept) > largest:
            raise FieldTooLong(field=field, largest=largest)
        return kept

    return read


def whole(field: str, lowest: int, largest: int) -> Reader:
    """Reads a whole number of that range."""

    def read(text: str) -> int:
        figure = figures.parse_whole(text)
        if figure is None:
            raise FieldUnclear(field=field)
        if not lowest <= figure <= largest:
            raise FieldOutOfRange(field=field, lowest=str(lowest), largest=str(largest), unit="")
        return figure

    return read


def exact(field: str, lowest: str, largest: str) -> Reader:
    """Reads a figure of that range with at most three decimals."""

    def read(text: str) -> Decimal:
        figure = figures.parse_decimal(text, decimals=3)
        if figure is None:
            raise FieldUnclear(field=field)
        if not Decimal(lowest) <= figure <= Decimal(largest):
            raise FieldOutOfRange(field=field, lowest=lowest, largest=largest, unit="")
        return figure

    return read


def percent(field: str) -> Reader:
    """Reads per cent as a fraction."""

    def read(text: str) -> Decimal:
        rate = figures.parse_percent(text)
        if rate is None:
            raise FieldUnclear(field=field)
        return rate

    return read


def amount(currency: str) -> Reader:
    """Reads an amount of money in minor units."""

    def read(text: str) -> int:
        minor = figures.parse_money(text, currency)
        if minor is None:
            raise AmountUnclear(largest=figures.LARGEST_MINOR, currency=currency)
        return minor

    return read


def grams(field: str, largest_kg: int, *, bare: str = "g") -> Reader:
    """Reads a weight in grams; ``bare`` is the unit of a figure without one."""

    def read(text: str) -> int:
        weight = figures.parse_grams(text, bare=bare)
        if weight is None:
            raise FieldUnclear(field=field)
        if weight > largest_kg * 1000:
            raise FieldOutOfRange(field=field, lowest="0", largest=str(largest_kg), unit="kg")
        return weight

    return read
