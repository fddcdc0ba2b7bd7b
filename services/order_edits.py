"""Changing an order until a storekeeper claims it: in a draft of its own, which is saved as the order's next revision.

The order stays as it is until the draft is saved; a draft that cannot be saved any more can be dropped or become a
new order. Locks: the order with those who wait for its goods, its draft, then stock by product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine
from services import (
    audit,
    back_orders,
    cart,
    draft_list,
    drafts,
    order_revisions,
    orders,
    originals,
    repricing,
    shortages,
    stock,
)  # fmt: skip
from services.actor import Actor, Role, require
from services.announcements import Audience, announce
from services.drafts import DRAFT
from services.errors import DomainError
from services.order_revisions import Content
from services.order_states import Status, facts_of
from services.orders import Repriced, Short

EDITABLE = (Status.SUBMITTED, Status.WAITING)

_TERMS = (
    "client_id", "warehouse_id", "address", "latitude", "longitude", "delivery_date", "delivery_window", "note",
    "currency", "prices_include_vat", "distance_m", "distance_source", "has_all_goods", "rate_per_km_minor", "tariff",
    "weight_g",
)  # fmt: skip
_TERMS_OF_LINE = (
    "kind", "product_id", "unit_id", "article", "name", "unit_code", "factor_milli", "decimals", "quantity_milli",
    "list_price_minor", "discount", "price_minor", "vat_rate", "net_minor", "vat_minor", "total_minor", "weight_g",
    "note", "position",
)  # fmt: skip


class TooLateToChange(DomainError):
    """It was claimed, loaded or cancelled, or somebody changed it meanwhile. Facts: order (its id), status."""


class NotAnEdit(DomainError):
    """This draft changes no order. No facts."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The order has its new content. ``child``: the back-order for what was not there."""

    order: Order
    difference: Content
    child: Order | None = None


def begin(session: Session, order_id: int, *, by: Actor, now: datetime) -> Order:
    """The draft in which the actor changes the own order, which becomes the current one; the order stays as it is.

    There is at most one for each order: it is gone on with, unless the order has got another content since. Raises
    NotAllowed, NotYours, TooLateToChange or TooManyDrafts.
    """
    require(by, Role.REP, action="order.edit", subject=f"order:{order_id}")
    order = cart.lock_own(session, order_id, by=by, action="order.edit")
    if order.status not in EDITABLE:
        raise TooLateToChange(order=order.id, status=order.status)
    draft = find_draft(session, order)
    if draft is not None and draft.revision != order.revision:
        draft_list.remove(session, draft, by=by, now=now)
        draft = None
    if draft is None:
        draft_list.check_room(session, by=by)
        draft = _copy(session, order, now=now)
        audit.write(session, by=by, action="order.edit_begun", subject=f"order:{order.id}", now=now)
    cart.reprice(session, draft, now=now)
    draft_list.make_current(session, draft, now=now)
    return draft


def find_draft(session: Session, order: Order) -> Order | None:
    """The draft in which this order is being changed."""
    query = select(Order).where(Order.edits_id == order.id, Order.status == DRAFT)
    return session.scalars(query).first()


def find_edited(session: Session, draft: Order) -> Order | None:
    """The order that this draft changes; None for an ordinary draft."""
    return session.get_one(Order, draft.edits_id) if draft.edits_id is not None else None


def can_be_saved(draft: Order, order: Order) -> bool:
    """Tell whether the order still is what the draft was made from, and may be changed."""
    return order.status in EDITABLE and order.revision == draft.revision


def save(
    session: Session, draft_id: int, version: int, *, by: Actor, now: datetime, back_order: bool = False
) -> Saved | Repriced | Short:
    """Give the order what its draft holds, in one go: release, write, reserve; the draft is gone then.

    What the order had reserved counts as there. Returns Repriced or Short as ``orders.submit`` does, having left the
    order alone; with ``back_order``, what is not there becomes the order's child. An order that waits goes on
    waiting, unless all of it is there now. Announces ``order_changed`` to the storekeepers, with the difference.
    Raises NotAllowed, NotYours, NoLongerDraft, NotAnEdit, Moved, TooLateToChange, OrderIncomplete or NothingThere,
    having changed nothing.
    """
    back_orders.hold_queue_of(session, draft_id)
    order, draft = _lock_both(session, draft_id, by)
    orders.check_version(draft, version)
    if not can_be_saved(draft, order):
        raise TooLateToChange(order=order.id, status=order.status)
    orders.check_complete(session, draft, now=now)
    old_total = draft.total_minor
    if cart.reprice(session, draft, now=now):
        return Repriced(draft, old_total, draft.total_minor)
    cart.check_goods(session, draft)
    if order.status == Status.WAITING:
        return _save_waiting(session, order, draft, by=by, now=now)
    back_orders.hold(session, order.warehouse_id or 0, _products_of(order, draft))
    short = shortages.find(session, draft)
    if short is not None and not back_order:
        return Short(draft, short)
    if short is not None and short.is_total:
        raise shortages.NothingThere
    freed = _freed(session, order, draft)
    stock.release(session, order)
    _take_over(session, order, draft)
    child = shortages.back_order_rest(session, order, short, by=by, now=now) if short is not None else None
    stock.reserve(session, order, now=now)
    changed = _write_down(session, order, draft, by=by, now=now)
    storekeepers = Audience(role=Role.STOREKEEPER, warehouse_id=order.warehouse_id)
    announce(session, storekeepers, "order_changed", **facts_of(order), rep=by.name, difference=changed)
    if freed:
        back_orders.serve(session, order.warehouse_id or 0, freed, by=by, now=now)
    return Saved(order, changed, child)


def drop(session: Session, draft_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Throw the changes away; returns the order, which stays as it is. Raises what ``detach`` does."""
    order, draft = _lock_both(session, draft_id, by)
    orders.check_version(draft, version)
    draft_list.remove(session, draft, by=by, now=now)
    return order


def detach(session: Session, draft_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Make the draft an ordinary one, at today's prices: what it was to change goes on without it.

    Raises NotAllowed, NotYours, NoLongerDraft, NotAnEdit or Moved.
    """
    _, draft = _lock_both(session, draft_id, by)
    orders.check_version(draft, version)
    draft.edits_id, draft.revision = None, 0
    cart.reprice(session, draft, now=now)
    return draft


def _lock_both(session: Session, draft_id: int, by: Actor) -> tuple[Order, Order]:
    """Lock the order and then its draft: in id order, as a draft is younger than what it changes."""
    require(by, Role.REP, action="order.edit", subject=f"order:{draft_id}")
    edits_id = session.scalar(select(Order.edits_id).where(Order.id == draft_id, Order.rep_id == by.person_id))
    order = drafts.lock(session, edits_id) if edits_id is not None else None
    draft = cart.lock_draft(session, draft_id, by=by, action="edit")
    if order is None or draft.edits_id != order.id:
        raise NotAnEdit
    return order, draft


def _copy(session: Session, order: Order, *, now: datetime) -> Order:
    draft = Order(
        **{name: getattr(order, name) for name in _TERMS},
        status=DRAFT,
        rep_id=order.rep_id,
        edits_id=order.id,
        revision=order.revision,
        created_at=now,
        touched_at=now,
    )
    draft.client, draft.warehouse, draft.rep = order.client, order.warehouse, order.rep
    draft.lines = [OrderLine(**{name: getattr(line, name) for name in _TERMS_OF_LINE}) for line in order.lines]
    with session.no_autoflush:
        repricing.add_up(draft)
    session.add(draft)
    session.flush()
    return draft


def _save_waiting(session: Session, order: Order, draft: Order, *, by: Actor, now: datetime) -> Saved:
    """It holds nothing and nobody loads it: it only asks for something else now, which may be there at once.

    Who stood behind it for what it asks for no more may go too.
    """
    products = _products_of(order, draft)
    _take_over(session, order, draft)
    changed = _write_down(session, order, draft, by=by, now=now)
    back_orders.serve(session, order.warehouse_id or 0, products, by=by, now=now)
    return Saved(order, changed)


def _products_of(*either: Order) -> set[int]:
    return {line.product_id for one in either for line in one.lines if line.product_id is not None}


def _freed(session: Session, order: Order, draft: Order) -> set[int]:
    """The products of which the order will hold less than it does."""
    held = originals.held_by(session, order.id)
    for line in draft.lines:
        if line.product_id is not None:
            held[line.product_id] -= line.quantity_milli
    return {product_id for product_id, milli in held.items() if milli > 0}


def _take_over(session: Session, order: Order, draft: Order) -> None:
    """Write the draft's content onto the order, whose lines keep their rows where they stay; nothing is reserved."""
    with session.no_autoflush:
        for name in _TERMS:
            setattr(order, name, getattr(draft, name))
        known = {(line.kind, line.unit_id): line for line in order.lines}
        lines = []
        for source in draft.lines:
            line = known.get((source.kind, source.unit_id)) or OrderLine()
            for name in _TERMS_OF_LINE:
                setattr(line, name, getattr(source, name))
            lines.append(line)
        order.lines = lines
        repricing.add_up(order)
    session.flush()


def _write_down(session: Session, order: Order, draft: Order, *, by: Actor, now: datetime) -> Content:
    order.version += 1
    order.touched_at = now
    changed = order_revisions.write(session, order, by=by, now=now)
    audit.write(session, by=by, action="order.changed", subject=f"order:{order.id}", now=now, after=changed)
    session.delete(draft)
    session.flush()
    return changed
