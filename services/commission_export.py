"""What people have earned in a period as a file: asked for once per press, then read row by row while it is drawn.

Amounts: minor units; those of different currencies are never added up. Days are those of the company's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.commissions import CommissionEntry, CommissionRule
from db.models.orders import Order
from db.models.people import Person
from services import drawn_files, outbox
from services.actor import Actor, Role, require
from services.jobs import Job
from services.periods import Period, of_ordinals

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What the file is to hold, and for whom. ``of_person`` None: of all people."""

    period: Period
    of_person: int | None
    person_id: int
    """Who asked."""
    chat_key: str
    """Where it was asked for."""
    language: str


class SumRow(NamedTuple):
    """What one person has in one currency; ``entries`` of the ledger make it up."""

    person: str
    entries: int
    amount_minor: int
    currency: str


class EntryRow(NamedTuple):
    """An entry of the ledger as a row of the file. ``kind``: accrued, voided or credited; ``basis``: why so much."""

    booked_on: date
    person: str
    order_id: int
    order_kind: str
    client: str
    rule: str
    rule_kind: str
    rule_scope: str
    kind: str
    basis: dict[str, Any]
    amount_minor: int
    currency: str


def request(session: Session, period: Period, of_person: int | None, *, press: int, by: Actor, now: datetime) -> None:
    """Have the file drawn and sent to the actor: of the own earnings, for admins of anybody's or (None) of all.

    ``press`` tells one shown button from another: the same one, pressed twice, gives one file. Locks the lane of the
    job. Raises NotAllowed.
    """
    if of_person != by.person_id:
        require(by, Role.ADMIN, action="commission.read", subject=f"person:{of_person or 'all'}")
    first, last = period.first.toordinal(), period.last.toordinal()
    wanted = {
        "first": first,
        "last": last,
        "of_person": of_person,
        "person_id": by.person_id,
        "language": by.language,
        "chat_key": by.origin,
    }
    key = f"commission:{by.person_id}:{of_person or 'all'}:{first}-{last}:{press}"
    job = outbox.Item(lane=f"figures:{by.person_id}", kind=Job.DRAW_COMMISSION, payload=wanted, dedupe=key)
    outbox.put(session, [job], now=now)


def read_request(payload: dict[str, Any]) -> Request:
    """What a job's payload asks for."""
    return Request(
        of_ordinals(payload["first"], payload["last"]),
        payload["of_person"],
        payload["person_id"],
        payload["chat_key"],
        payload["language"],
    )


def sums_in(session: Session, wanted: Request) -> list[SumRow]:
    """What everybody has in each currency, by name."""
    amount = func.sum(CommissionEntry.amount_minor)
    query = (
        select(Person.name, func.count(), amount, CommissionEntry.currency)
        .join(CommissionEntry, CommissionEntry.person_id == Person.id)
        .where(*_wanted(wanted))
        .group_by(Person.id, Person.name, CommissionEntry.currency)
        .order_by(Person.name, Person.id, CommissionEntry.currency)
    )
    return [SumRow(name, entries, int(minor), currency) for name, entries, minor, currency in session.execute(query)]


def entries_in(session: Session, wanted: Request) -> Iterator[EntryRow]:
    """The entries of the ledger, the earliest first; read in chunks."""
    query = (
        select(
            CommissionEntry.booked_on, Person.name, Order.id, Order.kind, Client.name, CommissionRule.name,
            CommissionRule.kind, CommissionRule.scope, CommissionEntry.kind, CommissionEntry.basis,
            CommissionEntry.amount_minor, CommissionEntry.currency,
        )
        .join(Person, Person.id == CommissionEntry.person_id)
        .join(Order, Order.id == CommissionEntry.order_id)
        .join(CommissionRule, CommissionRule.id == CommissionEntry.rule_id)
        .outerjoin(Client, Client.id == Order.client_id)
        .where(*_wanted(wanted))
        .order_by(CommissionEntry.booked_on, CommissionEntry.id)
    )  # fmt: skip
    for row in session.execute(query, execution_options={"yield_per": _CHUNK}):
        yield EntryRow._make(row)


def deliver(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Record the drawn file and hand it to who asked. Announces ``commission_ready`` with the file.

    Whoever has lost access, the right to so much, or the chat meanwhile gets nothing.
    """
    person = session.get_one(Person, facts["person_id"])
    others = facts["of_person"] != facts["person_id"]
    if others and Role.ADMIN.value not in person.roles:
        return
    period = of_ordinals(facts["first"], facts["last"])
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    drawn_files.hand_over(session, facts, "commission_ready", now=now, **days)


def _wanted(wanted: Request) -> list[ColumnElement[bool]]:
    within = [CommissionEntry.booked_on >= wanted.period.first, CommissionEntry.booked_on <= wanted.period.last]
    return within if wanted.of_person is None else [CommissionEntry.person_id == wanted.of_person, *within]
