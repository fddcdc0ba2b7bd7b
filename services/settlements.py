"""Closed periods of the ledger of commissions: what was settled stays, and corrections count in the next period.

Days: of the company's time zone. Amounts: minor units. Whoever closes holds the book alone, so that no entry can come
into the period while it is added up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionBook, CommissionEntry, Settlement, SettlementLine
from db.models.people import Person
from services import audit, commissions, company
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.commissions import PersonSum
from services.errors import DomainError
from services.paging import PAGE_SIZE, Page, page_of
from services.periods import Period

SettlementRow = PersonSum
"""What one person gets for a period in one currency."""


class PeriodRunning(DomainError):
    """Only days that are over can be closed. Facts: latest (the last one that can, ISO)."""


class PeriodClosed(DomainError):
    """This day is closed already. Facts: through (the last closed day, ISO)."""


@dataclass(frozen=True, slots=True)
class SettlementItem:
    """A closed period in a list. ``totals``: by currency, what all people get; ``people``: how many they are."""

    settlement: Settlement
    totals: dict[str, int]
    people: int


@dataclass(frozen=True, slots=True)
class SettlementView:
    """A closed period with what each person gets, by name."""

    settlement: Settlement
    closed_by: str
    """A name."""
    rows: tuple[SettlementRow, ...]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.settlement.first, self.settlement.last)


def closed_through(session: Session) -> date | None:
    """The last day that is closed; None: nothing was closed yet."""
    return session.scalar(select(CommissionBook.closed_through))


def first_open(session: Session) -> date | None:
    """The day that the open time begins at: after what is closed, else the first of the month of the first entry; None
    where there is none.
    """
    closed = closed_through(session)
    if closed is not None:
        return closed + timedelta(days=1)
    first = session.scalar(select(func.min(CommissionEntry.booked_on)))
    return first.replace(day=1) if first is not None else None


def suggest_last(session: Session, today: date) -> date | None:
    """The day up to which to close: the end of the earliest month that is over and has something open; None where
    there is none.
    """
    query = select(func.min(CommissionEntry.booked_on))
    closed = closed_through(session)
    earliest = session.scalar(query.where(CommissionEntry.booked_on > closed) if closed else query)
    if earliest is None:
        return None
    last = _month_end(earliest)
    return last if last < today else None


def preview(session: Session, last: date, *, by: Actor, now: datetime) -> list[SettlementRow]:
    """What closing up to ``last`` would come to, by name. Raises as ``close`` does."""
    _require(by, "settlement.preview")
    first = _first(session, last, closed_through(session), now)
    return commissions.by_person(session, Period(first, last), by=by)


def close(session: Session, last: date, *, by: Actor, now: datetime) -> Settlement:
    """Close everything up to ``last`` for all people, for good; what is corrected later counts in the next period.

    Announces ``commission_settled`` to each of them. Admins only; locks the book. Raises NotAllowed, PeriodRunning or
    PeriodClosed (by the first of two taps, too), having changed nothing.
    """
    _require(by, "settlement.close")
    query = select(CommissionBook).where(CommissionBook.id == 1).with_for_update()
    book = session.scalars(query, execution_options={"populate_existing": True}).one()
    first = _first(session, last, book.closed_through, now)
    rows = commissions.by_person(session, Period(first, last), by=by)
    settlement = Settlement(first=first, last=last, closed_at=now, closed_by=by.person_id)
    session.add(settlement)
    session.flush()
    for row in rows:
        session.add(
            SettlementLine(
                settlement_id=settlement.id,
                person_id=row.person_id,
                currency=row.currency,
                amount_minor=row.amount_minor,
                entries=row.entries,
            )
        )
    before, book.closed_through = book.closed_through, last
    subject, days = f"settlement:{settlement.id}", {"first": first.isoformat(), "last": last.isoformat()}
    closed = {"closed_through": before.isoformat() if before else None}
    audit.write(session, by=by, action="settlement.closed", subject=subject, now=now, before=closed, after=days)
    session.flush()
    _tell(session, settlement, rows)
    return settlement


def list_settlements(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[SettlementItem]:
    """The closed periods, the newest first. ``page`` counts from 0. Admins only."""
    _require(by, "settlement.read")
    found = page_of(session, select(Settlement).order_by(Settlement.last.desc()), page=page, size=size)
    settlements = [settlement for (settlement,) in found.items]
    lines: dict[int, list[SettlementLine]] = {}
    query = select(SettlementLine).where(SettlementLine.settlement_id.in_([one.id for one in settlements]))
    for line in session.scalars(query.order_by(SettlementLine.currency)):
        lines.setdefault(line.settlement_id, []).append(line)
    return replace(found, items=tuple(_item(one, lines.get(one.id, [])) for one in settlements))


def get(session: Session, settlement_id: int, *, by: Actor) -> SettlementView:
    """A closed period with what each person gets. Admins only; raises NotAllowed for a guessed id too."""
    _require(by, "settlement.read")
    settlement = session.get(Settlement, settlement_id)
    if settlement is None:
        raise NotAllowed(by=by, action="settlement.read", subject=f"settlement:{settlement_id}")
    query = select(SettlementLine, Person.name).join(Person, Person.id == SettlementLine.person_id)
    found = session.execute(query.where(SettlementLine.settlement_id == settlement_id))
    rows = [SettlementRow(line.person_id, name, line.currency, line.amount_minor, line.entries) for line, name in found]
    closed_by = session.get_one(Person, settlement.closed_by).name
    return SettlementView(settlement, closed_by, tuple(sorted(rows, key=commissions.by_name)))


def _first(session: Session, last: date, closed: date | None, now: datetime) -> date:
    """The day that a period which ends on ``last`` begins at; raises PeriodRunning or PeriodClosed."""
    yesterday = company.today(company.get(session), now) - timedelta(days=1)
    if last > yesterday:
        raise PeriodRunning(latest=yesterday.isoformat())
    if closed is not None and last <= closed:
        raise PeriodClosed(through=closed.isoformat())
    return min(first_open(session) or last, last.replace(day=1)) if closed is None else closed + timedelta(days=1)


def _item(settlement: Settlement, lines: list[SettlementLine]) -> SettlementItem:
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.currency] = totals.get(line.currency, 0) + line.amount_minor
    return SettlementItem(settlement, totals, len({line.person_id for line in lines}))


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _tell(session: Session, settlement: Settlement, rows: list[SettlementRow]) -> None:
    amounts: dict[int, list[dict[str, object]]] = {}
    for row in rows:
        amounts.setdefault(row.person_id, []).append({"amount_minor": row.amount_minor, "currency": row.currency})
    for person_id, earned in amounts.items():
        announce(
            session,
            Audience(person_id=person_id),
            "commission_settled",
            settlement_id=settlement.id,
            first=settlement.first.isoformat(),
            last=settlement.last.isoformat(),
            amounts=earned,
        )


def _require(by: Actor, action: str) -> None:
    require(by, Role.ADMIN, action=action, subject="settlement")
