"""The storekeeper's side: who loads an order, and the confirmed loading that ships and bills it.

Locks: the order, then stock by product, then the invoice counter, then the book of commissions, then lanes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionEntry
from db.models.invoices import Invoice
from db.models.orders import Order
from db.models.people import Person
from services import back_orders, claims, commissions, invoicing, mailing, order_states, orders, picking, shelf, stock
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.order_states import Status
from services.picking import Short
from services.shelf import Locked


class AlreadyClaimed(DomainError):
    """Another storekeeper is loading it. Facts: order (its id), name."""


class AlreadyYours(Moved):
    """The actor is loading it: the second of two taps. Facts: order (its id)."""


class AlreadyWaiting(Moved):
    """It is in the queue already: the second of two taps. Facts: order (its id)."""


def get(session: Session, order_id: int, *, by: Actor) -> Order:
    """An order that has come to one of the actor's warehouses; else NotAllowed, for a guessed id too."""
    order = session.get(Order, order_id)
    if order is None or not orders.is_in_store_of(order, by):
        raise NotAllowed(by=by, action="loading.read", subject=f"order:{order_id}")
    return order


def can_be_claimed(session: Session, order: Order) -> bool:
    """Tell whether the order waits for somebody to load it."""
    if order.status == Status.LOADING and order.claimed_by is not None:
        return session.get_one(Person, order.claimed_by).revoked_at is not None
    return order.status == Status.SUBMITTED


def claimer(session: Session, order: Order) -> str:
    """The name of who is loading the order or has loaded it; empty where nobody is."""
    return session.get_one(Person, order.claimed_by).name if order.claimed_by is not None else ""


def claim(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Take an order that waits, to load it; from here on it cannot be cancelled.

    One whose claimer was dismissed meanwhile waits too. Announces ``order_claimed`` to its rep. Locks the order.
    Raises NotAllowed (not a storekeeper of its warehouse), AlreadyYours, AlreadyClaimed or Moved.
    """
    order = claims.lock_in_store(session, order_id, by=by, action="loading.claim")
    if not can_be_claimed(session, order):
        _refuse_claim(session, order, by)
    if order.version != version:
        raise Moved(order=order.id)
    if order.status == Status.LOADING:
        order_states.move(session, order, Status.SUBMITTED, by=by, now=now)
        _begin_anew(order)
    order_states.move(session, order, Status.LOADING, by=by, now=now)
    order.claimed_by, order.claimed_at = by.person_id, now
    session.flush()
    rep = Audience(person_id=order.rep_id)
    announce(session, rep, "order_claimed", order_id=order.id, client=_client_name(order), storekeeper=by.name)
    return order


def release(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Put a claimed order back into the queue; its goods stay reserved, its marks are gone.

    Announces ``order_released`` to its rep. Locks the order. Raises NotAllowed, AlreadyWaiting,
    claims.AlreadyLoaded, NotYours (another one claimed it) or Moved.
    """
    order = claims.lock_in_store(session, order_id, by=by, action="loading.release")
    if order.status == Status.SUBMITTED:
        raise AlreadyWaiting(order=order.id)
    claims.check(order, by=by, action="loading.release", version=version)
    _put_back(session, order, by=by, now=now)
    return order


def release_all_of(session: Session, person_id: int, *, by: Actor, now: datetime, but_of: Collection[int] = ()) -> None:
    """Put back into the queue whatever this person is loading, but for orders of the warehouses ``but_of``; for
    admins, else NotAllowed.

    Announces ``order_released`` to each rep. Locks the orders in id order.
    """
    require(by, Role.ADMIN, action="loading.release_all", subject=f"person:{person_id}")
    claimed = (
        select(Order)
        .where(Order.claimed_by == person_id, Order.status == Status.LOADING.value, Order.warehouse_id.not_in(but_of))
        .order_by(Order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for order in session.scalars(claimed).all():
        _put_back(session, order, by=by, now=now)


def _put_back(session: Session, order: Order, *, by: Actor, now: datetime) -> None:
    _begin_anew(order)
    order_states.move(session, order, Status.SUBMITTED, by=by, now=now)
    rep = Audience(person_id=order.rep_id)
    announce(session, rep, "order_released", order_id=order.id, client=_client_name(order), storekeeper=by.name)


def _begin_anew(order: Order) -> None:
    """Nobody loads it; whoever does next takes the goods off the shelf again."""
    picking.forget(order)
    order.vehicle = order.driver = ""
    order.claimed_by = order.claimed_at = None


def let_wait(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Nothing of a claimed order could be loaded, as the shelf is empty: that is corrected, and all of it waits.

    Announces ``order_displaced`` to its rep, and to those of others that counted on the same goods. Locks the order,
    those that wait, then stock in product order. Raises NotAllowed, AlreadyLoaded, NotYours (another one claimed it)
    or Moved, for an order too of which something was loaded or nothing is missing.
    """
    order = claims.lock_own(session, order_id, by=by, action="loading.let_wait", version=version)
    if not picking.is_nothing_there(order):
        raise Moved(order=order.id)
    missing = picking.missing_of(picking.list_short(order))
    locked = _lock_shelf(session, order)
    _begin_anew(order)
    shelf.make_wait(session, order, missing[0], by=by, now=now)
    _empty(session, locked, missing, order, by=by, now=now)
    _serve(session, locked, order, missing, by=by, now=now)
    return order


def confirm(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> Invoice:
    """Ship what was loaded of a claimed order and bill it; the invoice is drawn and mailed by jobs of the outbox.

    Nothing marked means that all is loaded. Where less was: the order holds and costs what was loaded, the rest
    becomes a back-order, a shelf that had less is empty now, promises that no longer fit are released, and whoever
    waited for what is free now is served. What it earns by the rules of the day is booked. Announces ``order_loaded``,
    and ``order_short`` to its rep. Locks the order, where it is short those that wait, stock in product order, the
    invoice counter, the job's lane (which is new), then the book of commissions.
    Raises NotAllowed, AlreadyLoaded, NotYours (another one claimed it), Moved, LinesUnmarked or NothingLoaded.
    """
    order = claims.lock_own(session, order_id, by=by, action="loading.confirm", version=version)
    order_states.check_move(order, Status.LOADED, by=by)
    short = picking.finish(order)
    if short:
        _ship_short(session, order, short, by=by, now=now)
    else:
        stock.ship(session, order, order.lines, by=by, now=now)
    for line in order.lines:
        line.loaded_milli = line.quantity_milli
    order.loaded_at = now
    order_states.move(session, order, Status.LOADED, by=by, now=now, vehicle=order.vehicle, short=len(short))
    invoice = invoicing.issue(session, order, now=now)
    earned = commissions.accrue(session, order, now=now)
    _tell_loaded(session, order, invoice, earned)
    return invoice


def _ship_short(session: Session, order: Order, short: list[Short], *, by: Actor, now: datetime) -> None:
    """Ship the lines of which less was loaded with all that follows from it."""
    locked = _lock_shelf(session, order)
    stock.ship(session, order, order.lines, by=by, now=now)
    missing = picking.missing_of(short)
    _empty(session, locked, missing, order, by=by, now=now)
    child = back_orders.open_child(session, order, {one.line.id: one.missing_milli for one in short}, by=by, now=now)
    told = [_short_facts(one) for one in short]
    picking.bill_loaded(order)
    session.flush()
    _serve(session, locked, order, missing, by=by, now=now)
    announce(
        session,
        Audience(person_id=order.rep_id),
        "order_short",
        order_id=order.id,
        client=_client_name(order),
        child_id=child.id,
        waits=child.status == Status.WAITING,
        lines=told,
    )


def _lock_shelf(session: Session, order: Order) -> Locked:
    return shelf.lock(session, order.warehouse_id or 0, _products_of(order))


def _empty(session: Session, locked: Locked, missing: list[int], order: Order, *, by: Actor, now: datetime) -> None:
    reason = shelf.Reason(shelf.Cause.SHORT_PICK, order_id=order.id)
    for product_id in missing:
        shelf.empty(session, locked, product_id, reason=reason, by=by, now=now)


def _serve(session: Session, locked: Locked, order: Order, missing: list[int], *, by: Actor, now: datetime) -> None:
    """Give what came free to whom waits; what was just not found serves nobody."""
    free = (locked.freed | _products_of(order)) - set(missing)
    back_orders.serve(session, locked.warehouse_id, free, by=by, now=now)


def _products_of(order: Order) -> set[int]:
    return {line.product_id for line in order.lines if line.product_id is not None}


def _short_facts(short: Short) -> dict[str, Any]:
    line = short.line
    return {
        "product": line.name,
        "ordered": line.quantity_milli,
        "loaded": line.quantity_milli - short.missing_milli,
        "unit": line.unit_code,
        "factor_milli": line.factor_milli,
        "decimals": line.decimals,
    }


def _tell_loaded(session: Session, order: Order, invoice: Invoice, earned: Sequence[CommissionEntry]) -> None:
    mail = mailing.mail_state(session, order.id)
    of_rep = [entry for entry in earned if entry.person_id == order.rep_id]
    announce(
        session,
        Audience(person_id=order.rep_id),
        "order_loaded",
        order_id=order.id,
        version=order.version,
        client=_client_name(order),
        invoice=invoice.label,
        total_minor=invoice.total_minor,
        currency=invoice.currency,
        mail=mail.status.value,
        address=mail.address,
        commission_minor=sum(entry.amount_minor for entry in of_rep),
        commission=[entry.basis for entry in of_rep],
    )


def _refuse_claim(session: Session, order: Order, by: Actor) -> None:
    if order.status != Status.LOADING or order.claimed_by is None:
        raise Moved(order=order.id)
    if order.claimed_by == by.person_id:
        raise AlreadyYours(order=order.id)
    raise AlreadyClaimed(order=order.id, name=session.get_one(Person, order.claimed_by).name)


def _client_name(order: Order) -> str:
    return order.client.name if order.client else ""
