"""The shelf has less, or more, than the books say: they are corrected, and promises that no longer fit are released.

Quantities: thousandths of the base unit. Locks: orders that wait, then stock by product; after it only orders that
nobody else holds, so that nobody is waited for. What is corrected together is locked together, before, by ``lock``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.orders import Order, OrderLine
from db.models.stock import Reservation, Stock, StockMovement
from services import audit, back_orders, low_stock, order_states, stock
from services.actor import Actor
from services.announcements import Audience, announce
from services.errors import DomainError
from services.order_states import Status


class Cause(StrEnum):
    """Why what lies there is another amount than was thought."""

    COUNT = "count"
    DAMAGED = "damaged"
    LOST = "lost"
    FOUND = "found"
    SHORT_PICK = "short_pick"


class NotSoMuch(DomainError):
    """More is to be written off than lies there. Facts: product, left, unit, decimals."""


class BeingLoaded(DomainError):
    """Somebody is loading what is to be written off. Facts: product, held (so much stays), unit, decimals."""


@dataclass
class Locked:
    """Rows of stock of one warehouse that are held to the end of the transaction, and what came free meanwhile."""

    warehouse_id: int
    rows: dict[int, Stock]
    freed: set[int] = field(default_factory=set)
    """Products that orders which had to give way do not hold any more."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a correction is made, for the movement's row."""

    cause: Cause
    note: str = ""
    order_id: int | None = None


def lock(session: Session, warehouse_id: int, product_ids: Collection[int]) -> Locked:
    """Lock the stock of these products, and of all that the orders hold which may have to give them back.

    First the orders that wait for any of it, then stock in product order. A product that never lay there has no row.
    """
    holding = (
        select(OrderLine.order_id)
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .where(Reservation.warehouse_id == warehouse_id, Reservation.product_id.in_(product_ids))
    )
    held_with_them = (
        select(Reservation.product_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(OrderLine.order_id.in_(holding))
        .distinct()
    )
    wanted = set(product_ids) | set(session.scalars(held_with_them))
    back_orders.hold(session, warehouse_id, wanted)
    rows = session.scalars(
        select(Stock)
        .where(Stock.warehouse_id == warehouse_id, Stock.product_id.in_(wanted))
        .order_by(Stock.product_id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
    return Locked(warehouse_id, {row.product_id: row for row in rows})


def correct(
    session: Session,
    locked: Locked,
    product_id: int,
    delta_milli: int,
    *,
    reason: Reason,
    by: Actor,
    now: datetime,
) -> int:
    """Change what lies there and write the movement; returns by how much it was changed.

    Where more was promised than is left, the newest submitted orders give way: each is released whole, waits for
    stock and its rep is told (``order_displaced``). What is being loaded keeps its goods: a short pick is written
    down only as far as they allow, anything else raises BeingLoaded. Raises NotSoMuch for more than lies there, and
    KeyError for a product that has no row.
    """
    row = locked.rows[product_id]
    if row.on_hand_milli + delta_milli < 0:
        raise NotSoMuch(left=row.on_hand_milli, **_name(session, product_id))
    lacking = row.reserved_milli - (row.on_hand_milli + delta_milli)
    if lacking > 0:
        lacking = _displace(session, locked, product_id, lacking, by=by, now=now)
    if lacking > 0:
        if reason.cause is not Cause.SHORT_PICK:
            raise BeingLoaded(held=row.reserved_milli, **_name(session, product_id))
        delta_milli = min(0, delta_milli + lacking)
    if delta_milli:
        _write(session, row, delta_milli, reason=reason, by=by, now=now)
    return delta_milli


def empty(session: Session, locked: Locked, product_id: int, *, reason: Reason, by: Actor, now: datetime) -> int:
    """Whoever looked for more found none: only what others are loading just now still lies there.

    Whatever else was promised of it gives way. Returns and raises as ``correct`` does.
    """
    row = locked.rows[product_id]
    delta = _in_hands(session, row) - row.on_hand_milli
    return correct(session, locked, product_id, delta, reason=reason, by=by, now=now)


def count_gone(session: Session, order: Order, product_id: int, taken_milli: int) -> int:
    """How much of a product would be written off if its shelf had no more than this order, being loaded, takes."""
    row = session.get(Stock, (order.warehouse_id or 0, product_id))
    return max(0, row.on_hand_milli - taken_milli - _in_hands(session, row, but_of=order.id)) if row else 0


def count_relying(session: Session, warehouse_id: int, product_ids: Collection[int]) -> int:
    """How many orders that nobody loads yet were promised some of these: they give way if the shelf is empty."""
    query = (
        select(func.count(Order.id.distinct()))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .where(
            Reservation.warehouse_id == warehouse_id,
            Reservation.product_id.in_(product_ids),
            Order.status == Status.SUBMITTED.value,
        )
    )
    return session.scalar(query) or 0


def make_wait(session: Session, order: Order, product_id: int, *, by: Actor, now: datetime) -> None:
    """Release a locked order whole, as this product is not there for it: it waits for stock, and its rep is told."""
    product = session.get_one(Product, product_id).name
    stock.release(session, order)
    order_states.move(session, order, Status.WAITING, by=by, now=now, displaced_by=product)
    facts = order_states.facts_of(order)
    announce(session, Audience(person_id=order.rep_id), "order_displaced", product=product, **facts)


def _in_hands(session: Session, row: Stock, *, but_of: int = 0) -> int:
    """So much of it is promised to orders that somebody is loading, apart from one."""
    query = (
        select(func.coalesce(func.sum(Reservation.quantity_milli), 0))
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Reservation.warehouse_id == row.warehouse_id,
            Reservation.product_id == row.product_id,
            Order.status == Status.LOADING.value,
            Order.id != but_of,
        )
    )
    return int(session.scalar(query) or 0)


def _displace(session: Session, locked: Locked, product_id: int, lacking: int, *, by: Actor, now: datetime) -> int:
    """Release the newest orders that hold the product until it fits; returns what is still lacking."""
    holding = session.execute(
        select(Order.id, func.sum(Reservation.quantity_milli))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .where(
            Reservation.warehouse_id == locked.warehouse_id,
            Reservation.product_id == product_id,
            Order.status == Status.SUBMITTED.value,
        )
        .group_by(Order.id, Order.submitted_at)
        .order_by(Order.submitted_at.desc(), Order.id.desc())
    ).all()
    for order_id, held in holding:
        if lacking <= 0:
            break
        order = _take_if_free(session, order_id)
        if order is None or not _products_of(order) <= locked.rows.keys():
            continue  # somebody is just changing it, or it holds what was not locked: the next one gives way
        make_wait(session, order, product_id, by=by, now=now)
        locked.freed |= _products_of(order)
        lacking -= int(held)
    return lacking


def _take_if_free(session: Session, order_id: int) -> Order | None:
    query = select(Order).where(Order.id == order_id, Order.status == Status.SUBMITTED.value)
    free = query.with_for_update(skip_locked=True, of=Order)
    return session.scalars(free, execution_options={"populate_existing": True}).one_or_none()


def _write(session: Session, row: Stock, delta_milli: int, *, reason: Reason, by: Actor, now: datetime) -> None:
    row.on_hand_milli += delta_milli
    session.add(
        StockMovement(
            warehouse_id=row.warehouse_id,
            product_id=row.product_id,
            delta_milli=delta_milli,
            reason="adjustment",
            cause=reason.cause.value,
            note=reason.note,
            order_id=reason.order_id,
            person_id=by.person_id,
            at=now,
        )
    )
    audit.write(
        session,
        by=by,
        action="stock.adjustment",
        subject=f"stock:{row.warehouse_id}:{row.product_id}",
        now=now,
        before={"on_hand_milli": row.on_hand_milli - delta_milli},
        after={"on_hand_milli": row.on_hand_milli, "cause": reason.cause.value},
    )
    if delta_milli < 0:
        low_stock.watch(session, [row], now=now)
    else:
        low_stock.note_recovered(session, [row])
    session.flush()


def _products_of(order: Order) -> set[int]:
    return {line.product_id for line in order.lines if line.product_id is not None}


def _name(session: Session, product_id: int) -> dict[str, str | int]:
    found = session.execute(
        select(Product.name, Unit.code, Unit.decimals)
        .outerjoin(Unit, (Unit.product_id == Product.id) & (Unit.factor_milli == 1000))
        .where(Product.id == product_id)
        .order_by(Unit.id)
        .limit(1)
    ).one()
    return {"product": found.name, "unit": found.code or "", "decimals": found.decimals or 0}
