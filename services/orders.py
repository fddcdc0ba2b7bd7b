"""Orders after the draft: submitting, cancelling, and who may see what. ``order_states`` has the allowed moves.

Locks, here and in ``loading``: the order, then stock by product, then the invoice counter, then lanes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, TextClause, select
from sqlalchemy.orm import Session, joinedload

from db.models.orders import OPEN, Order, OrderEvent, OrderLine
from services import availability, back_orders, cart, delivery, drafts, favourites, order_revisions, shortages, stock
from services.actor import Actor, NotAllowed, Role
from services.announcements import Audience, announce
from services.cart import NotYours
from services.errors import DomainError, Moved
from services.order_states import MOVES, SALE, MoveRefused, Status, check_move, facts_of, move
from services.paging import PAGE_SIZE, Page, page_of, page_of_all
from services.shortages import Shortage

__all__ = [
    "FILTERS", "MOVES", "AlreadySubmitted", "EditsAnOrder", "MoveRefused", "OrderIncomplete", "Repriced", "Short",
    "Status", "Submitted", "cancel", "check_complete", "check_move", "check_version", "find_mine", "get", "goods_of",
    "history", "is_in_store_of", "list_mine", "may_see", "move", "orders_of", "submit",
]  # fmt: skip

LONGEST_REASON = 300
FILTERS: Final[Mapping[str, ColumnElement[bool] | TextClause]] = {
    "open": OPEN,
    "loaded": Order.status == Status.LOADED.value,
    "cancelled": Order.status.in_([Status.CANCELLED.value, Status.VOIDED.value]),
    "": Order.status != Status.DRAFT.value,
}
"""What a rep may want to see of the own orders, by the filter's name: all but drafts where it is empty."""
LINES_PER_PAGE = 12
"""What a message has room for beside all that is said of an order."""


class AlreadySubmitted(DomainError):
    """This draft was submitted before, by another tap or device. Facts: order (its id)."""


class OrderIncomplete(DomainError):
    """The draft lacks something. Facts: missing (of goods, client, place, day, warehouse)."""


class EditsAnOrder(DomainError):
    """This draft changes an order and cannot be submitted as another one. Facts: order (the id of that order)."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The order is on its way to the warehouse and its goods are reserved; or it waits for stock as a whole.

    ``child``: the back-order for what was not there.
    """

    order: Order
    child: Order | None = None


@dataclass(frozen=True, slots=True)
class Short:
    """Nothing was submitted: the warehouse has not all of it, and the rep has to choose."""

    order: Order
    shortage: Shortage


@dataclass(frozen=True, slots=True)
class Repriced:
    """Nothing was submitted: prices, stock or tariff have changed the amounts of the draft, which now has the new ones.

    Totals: minor units of the order's currency, VAT included.
    """

    order: Order
    old_total_minor: int
    new_total_minor: int


def submit(
    session: Session, order_id: int, version: int, *, by: Actor, now: datetime, back_order: bool = False
) -> Submitted | Repriced | Short:
    """Send the actor's draft to its warehouse and reserve its goods there, at the prices that the actor saw.

    The draft is priced anew first; if an amount has changed, the new ones are kept on it and Repriced is returned.
    Where the warehouse has not all of it, Short is returned, and nothing is submitted; with ``back_order``, what is
    there is submitted and the rest becomes its child, or all of it waits for stock where nothing is there.
    Announces ``order_submitted`` to the storekeepers of the warehouse. Locks the order, then stock by product.
    Raises NotYours, NotAllowed, AlreadySubmitted, Moved, OrderIncomplete, EditsAnOrder or what is wrong with the
    day, having changed nothing; ProductGone or what is wrong with a quantity after the pricing, which the caller's
    savepoint takes back.
    """
    order = cart.lock_own(session, order_id, by=by, action="order.submit")
    if order.status not in {Status.DRAFT, Status.CANCELLED}:
        raise AlreadySubmitted(order=order.id)
    check_version(order, version)
    check_move(order, Status.SUBMITTED, by=by)
    if order.edits_id is not None:
        raise EditsAnOrder(order=order.edits_id)
    check_complete(session, order, now=now)
    old_total = order.total_minor
    if cart.reprice(session, order, now=now):
        return Repriced(order, old_total, order.total_minor)
    cart.check_goods(session, order)
    if order.warehouse_id is None:
        raise OrderIncomplete(missing=["warehouse"])
    availability.lock(session, order.warehouse_id, {line.product_id or 0 for line in order.lines})
    short = shortages.find(session, order)
    if short is not None and not back_order:
        return Short(order, short)
    order.submitted_at = now
    favourites.note_ordered(session, order, now)
    if short is not None and short.is_total:
        return _let_wait(session, order, by=by, now=now)
    child = shortages.back_order_rest(session, order, short, by=by, now=now) if short is not None else None
    stock.reserve(session, order, now=now)
    move(session, order, Status.SUBMITTED, by=by, now=now, total_minor=order.total_minor)
    order_revisions.write(session, order, by=by, now=now)
    warehouse = Audience(role=Role.STOREKEEPER, warehouse_id=order.warehouse_id)
    announce(session, warehouse, "order_submitted", **facts_of(order), rep=by.name)
    return Submitted(order, child)


def _let_wait(session: Session, order: Order, *, by: Actor, now: datetime) -> Submitted:
    order.shortage = "back_order"
    move(session, order, Status.WAITING, by=by, now=now, total_minor=order.total_minor)
    order_revisions.write(session, order, by=by, now=now)
    return Submitted(order)


def cancel(session: Session, order_id: int, version: int, *, by: Actor, now: datetime, reason: str = "") -> Order:
    """Take back an order that nobody is loading yet: the rep's own, or any for an admin. Gives its goods free.

    What became free, or was kept for it while it waited, goes to those who wait for it. Announces ``order_cancelled``
    to the storekeepers of its warehouse if it had come to them, and to its rep if somebody else did it. Locks the
    order with those who wait for its goods, then stock by product. Raises NotYours, Moved, MoveRefused or TextTooLong.
    """
    back_orders.hold_queue_of(session, order_id)
    if Role.ADMIN in by.roles:
        order = drafts.lock(session, order_id)
        if order is None:
            raise NotYours(by=by, action="order.cancel", subject=f"order:{order_id}")
    else:
        order = cart.lock_own(session, order_id, by=by, action="order.cancel")
    check_version(order, version)
    before = Status(order.status)
    check_move(order, Status.CANCELLED, by=by)
    reason = cart.kept_text(reason, LONGEST_REASON)
    products = {line.product_id for line in order.lines if line.product_id is not None}
    if before is not Status.DRAFT:
        back_orders.hold_family(session, order)
        back_orders.hand_delivery_on(session, order)
    move(session, order, Status.CANCELLED, by=by, now=now, **({"reason": reason} if reason else {}))
    order.cancelled_at = now
    session.flush()
    if before is Status.DRAFT:
        return order
    facts = {**facts_of(order), "by": by.name, "reason": reason}
    if before is Status.SUBMITTED:
        announce(session, Audience(role=Role.STOREKEEPER, warehouse_id=order.warehouse_id), "order_cancelled", **facts)
    if order.rep_id != by.person_id:
        announce(session, Audience(person_id=order.rep_id), "order_cancelled", **facts)
    if before is Status.SUBMITTED:
        stock.release(session, order)
    back_orders.serve(session, order.warehouse_id or 0, products, by=by, now=now)
    return order


def list_mine(
    session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE, only: str = "", client_ids: Collection[int] = ()
) -> Page[Order]:
    """The actor's own orders, the last touched first; drafts are not among them. ``page`` counts from 0.

    ``only``: one of ``FILTERS``, else all. ``client_ids``: of these clients alone.
    """
    query = select(Order).where(FILTERS.get(only, FILTERS[""])).options(joinedload(Order.client))
    if client_ids:  # "+ 0": read by the clients' index; SQLite would take the rep's and read all that is in it
        query = query.where(Order.client_id.in_(client_ids), Order.rep_id + 0 == by.person_id)
    else:
        query = query.where(Order.rep_id == by.person_id)
    query = query.order_by(Order.touched_at.desc(), Order.id.desc())
    return orders_of(page_of(session, query, page=page, size=size))


def find_mine(session: Session, order_id: int, *, by: Actor) -> Order | None:
    """The actor's order of that number, if there is one; a draft is none yet."""
    order = session.get(Order, order_id)
    is_mine = order is not None and order.rep_id == by.person_id and order.status != Status.DRAFT
    return order if is_mine else None


def get(session: Session, order_id: int, *, by: Actor) -> Order:
    """The order, for its rep, for admins, and once submitted for the storekeepers of its warehouse.

    Raises NotAllowed for anybody else, and for an id that does not exist: it is not said which.
    """
    order = session.get(Order, order_id)
    if order is None or not may_see(order, by):
        raise NotAllowed(by=by, action="order.read", subject=f"order:{order_id}")
    return order


def may_see(order: Order, by: Actor) -> bool:
    """Tell whether the actor may see this order."""
    return order.rep_id == by.person_id or Role.ADMIN in by.roles or is_in_store_of(order, by)


def is_in_store_of(order: Order, by: Actor) -> bool:
    """Tell whether the actor is a storekeeper whom this order has come to: it was submitted to his warehouse."""
    has_come = order.submitted_at is not None and order.kind != SALE
    return Role.STOREKEEPER in by.roles and has_come and by.may_use(order.warehouse_id)


def history(session: Session, order_id: int) -> list[OrderEvent]:
    """The order's moves, the first one first. The caller has checked with ``get`` who may see the order."""
    return list(session.scalars(select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)))


def goods_of(order: Order, page: int) -> Page[OrderLine]:
    """A page of the order's goods, as many as a message has room for. ``page`` counts from 0."""
    lines = [line for line in order.lines if line.kind == "goods"]
    return page_of_all(lines, page=page, size=LINES_PER_PAGE)


def orders_of(page: Page[Any]) -> Page[Order]:
    """A page of rows that hold one order each, as a page of orders."""
    return Page(tuple(row[0] for row in page.items), page.page, page.pages, more=page.more)


def check_version(order: Order, version: int) -> None:
    """Raise Moved unless the order is as it was when the button was made."""
    if order.version != version or order.status == Status.CANCELLED:
        raise Moved(order=order.id)


def check_complete(session: Session, order: Order, *, now: datetime) -> None:
    """Raise OrderIncomplete, or what is wrong with the day, for a draft that cannot be submitted yet."""
    missing = cart.missing(order)
    if missing:
        raise OrderIncomplete(missing=missing)
    delivery.check_delivery(session, order, now=now)
