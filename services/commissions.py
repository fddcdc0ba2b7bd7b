"""The ledger of commissions: what each rule gave for each order, appended in the transaction that earned it.

An entry is never changed. What is voided or credited later is the difference to what the same versions of the rules
give for what stands now, so that the entries of a rule for an order add up to just that. Whoever writes holds the book
shared (after the counters, before the lanes); what falls into a closed period is booked on the first open day.
Amounts: minor units. Days: of the company's time zone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.commissions import CommissionBook, CommissionEntry, CommissionRule
from db.models.credit_notes import CreditNote
from db.models.orders import Order
from db.models.people import Person
from services import commission_rules, company, sale_facts
from services.actor import Actor, NotAllowed, Role
from services.commission_terms import Earned, earn, earner
from services.paging import PAGE_SIZE, Page, page_of
from services.periods import Period
from services.sale_facts import SaleFacts

__all__ = [
    "ACCRUED", "CREDITED", "VOIDED", "Earned", "EntryRow", "PersonSum", "Preview", "PreviewRow", "Statement", "accrue",
    "by_name", "by_person", "earn", "follow", "of_order", "preview", "statement", "totals",
]  # fmt: skip

ACCRUED: Final = "accrued"
VOIDED: Final = "voided"
CREDITED: Final = "credited"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What one rule would give; ``basis`` says why, as in an entry."""

    rule_id: int
    name: str
    amount_minor: int
    basis: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would earn its rep."""

    amount_minor: int
    currency: str
    rows: tuple[PreviewRow, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of the ledger as a statement shows it. ``credit_note``: its number; empty: it has none."""

    entry_id: int
    booked_on: date
    order_id: int
    order_kind: str
    client: str
    rule_id: int
    rule_name: str
    role: str
    """As whom it was earned: ``rep`` or ``storekeeper``."""
    kind: str
    amount_minor: int
    currency: str
    basis: dict[str, Any]
    credit_note: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What one person has earned in a period. ``totals``: by currency. ``closed``: nothing of it can change."""

    person_id: int
    period: Period
    totals: dict[str, int]
    page: Page[EntryRow]
    closed: bool


@dataclass(frozen=True, slots=True)
class PersonSum:
    """What somebody has earned in one currency, and by how many entries."""

    person_id: int
    name: str
    currency: str
    amount_minor: int
    entries: int


def accrue(session: Session, order: Order, *, now: datetime) -> list[CommissionEntry]:
    """Write what an order has earned its rep and its storekeeper by the rules of the day of the sale.

    Part of the transaction that has confirmed the loading or recorded the sale and holds the order. Locks the book.
    """
    profile = company.get(session)
    day = company.today(profile, order.loaded_at or now)
    rules = commission_rules.in_force(session, day)
    if not rules:
        return []
    facts = sale_facts.of_order(session, order)
    entries = []
    for rule in rules:
        person_id, earned = earner(rule, facts), earn(rule, facts)
        if person_id is not None and earned.amount_minor:
            entries.append(_entry(rule, facts, person_id, earned, kind=ACCRUED))
    return _book(session, entries, day, now=now)


def follow(
    session: Session, order: Order, *, kind: str, now: datetime, credit_note_id: int | None = None
) -> list[CommissionEntry]:
    """Write what a voided sale (``kind`` voided) or a credit note (credited) takes back of what the order has earned.

    Part of the transaction that has changed the order and holds it. What is voided counts for the day of the sale,
    what is credited for the day of the credit note. Locks the book.
    """
    before = _sums(session, order.id)
    if not before:
        return []
    facts = sale_facts.of_order(session, order)
    entries = []
    for first, so_far in before:
        rule = session.get_one(CommissionRule, first.rule_id)
        earned = earn(rule, facts, lines=first.basis.get("lines"))
        basis = earned.basis or {"kind": rule.kind, "scope": rule.scope}
        change = Earned(earned.amount_minor - so_far, basis)
        if change.amount_minor:
            entries.append(_entry(rule, facts, first.person_id, change, kind=kind, credit_note_id=credit_note_id))
    profile = company.get(session)
    note = session.get(CreditNote, credit_note_id) if credit_note_id is not None else None
    day = note.issue_date if note else company.today(profile, order.loaded_at or now)
    return _book(session, entries, day, now=now)


def preview(session: Session, order: Order, *, today: date) -> Preview:
    """What the order, as it stands, would earn its rep if it were loaded today. Writes and locks nothing."""
    rules = commission_rules.in_force(session, today, [Role.REP])
    if not rules:
        return Preview(0, order.currency, ())
    facts = sale_facts.of_order(session, order)
    each = [(rule, earn(rule, facts)) for rule in rules]
    rows = [PreviewRow(rule.id, rule.name, one.amount_minor, one.basis) for rule, one in each if one.amount_minor]
    return Preview(sum(row.amount_minor for row in rows), order.currency, tuple(rows))


def of_order(session: Session, order_id: int, *, by: Actor) -> list[CommissionEntry]:
    """The entries of an order, the first one first: all for admins, their own for anybody else."""
    query = select(CommissionEntry).where(CommissionEntry.order_id == order_id).order_by(CommissionEntry.id)
    if Role.ADMIN not in by.roles:
        query = query.where(CommissionEntry.person_id == by.person_id)
    return list(session.scalars(query))


def totals(session: Session, period: Period, *, person_ids: Collection[int] | None = None) -> dict[int, dict[str, int]]:
    """What was booked in the period: by person and currency. The caller has checked who may know."""
    found: dict[int, dict[str, int]] = {}
    for row in session.execute(_summed(period, person_ids)):
        found.setdefault(row.person_id, {})[row.currency] = int(row.amount)
    return found


def by_person(session: Session, period: Period, *, by: Actor) -> list[PersonSum]:
    """The same by name, for admins; else NotAllowed."""
    if Role.ADMIN not in by.roles:
        raise NotAllowed(by=by, action="commission.read", subject="person")
    rows = session.execute(_summed(period, None)).all()
    people = select(Person.id, Person.name).where(Person.id.in_({row.person_id for row in rows}))
    names = {one.id: one.name for one in session.execute(people)}
    sums = [PersonSum(row.person_id, names[row.person_id], row.currency, int(row.amount), row.entries) for row in rows]
    return sorted(sums, key=by_name)


def by_name(one: PersonSum) -> tuple[str, int, str]:
    """The order in which people are listed."""
    return one.name.casefold(), one.person_id, one.currency


def statement(
    session: Session, person_id: int, period: Period, *, by: Actor, page: int, size: int = PAGE_SIZE
) -> Statement:
    """A person's entries that were booked in the period, the newest first. ``page`` counts from 0.

    For the person and for admins; raises NotAllowed for anybody else, and for a guessed id.
    """
    if person_id != by.person_id and (Role.ADMIN not in by.roles or session.get(Person, person_id) is None):
        raise NotAllowed(by=by, action="commission.read", subject=f"person:{person_id}")
    found = page_of(session, _entries(period, person_id), page=page, size=size)
    closed = session.scalar(select(CommissionBook.closed_through))
    return Statement(
        person_id=person_id,
        period=period,
        totals=totals(session, period, person_ids=[person_id]).get(person_id, {}),
        page=Page(tuple(_row(row) for row in found.items), found.page, found.pages, more=found.more),
        closed=closed is not None and closed >= period.last,
    )


def _entry(
    rule: CommissionRule,
    facts: SaleFacts,
    person_id: int,
    earned: Earned,
    *,
    kind: str,
    credit_note_id: int | None = None,
) -> CommissionEntry:
    return CommissionEntry(
        person_id=person_id,
        order_id=facts.order_id,
        rule_id=rule.id,
        kind=kind,
        credit_note_id=credit_note_id,
        amount_minor=earned.amount_minor,
        currency=facts.currency,
        basis=earned.basis,
    )


def _book(session: Session, entries: Sequence[CommissionEntry], day: date, *, now: datetime) -> list[CommissionEntry]:
    """Append the entries: on ``day``, or on the first open day where that is closed. Locks the book."""
    if not entries:
        return []
    query = select(CommissionBook.closed_through).where(CommissionBook.id == 1)
    closed = session.execute(query.with_for_update(read=True)).scalar_one()
    booked_on = max(day, closed + timedelta(days=1)) if closed else day
    for entry in entries:
        entry.booked_on, entry.created_at = booked_on, now
    session.add_all(entries)
    session.flush()
    return list(entries)


def _sums(session: Session, order_id: int) -> list[tuple[CommissionEntry, int]]:
    """Of each rule that gave something for the order, its first entry and what all of them come to."""
    query = select(CommissionEntry).where(CommissionEntry.order_id == order_id).order_by(CommissionEntry.id)
    by_rule: dict[int, list[CommissionEntry]] = {}
    for entry in session.scalars(query):
        by_rule.setdefault(entry.rule_id, []).append(entry)
    return [(entries[0], sum(entry.amount_minor for entry in entries)) for entries in by_rule.values()]


def _summed(period: Period, person_ids: Collection[int] | None) -> Select[int, str, int, int]:
    """What was booked in the period, by person and currency."""
    keys = (CommissionEntry.person_id, CommissionEntry.currency)
    amount = func.sum(CommissionEntry.amount_minor).label("amount")
    query = select(*keys, amount, func.count().label("entries")).where(*_within(period)).group_by(*keys)
    return query if person_ids is None else query.where(CommissionEntry.person_id.in_(person_ids))


def _entries(period: Period, person_id: int) -> Select[*tuple[Any, ...]]:
    """A person's entries that were booked in the period, the newest first, with what is said of them."""
    said = (
        Order.kind.label("order_kind"),
        Client.name.label("client"),
        CommissionRule.name.label("rule_name"),
        CommissionRule.role,
    )
    return (
        select(CommissionEntry, *said, CreditNote)
        .join(Order, Order.id == CommissionEntry.order_id)
        .join(CommissionRule, CommissionRule.id == CommissionEntry.rule_id)
        .outerjoin(Client, Client.id == Order.client_id)
        .outerjoin(CreditNote, CreditNote.id == CommissionEntry.credit_note_id)
        .where(CommissionEntry.person_id == person_id, *_within(period))
        .order_by(CommissionEntry.booked_on.desc(), CommissionEntry.id.desc())
    )


def _within(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (CommissionEntry.booked_on >= period.first, CommissionEntry.booked_on <= period.last)


def _row(row: Any) -> EntryRow:
    entry: CommissionEntry = row.CommissionEntry
    return EntryRow(
        entry_id=entry.id,
        booked_on=entry.booked_on,
        order_id=entry.order_id,
        order_kind=row.order_kind,
        client=row.client or "",
        rule_id=entry.rule_id,
        rule_name=row.rule_name,
        role=row.role,
        kind=entry.kind,
        amount_minor=entry.amount_minor,
        currency=entry.currency,
        basis=entry.basis,
        credit_note=row.CreditNote.label if row.CreditNote else "",
    )
