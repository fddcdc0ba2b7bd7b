"""A desk at work: a rep, storekeepers and one warehouse; and threads that all start at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.commissions import CommissionEntry
from db.models.company import Warehouse
from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice
from db.models.orders import Order, OrderEvent
from db.models.people import Person
from db.models.record import AuditEntry
from db.models.stock import Reservation, Stock, StockMovement
from db.session import Database
from services import announcements, loading, orders, outbox
from services.actor import Role
from services.errors import DomainError
from tests.builders import NOON, actor_of, make_client, make_company, make_draft, make_person, make_warehouse


@dataclass(frozen=True)
class Desk:
    """Who and what takes part."""

    warehouse: Warehouse
    rita: Person
    """The rep."""
    bob: Person
    """A storekeeper of the warehouse."""
    ann: Person
    """The admin."""


def make_desk(session: Session) -> Desk:
    """A company with one warehouse, one client and one person of each role."""
    make_company(session)
    warehouse = make_warehouse(session, "Main")
    make_client(session)
    return Desk(
        warehouse,
        make_person(session),
        make_person(session, "Bob", roles=[Role.STOREKEEPER], warehouse_ids=[warehouse.id]),
        make_person(session, "Ann", roles=[Role.ADMIN]),
    )


def make_submitted(session: Session, desk: Desk, goods: Mapping[Product | Unit, int], **draft: Any) -> Order:
    """An order of Rita's that waits in the warehouse; what was announced on the way is forgotten."""
    order = make_draft(session, desk.rita, goods, **draft)
    result = orders.submit(session, order.id, order.version, by=actor_of(desk.rita), now=NOON)
    assert isinstance(result, orders.Submitted)
    announcements.take(session)
    return order


def make_claimed(session: Session, desk: Desk, goods: Mapping[Product | Unit, int], **draft: Any) -> Order:
    """An order that Bob is loading."""
    order = make_submitted(session, desk, goods, **draft)
    loading.claim(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    announcements.take(session)
    return order


def make_invoice(session: Session, desk: Desk, goods: Mapping[Product | Unit, int], **draft: Any) -> Invoice:
    """The invoice of an order that Bob has loaded."""
    order = make_claimed(session, desk, goods, **draft)
    invoice = loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=NOON)
    announcements.take(session)
    return invoice


def told(session: Session) -> list[tuple[str, announcements.Audience, dict[str, Any]]]:
    """What was announced since the last time, as (name, audience, facts)."""
    return [(said.name, said.to, said.facts) for said in announcements.take(session)]


def balance(session: Session, product: Product, warehouse: Warehouse) -> tuple[int, int]:
    """(on hand, reserved) in thousandths, as the database has it; (0, 0) without a row."""
    columns = select(Stock.on_hand_milli, Stock.reserved_milli)
    row = session.execute(columns.where(Stock.product_id == product.id, Stock.warehouse_id == warehouse.id)).first()
    return (0, 0) if row is None else (row.on_hand_milli, row.reserved_milli)


def traces(session: Session, order: Order | None = None) -> dict[str, Any]:
    """All that a refusal must leave as it was."""
    session.flush()
    counted = {
        model.__tablename__: session.scalar(select(func.count()).select_from(model))
        for model in (Reservation, StockMovement, OrderEvent, Invoice, CreditNote, CommissionEntry, AuditEntry)
    }
    held = session.execute(select(func.sum(Stock.on_hand_milli), func.sum(Stock.reserved_milli))).one()
    state = (
        session.execute(select(Order.status, Order.version, Order.claimed_by).where(Order.id == order.id)).one()
        if (order is not None)
        else ()
    )
    return {
        **counted,
        "stock": tuple(held),
        "order": tuple(state),
        "outbox": outbox.count_pending(session),
        "announced": announcements.count(session),
    }


def race(database: Database, jobs: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """Run each job in a thread and transaction of its own, all at once; their results, or the refusals, in order."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[Session], Any]) -> Any:
        start.wait(timeout=30)
        try:
            with database.transaction() as session:
                result = job(session)
                announcements.take(session)
                return result
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
