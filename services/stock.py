"""What lies where and what is promised. Quantities are thousandths of the product's base unit.

The balance of a warehouse and product is the sum of its movements; what is reserved is the sum of its
reservations. Rows of ``stock`` are locked in the order of product ids, after the order and before the invoice
counter (the lock order of docs/architecture.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, literal, select, text, union_all, update
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.orders import Order, OrderLine
from db.models.stock import Reservation, Stock, StockMovement
from services import audit, low_stock
from services.actor import Actor, NotAllowed, Role, require
from services.errors import DomainError


class StockShort(DomainError):
    """Less is available than was asked for. Facts: product, asked, left (thousandths of the base unit), unit, decimals.

    ``unit`` is the code of the base unit and ``decimals`` how many digits its quantities have.
    """


@dataclass(frozen=True, slots=True)
class Drift:
    """A warehouse and product whose row does not agree with what stands behind it."""

    warehouse_id: int
    product_id: int
    on_hand_milli: int
    moved_milli: int
    reserved_milli: int
    promised_milli: int


_RECEIVE = text(
    "INSERT INTO stock (warehouse_id, product_id, on_hand_milli, reserved_milli) VALUES (:warehouse, :product, :n, 0) "
    "ON CONFLICT (warehouse_id, product_id) DO UPDATE SET on_hand_milli = stock.on_hand_milli + excluded.on_hand_milli "
    "RETURNING warehouse_id, product_id, on_hand_milli, reserved_milli"
)
_FRESH = {"populate_existing": True, "synchronize_session": False}
"""Rows that a statement returns replace what the session remembers of them."""


def receive(
    session: Session,
    warehouse_id: int,
    product_id: int,
    milli: int,
    *,
    by: Actor,
    now: datetime,
    reason: str = "receipt",
    note: str = "",
) -> Stock:
    """Put ``milli`` thousandths of the base unit on the shelf and write the movement.

    ``note``: the supplier's paper. For admins, and storekeepers of that warehouse; else NotAllowed. Locks the stock
    row. Raises ValueError for a quantity that is not positive.
    """
    subject = f"stock:{warehouse_id}:{product_id}"
    check_may_change(warehouse_id, by=by, action="stock.receive", subject=subject)
    if milli <= 0:
        raise ValueError("only a positive quantity can be received")
    row = _put_on_shelf(session, warehouse_id, product_id, milli)
    session.add(
        StockMovement(
            warehouse_id=warehouse_id,
            product_id=product_id,
            delta_milli=milli,
            reason=reason,
            note=note,
            person_id=by.person_id,
            at=now,
        )
    )
    audit.write(session, by=by, action=f"stock.{reason}", subject=subject, now=now, after={"delta_milli": milli})
    low_stock.note_recovered(session, [row])
    session.flush()
    return row


def take_back(session: Session, order: Order, goods: Mapping[int, int], *, by: Actor, now: datetime) -> None:
    """Put what came back of a loaded order on the shelf of its warehouse, and write the movements. ``goods``:
    thousandths of the base unit by product.

    The caller has locked the order and checked who may. Locks the stock rows in product order.
    """
    warehouse_id = _warehouse_of(order)
    rows = []
    for product_id, milli in sorted(goods.items()):
        rows.append(_put_on_shelf(session, warehouse_id, product_id, milli))
        session.add(
            StockMovement(
                warehouse_id=warehouse_id,
                product_id=product_id,
                delta_milli=milli,
                reason="return",
                order_id=order.id,
                person_id=by.person_id,
                at=now,
            )
        )
    low_stock.note_recovered(session, rows)
    session.flush()


def check_may_change(warehouse_id: int, *, by: Actor, action: str, subject: str) -> None:
    """Raise NotAllowed unless the actor is an admin, or a storekeeper who works with that warehouse."""
    require(by, Role.ADMIN, Role.STOREKEEPER, action=action, subject=subject)
    if Role.ADMIN not in by.roles and not by.may_use(warehouse_id):
        raise NotAllowed(by=by, action=action, subject=subject)


def available_milli(session: Session, product_id: int, warehouse_ids: Collection[int] = ()) -> int:
    """How much of a product is on hand and promised to nobody, in these warehouses together; none given = all."""
    query = select(func.coalesce(func.sum(Stock.on_hand_milli - Stock.reserved_milli), 0)).where(
        Stock.product_id == product_id
    )
    if warehouse_ids:
        query = query.where(Stock.warehouse_id.in_(warehouse_ids))
    return int(session.scalar(query) or 0)


def reserve(session: Session, order: Order, *, now: datetime) -> None:
    """Promise all goods lines of the order from its warehouse. The caller has locked the order.

    Locks the stock rows in product order. Raises StockShort for the first product that is short, having changed
    nothing. Announces ``stock_low`` to the admins for what falls below its limit.
    """
    warehouse_id = _warehouse_of(order)
    lines = _goods(order.lines)
    wanted = _by_product((line, line.quantity_milli) for line in lines)
    rows = []
    with session.begin_nested():
        for product_id, milli in wanted:
            row = session.scalars(
                update(Stock)
                .where(
                    Stock.warehouse_id == warehouse_id,
                    Stock.product_id == product_id,
                    Stock.on_hand_milli - Stock.reserved_milli >= milli,
                )
                .values(reserved_milli=Stock.reserved_milli + milli)
                .returning(Stock),
                execution_options=_FRESH,
            ).one_or_none()
            if row is None:
                raise _short(session, warehouse_id, product_id, asked=milli)
            rows.append(row)
        session.add_all(
            Reservation(
                order_line_id=line.id,
                warehouse_id=warehouse_id,
                product_id=line.product_id,
                quantity_milli=line.quantity_milli,
            )
            for line in lines
        )
    low_stock.watch(session, rows, now=now)


def release(session: Session, order: Order) -> None:
    """Give back all that is promised to the order; once released, nothing more happens.

    The caller has locked the order. Locks the stock rows in product order.
    """
    held = _take_reservations(session, order.lines)
    rows = [
        session.scalars(
            update(Stock)
            .where(Stock.warehouse_id == warehouse_id, Stock.product_id == product_id)
            .values(reserved_milli=Stock.reserved_milli - milli)
            .returning(Stock),
            execution_options=_FRESH,
        ).one()
        for (product_id, warehouse_id), milli in sorted(held.items())
    ]
    low_stock.note_recovered(session, rows)


def ship(session: Session, order: Order, lines: Iterable[OrderLine], *, by: Actor, now: datetime) -> None:
    """Take off the shelf what was loaded of these lines, end their reservations, and write the movements.

    ``loaded_milli`` of each line leaves; what was promised to the line beyond that becomes free. The caller has
    locked the order and checked who may ship. Locks the stock rows in product order. Raises StockShort where
    more was loaded than was promised and the rest is not free, having changed nothing. Announces ``stock_low``.
    """
    warehouse_id = _warehouse_of(order)
    goods = _goods(lines)
    loaded = _by_product((line, line.loaded_milli or 0) for line in goods)
    rows = []
    with session.begin_nested():
        promised = _take_reservations(session, goods)
        for product_id, milli in loaded:
            held = promised[product_id, warehouse_id]
            rows.append(_take_off_shelf(session, warehouse_id, product_id, loaded=milli, promised=held))
        session.add_all(
            StockMovement(
                warehouse_id=warehouse_id,
                product_id=product_id,
                delta_milli=-milli,
                reason="shipment",
                order_id=order.id,
                person_id=by.person_id,
                at=now,
            )
            for product_id, milli in loaded
            if milli
        )
    low_stock.watch(session, rows, now=now)


def list_drift(session: Session) -> list[Drift]:
    """Where stock differs from the sum of its movements, or what is reserved from the sum of the reservations.

    Empty when the books are true, which they always are.
    """
    goods = (Stock.warehouse_id, Stock.product_id)
    nothing = literal(0)
    books = union_all(
        select(
            goods[0].label("warehouse_id"),
            goods[1].label("product_id"),
            Stock.on_hand_milli.label("on_hand"),
            nothing.label("moved"),
            Stock.reserved_milli.label("reserved"),
            nothing.label("promised"),
        ),
        select(
            StockMovement.warehouse_id, StockMovement.product_id, nothing, StockMovement.delta_milli, nothing, nothing
        ),
        select(Reservation.warehouse_id, Reservation.product_id, nothing, nothing, nothing, Reservation.quantity_milli),
    ).subquery()
    on_hand, moved = func.sum(books.c.on_hand), func.sum(books.c.moved)
    reserved, promised = func.sum(books.c.reserved), func.sum(books.c.promised)
    rows = session.execute(
        select(books.c.warehouse_id, books.c.product_id, on_hand, moved, reserved, promised)
        .group_by(books.c.warehouse_id, books.c.product_id)
        .having((on_hand != moved) | (reserved != promised))
        .order_by(books.c.warehouse_id, books.c.product_id)
    )
    return [Drift(*(int(value) for value in row)) for row in rows]


def _put_on_shelf(session: Session, warehouse_id: int, product_id: int, milli: int) -> Stock:
    row: Stock = session.scalars(
        select(Stock).from_statement(_RECEIVE),
        {"warehouse": warehouse_id, "product": product_id, "n": milli},
        execution_options={"populate_existing": True},
    ).one()
    return row


def _goods(lines: Iterable[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if line.kind == "goods"]


def _by_product(quantities: Iterable[tuple[OrderLine, int]]) -> list[tuple[int, int]]:
    """Sum per product, in the order in which stock is locked: a product may be sold in two units at once."""
    sums: Counter[int] = Counter()
    for line, milli in quantities:
        if line.product_id is None:
            raise ValueError(f"line {line.id} is goods without a product")
        sums[line.product_id] += milli
    return sorted(sums.items())


def _warehouse_of(order: Order) -> int:
    if order.warehouse_id is None:
        raise ValueError(f"order {order.id} has no warehouse")
    return order.warehouse_id


def _take_reservations(session: Session, lines: Iterable[OrderLine]) -> Counter[tuple[int, int]]:
    """Delete the reservations of these lines and return what they held, by product and warehouse."""
    held: Counter[tuple[int, int]] = Counter()
    gone = session.execute(
        delete(Reservation)
        .where(Reservation.order_line_id.in_([line.id for line in lines]))
        .returning(Reservation.product_id, Reservation.warehouse_id, Reservation.quantity_milli)
    )
    for product_id, warehouse_id, milli in gone:
        held[product_id, warehouse_id] += milli
    return held


def _take_off_shelf(session: Session, warehouse_id: int, product_id: int, *, loaded: int, promised: int) -> Stock:
    row = session.scalars(
        update(Stock)
        .where(
            Stock.warehouse_id == warehouse_id,
            Stock.product_id == product_id,
            Stock.on_hand_milli - loaded >= Stock.reserved_milli - promised,
        )
        .values(on_hand_milli=Stock.on_hand_milli - loaded, reserved_milli=Stock.reserved_milli - promised)
        .returning(Stock),
        execution_options=_FRESH,
    ).one_or_none()
    if row is None:
        raise _short(session, warehouse_id, product_id, asked=loaded)
    return row


def _short(session: Session, warehouse_id: int, product_id: int, *, asked: int) -> StockShort:
    base = session.execute(
        select(Product.name, Unit.code, Unit.decimals)
        .join(Unit, (Unit.product_id == Product.id) & (Unit.factor_milli == 1000), isouter=True)
        .where(Product.id == product_id)
    ).one()
    left = available_milli(session, product_id, [warehouse_id])
    return StockShort(product=base.name, asked=asked, left=left, unit=base.code or "", decimals=base.decimals or 0)
