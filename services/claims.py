"""Who is loading an order: what every step of a loading checks before it does anything."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.models.orders import Order
from services import drafts, orders
from services.actor import Actor, NotAllowed
from services.cart import NotYours
from services.errors import DomainError, Moved
from services.order_states import Status


class AlreadyLoaded(DomainError):
    """The loading was confirmed before. Facts: order (its id)."""


def lock_in_store(session: Session, order_id: int, *, by: Actor, action: str) -> Order:
    """Lock an order that has come to one of the actor's warehouses; else NotAllowed, for a guessed id too."""
    order = drafts.lock(session, order_id)
    if order is None or not orders.is_in_store_of(order, by):
        raise NotAllowed(by=by, action=action, subject=f"order:{order_id}")
    return order


def check(order: Order, *, by: Actor, action: str, version: int | None = None) -> None:
    """Raise AlreadyLoaded, Moved (nobody is loading it), NotYours (another one is) or Moved (the version is another).

    The caller has locked the order. ``version``: the one that the actor saw, where that matters.
    """
    if order.status == Status.LOADED:
        raise AlreadyLoaded(order=order.id)
    if order.status != Status.LOADING:
        raise Moved(order=order.id)
    if order.claimed_by != by.person_id:
        raise NotYours(by=by, action=action, subject=f"order:{order.id}")
    if version is not None and order.version != version:
        raise Moved(order=order.id)


def lock_own(session: Session, order_id: int, *, by: Actor, action: str, version: int | None = None) -> Order:
    """Lock an order that the actor is loading; raises NotAllowed and all that ``check`` raises."""
    order = lock_in_store(session, order_id, by=by, action=action)
    check(order, by=by, action=action, version=version)
    return order
