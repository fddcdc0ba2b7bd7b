"""A recorded sale that was none is voided by an admin: it vanishes from the figures of its day, and earns nothing.

An order that was billed is never voided: its invoice is credited (``credit_notes``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from db.models.orders import Order
from services import commissions, drafts, order_states, orders, reasons
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.order_states import SALE, Status


class OnlySalesAreVoided(DomainError):
    """An order is not voided: it is cancelled before the loading, and its invoice is credited after it.

    Facts: order (its id).
    """


def get(session: Session, order_id: int, *, by: Actor) -> Order:
    """A recorded sale that can be voided. Raises NotAllowed (also for an id that does not exist),
    OnlySalesAreVoided or Moved (it was voided already).
    """
    require(by, Role.ADMIN, action="sale.void", subject=f"order:{order_id}")
    order = orders.get(session, order_id, by=by)
    _check(order)
    return order


def can_be_voided(order: Order) -> bool:
    """Tell whether this is a recorded sale that counts."""
    return order.kind == SALE and order.status == Status.LOADED


def void_sale(session: Session, order_id: int, version: int, *, reason: str, by: Actor, now: datetime) -> Order:
    """Void a recorded sale; its ticket stays with it, and what it earned is taken back.

    Announces ``sale_voided`` to its rep if somebody else did it. Locks the order, then the book of commissions.
    Raises NotAllowed, OnlySalesAreVoided, Moved (another version: the second of two taps), ReasonMissing or
    TextTooLong, having changed nothing.
    """
    subject = f"order:{order_id}"
    require(by, Role.ADMIN, action="sale.void", subject=subject)
    order = drafts.lock(session, order_id)
    if order is None:
        raise NotAllowed(by=by, action="sale.void", subject=subject)
    _check(order)
    if order.version != version:
        raise Moved(order=order.id)
    why = reasons.kept(reason)
    order_states.move(session, order, Status.VOIDED, by=by, now=now, reason=why, total_minor=order.total_minor)
    order.cancelled_at = now
    session.flush()
    commissions.follow(session, order, kind="voided", now=now)
    if order.rep_id != by.person_id:
        _tell(session, order, why, by=by)
    return order


def _check(order: Order) -> None:
    if order.kind != SALE:
        raise OnlySalesAreVoided(order=order.id)
    if not can_be_voided(order):
        raise Moved(order=order.id)


def _tell(session: Session, order: Order, reason: str, *, by: Actor) -> None:
    announce(
        session,
        Audience(person_id=order.rep_id),
        "sale_voided",
        order_id=order.id,
        client=order.client.name if order.client else "",
        total_minor=order.total_minor,
        currency=order.currency,
        by=by.name,
        reason=reason,
    )
