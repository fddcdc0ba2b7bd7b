"""The figures of a period as a file: asked for once per press, then read row by row while it is drawn.

Amounts: minor units, VAT included unless said. Moments: UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import case, select
from sqlalchemy.orm import Session, aliased

from db.models.clients import Client
from db.models.company import Warehouse
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.invoices import Invoice
from db.models.orders import Order, OrderLine
from db.models.people import Person
from services import company, drawn_files, outbox, people, statistics
from services.actor import Actor, NotAllowed
from services.jobs import Job
from services.order_states import SALE
from services.periods import Period, of_ordinals
from services.statistics import Basis, Scope

MOST_ENTRIES = 10_000
"""Rows of a top list in the file: no company looks further down."""
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """What the file is to hold, and for whom."""

    period: Period
    scope: Scope
    person_id: int
    chat_key: str
    """Where it was asked for."""
    language: str
    time_zone: str


class OrderRow(NamedTuple):
    """An order as a row of the file; its goods' weight in grams. ``parent_id``: the order whose back-order it is;
    ``status``: its state, or ``sale`` for one that was recorded; ``credited_minor``: what credit notes have taken back
    by now.
    """

    order_id: int
    parent_id: int | None
    status: str
    submitted_at: datetime | None
    loaded_at: datetime | None
    delivery_date: date | None
    client: str
    rep: str
    storekeeper: str | None
    warehouse: str | None
    vehicle: str
    currency: str
    goods_minor: int
    delivery_minor: int
    net_minor: int
    vat_minor: int
    total_minor: int
    weight_g: int
    credited_minor: int


class LineRow(NamedTuple):
    """A line of a loaded order, the delivery among them; quantities in thousandths of the base unit."""

    order_id: int
    loaded_at: datetime
    client: str
    kind: str
    article: str
    name: str
    quantity_milli: int
    factor_milli: int
    unit_code: str
    currency: str
    price_minor: int
    vat_rate: Decimal
    net_minor: int
    vat_minor: int
    total_minor: int


class CreditRow(NamedTuple):
    """A credit note as a row of the file. ``whole``: nothing of its invoice stands any more after it."""

    credit_note: str
    issued_at: datetime
    invoice: str
    order_id: int
    client: str
    rep: str
    reason: str
    whole: bool
    currency: str
    goods_minor: int
    delivery_minor: int
    net_minor: int
    vat_minor: int
    total_minor: int
    weight_g: int


def request(session: Session, period: Period, scope: Scope, *, press: int, by: Actor, now: datetime) -> None:
    """Have the file drawn and sent to the actor. ``press`` tells one shown button from another: the same one,
    pressed twice, gives one file. Locks the lane of the job. Raises NotAllowed.
    """
    scope = statistics.allowed(scope, by=by)
    key = f"{by.person_id}:{period.first.toordinal()}-{period.last.toordinal()}:{press}"
    wanted = {
        "first": period.first.toordinal(),
        "last": period.last.toordinal(),
        "scope": asdict(scope),
        "person_id": by.person_id,
        "language": by.language,
        "chat_key": by.origin,
    }
    job = outbox.Item(
        lane=f"figures:{by.person_id}", kind=Job.DRAW_FIGURES, payload=wanted, dedupe=f"figures:{key}:{scope}"[:200]
    )
    outbox.put(session, [job], now=now)


def read_request(session: Session, payload: dict[str, Any]) -> Request:
    """What a job's payload asks for."""
    return Request(
        of_ordinals(payload["first"], payload["last"]),
        Scope(**payload["scope"]),
        payload["person_id"],
        payload["chat_key"],
        payload["language"],
        company.get(session).time_zone,
    )


def orders_in(session: Session, wanted: Request, basis: Basis) -> Iterator[OrderRow]:
    """The orders that came into that state in the period, the earliest first; read in chunks."""
    storekeeper, rep = aliased(Person), aliased(Person)
    moment = Order.loaded_at if basis is Basis.LOADED else Order.submitted_at
    status = case((Order.kind == SALE, SALE), else_=Order.status)
    query = (
        select(
            Order.id, Order.parent_id, status, Order.submitted_at, Order.loaded_at, Order.delivery_date,
            Client.name, rep.name, storekeeper.name, Warehouse.name, Order.vehicle, Order.currency,
            Order.goods_minor, Order.delivery_minor, Order.net_minor, Order.vat_minor, Order.total_minor,
            Order.weight_g, Order.credited_minor,
        )
        .join(Client, Client.id == Order.client_id)
        .join(rep, rep.id == Order.rep_id)
        .outerjoin(storekeeper, storekeeper.id == Order.claimed_by)
        .outerjoin(Warehouse, Warehouse.id == Order.warehouse_id)
        .where(*statistics.conditions(session, wanted.period, wanted.scope, basis))
        .order_by(moment, Order.id)
    )  # fmt: skip
    for row in session.execute(query, execution_options={"yield_per": _CHUNK}):
        yield OrderRow._make(row)


def lines_in(session: Session, wanted: Request) -> Iterator[LineRow]:
    """The lines of what was loaded in the period, order by order; read in chunks."""
    query = (
        select(
            Order.id, Order.loaded_at, Client.name, OrderLine.kind, OrderLine.article, OrderLine.name,
            OrderLine.quantity_milli, OrderLine.factor_milli, OrderLine.unit_code, Order.currency,
            OrderLine.price_minor, OrderLine.vat_rate, OrderLine.net_minor, OrderLine.vat_minor, OrderLine.total_minor,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Client, Client.id == Order.client_id)
        .where(*statistics.conditions(session, wanted.period, wanted.scope, Basis.LOADED))
        .order_by(Order.loaded_at, Order.id, OrderLine.position)
    )  # fmt: skip
    if wanted.scope.product_id is not None:
        query = query.where(OrderLine.product_id == wanted.scope.product_id)
    for row in session.execute(query, execution_options={"yield_per": _CHUNK}):
        yield LineRow._make(row)


def credits_in(session: Session, wanted: Request) -> Iterator[CreditRow]:
    """The credit notes of the period, the earliest first; of a product all that name it, with what they say in all.

    Read in chunks.
    """
    query = (
        select(CreditNote, Invoice, Client.name, Person.name)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .join(Order, Order.id == CreditNote.order_id)
        .join(Client, Client.id == Order.client_id)
        .join(Person, Person.id == Order.rep_id)
        .where(*statistics.conditions(session, wanted.period, wanted.scope, Basis.CREDITED))
        .order_by(CreditNote.issued_at, CreditNote.id)
    )
    if wanted.scope.product_id is not None:
        query = query.where(CreditNote.lines.any(CreditNoteLine.product_id == wanted.scope.product_id))
    for note, invoice, client, rep in session.execute(query, execution_options={"yield_per": _CHUNK}):
        yield CreditRow(
            note.label, note.issued_at, invoice.label, note.order_id, client, rep, note.reason, note.whole,
            note.currency, note.goods_minor, note.delivery_minor, note.net_minor, note.vat_minor, note.total_minor,
            note.weight_g,
        )  # fmt: skip


def deliver(session: Session, facts: dict[str, Any], *, now: datetime) -> None:
    """Record the drawn file and hand it to who asked. Announces ``figures_ready`` with the file.

    Whoever has lost access, the right to so much, or the chat meanwhile gets nothing.
    """
    person = session.get_one(Person, facts["person_id"])
    if not _may_have(person, Scope(**facts["scope"]), origin=facts["chat_key"]):
        return
    period = of_ordinals(facts["first"], facts["last"])
    days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    drawn_files.hand_over(session, facts, "figures_ready", now=now, **days)


def _may_have(person: Person, scope: Scope, *, origin: str) -> bool:
    try:
        return statistics.allowed(scope, by=people.actor_of(person, origin=origin)) == scope
    except NotAllowed:
        return False
