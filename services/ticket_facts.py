"""What a ticket says, and what the rep says of it: corrections, and typed compared with read.

Amounts: minor units of the ticket's currency. Quantities: thousandths of the base unit. Every correction is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Category
from db.models.tickets import Ticket, TicketCorrection, TicketUnits
from services import cart, clients, company, figures, money, ticket_reading, ticket_units, units
from services.actor import Actor
from services.errors import DomainError, Moved
from services.forms import AmountUnclear
from services.ticket_reading import Facts, Line
from services.ticket_states import correct, lock_open, touch
from services.units import QuantityUnfit

LONGEST_NOTE: Final = cart.LONGEST_NOTE
OLDEST: Final = timedelta(days=365)
"""How long ago a sale may be that is recorded."""


class DayUnfit(DomainError):
    """Nothing is recorded of the future, nor of so long ago. Facts: earliest, latest (ISO)."""


class Verdict(StrEnum):
    """Whether two figures are the same."""

    AGREES = "agrees"
    """Within the company's tolerance."""
    DIFFERS = "differs"
    UNCHECKED = "unchecked"
    """One of them is missing."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it was typed, as it was read, and the one that counts."""

    typed: int | None
    read: int | None
    counts: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class UnitsCompared:
    """The units of one category, in thousandths."""

    category_id: int
    name: str
    units: Compared


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Whether a ticket's figures fit each other. ``wrong``: the numbers (from 0) of lines whose price times quantity
    is not their sum; ``adds_up`` is None where a sum or the total was not read.
    """

    lines_minor: int | None
    total_minor: int | None
    wrong: tuple[int, ...]
    adds_up: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that can be compared. ``unsure_minor``: a total that was read, but may be wrong, and is not compared;
    ``foreign``: the code of the currency that the ticket is in, where it is not the company's.
    """

    amount: Compared
    units: tuple[UnitsCompared, ...]
    arithmetic: Arithmetic | None
    unsure_minor: int | None = None
    foreign: str = ""

    @property
    def differs(self) -> bool:
        """Whether anything that was typed is not what was read: then it is recorded with a reason, and reviewed."""
        return Verdict.DIFFERS in (self.amount.verdict, *(one.units.verdict for one in self.units))


def correct_amount(session: Session, ticket_id: int, amount_minor: int, *, by: Actor, now: datetime) -> Ticket:
    """Let this amount be typed. Raises NotAllowed, Moved (the ticket has ended) or AmountUnclear. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    if not 0 < amount_minor <= figures.LARGEST_MINOR:
        raise AmountUnclear(largest=figures.LARGEST_MINOR, currency=ticket.currency)
    correct(session, ticket, "amount", (ticket.amount_minor, amount_minor), by=by, now=now)
    ticket.typed_minor = amount_minor
    settle(session, ticket, now=now)
    touch(session, ticket, now=now)
    return ticket


def correct_units(
    session: Session, ticket_id: int, category_id: int, units_milli: int | None, *, by: Actor, now: datetime
) -> Ticket:
    """Let so many units of a counted category be typed; None: take back what was typed. Locks the ticket.

    Raises NotAllowed, Moved (the ticket has ended, or nobody counts that category any more) or QuantityUnfit.
    """
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    if category_id not in {category.id for category in categories(session)}:
        raise Moved(ticket=ticket_id)
    if units_milli is not None and not 0 <= units_milli <= units.LARGEST_MILLI:
        raise QuantityUnfit(unit="pcs", largest=units.LARGEST_MILLI // 1000)
    before = ticket_units.note_typed(session, ticket, category_id, units_milli)
    correct(session, ticket, f"units:{category_id}", (before, units_milli), by=by, now=now)
    touch(session, ticket, now=now)
    return ticket


def correct_day(session: Session, ticket_id: int, day: date, *, by: Actor, now: datetime) -> Ticket:
    """Let the sale be of this day. Raises NotAllowed, Moved (the ticket has ended) or DayUnfit. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    check_day(session, day, now=now)
    correct(session, ticket, "day", (ticket.sold_on, day), by=by, now=now)
    ticket.typed_on = ticket.sold_on = day
    touch(session, ticket, now=now)
    return ticket


def choose_client(session: Session, ticket_id: int, client_id: int, *, by: Actor, now: datetime) -> Ticket:
    """Let this be the client. Raises NotAllowed, Moved (the ticket has ended) or ClientGone. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    client = clients.get(session, client_id)
    correct(session, ticket, "client", (ticket.client_id, client_id), by=by, now=now)
    ticket.client, ticket.client_id = client, client_id
    touch(session, ticket, now=now)
    return ticket


def correct_note(session: Session, ticket_id: int, note: str, *, by: Actor, now: datetime) -> Ticket:
    """Write down what goes with it; empty takes it away. Raises NotAllowed, Moved or TextTooLong. Locks the ticket."""
    ticket = lock_open(session, ticket_id, by=by, action="correct", now=now)
    kept = cart.kept_text(note, LONGEST_NOTE)
    correct(session, ticket, "note", (ticket.note, kept), by=by, now=now)
    ticket.note = kept
    touch(session, ticket, now=now)
    return ticket


def list_corrections(session: Session, ticket: Ticket) -> list[TicketCorrection]:
    """All that was corrected on a ticket, the first thing first. The caller has checked who may see it."""
    query = select(TicketCorrection).where(TicketCorrection.ticket_id == ticket.id)
    return list(session.scalars(query.order_by(TicketCorrection.id)))


def categories(session: Session) -> list[Category]:
    """The categories whose units the company counts."""
    return ticket_units.counted(session)


def settle(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Let what was typed count, else what was read; a day that was read is believed only where one may record it."""
    ticket.amount_minor = ticket.typed_minor if ticket.typed_minor is not None else ticket.read_minor
    read_on = ticket_reading.of(ticket).sold_on
    earliest, latest = _days(session, now)
    ticket.sold_on = ticket.typed_on or (read_on if read_on and earliest <= read_on <= latest else None)


def check_day(session: Session, day: date, *, now: datetime) -> None:
    """Raise DayUnfit for a day to come, or one that is more than a year ago."""
    earliest, latest = _days(session, now)
    if not earliest <= day <= latest:
        raise DayUnfit(earliest=earliest.isoformat(), latest=latest.isoformat())


def compare(session: Session, ticket: Ticket) -> Comparison:
    """What was typed beside what was read, and whether what was read fits itself."""
    tolerance = company.get(session).ticket_tolerance
    facts = ticket_reading.of(ticket)
    known = {row.category_id: row for row in ticket.units}
    return Comparison(
        amount=_compared(ticket.typed_minor, ticket.read_minor, ticket.amount_minor, tolerance),
        units=tuple(
            UnitsCompared(category.id, category.name, _units(known.get(category.id), tolerance))
            for category in categories(session)
        ),
        arithmetic=arithmetic(facts),
        unsure_minor=None if facts.confident else facts.total_minor,
        foreign=facts.foreign,
    )


def verdict(typed: int | None, read: int | None, tolerance: Decimal) -> Verdict:
    """Whether ``typed`` is at most ``tolerance`` (a fraction of ``read``) away from ``read``. Exact."""
    if typed is None or read is None:
        return Verdict.UNCHECKED
    near = abs(typed - read) <= Fraction(tolerance) * abs(read)
    return Verdict.AGREES if near else Verdict.DIFFERS


def arithmetic(facts: Facts) -> Arithmetic | None:
    """Price times quantity against each line's sum, and their sum against the total; None where no line was read.

    A rounding of one minor unit per line is no mistake.
    """
    if not facts.lines:
        return None
    sums = [_sum_of(line) for line in facts.lines]
    known = [one for one in sums if one is not None]
    wrong = tuple(number for number, line in enumerate(facts.lines) if _is_wrong(line))
    added = sum(known) if len(known) == len(sums) else None
    adds_up = None if added is None or facts.total_minor is None else abs(added - facts.total_minor) <= len(sums)
    return Arithmetic(added, facts.total_minor, wrong, adds_up)


def _sum_of(line: Line) -> int | None:
    return line.sum_minor if line.sum_minor is not None else _product(line)


def _product(line: Line) -> int | None:
    if line.price_minor is None or line.quantity_milli is None:
        return None
    return money.amount_of(line.price_minor, line.quantity_milli, 1000)


def _is_wrong(line: Line) -> bool:
    product = _product(line)
    return product is not None and line.sum_minor is not None and abs(product - line.sum_minor) > 1


def _compared(typed: int | None, read: int | None, counts: int | None, tolerance: Decimal) -> Compared:
    return Compared(typed, read, counts, verdict(typed, read, tolerance))


def _units(row: TicketUnits | None, tolerance: Decimal) -> Compared:
    if row is None:
        return Compared(None, None, None, Verdict.UNCHECKED)
    return _compared(row.typed_milli, row.read_milli, row.counts_milli, tolerance)


def _days(session: Session, now: datetime) -> tuple[date, date]:
    today = company.today(company.get(session), now)
    return today - OLDEST, today
