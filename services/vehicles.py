"""What an order leaves on: the vehicle's registration number and its driver. Both may stay unsaid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.orders import Order
from services import audit, claims
from services.actor import Actor
from services.cart import TextTooLong
from services.errors import Moved
from services.order_states import Status

LONGEST_VEHICLE = 32
LONGEST_DRIVER = 200
_LISTED = 4
_LOOKED_AT = 60
"""Of so many of a warehouse's last loadings: who drove long ago does not come up."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What one order left on. ``order_id`` names it in buttons."""

    order_id: int
    vehicle: str
    driver: str


def set_for(session: Session, order_id: int, vehicle: str, driver: str, *, by: Actor, now: datetime) -> Order:
    """Note what an order that the actor is loading leaves on; empty takes it away. Locks the order.

    Raises NotAllowed, claims.AlreadyLoaded, NotYours, Moved or TextTooLong.
    """
    order = claims.lock_own(session, order_id, by=by, action="loading.vehicle")
    vehicle, driver = _kept(vehicle, LONGEST_VEHICLE), _kept(driver, LONGEST_DRIVER)
    if (order.vehicle, order.driver) == (vehicle, driver):
        return order
    before = {"vehicle": order.vehicle, "driver": order.driver}
    order.vehicle, order.driver = vehicle, driver
    order.version += 1
    order.touched_at = now
    after = {"vehicle": vehicle, "driver": driver}
    audit.write(
        session, by=by, action="loading.vehicle", subject=f"order:{order.id}", now=now, before=before, after=after
    )
    session.flush()
    return order


def set_like(session: Session, order_id: int, other_id: int, *, by: Actor, now: datetime) -> Order:
    """The same vehicle and driver as another order of that warehouse had; raises as ``set_for``, Moved for another."""
    order = claims.lock_own(session, order_id, by=by, action="loading.vehicle")
    other = session.get(Order, other_id)
    if other is None or other.warehouse_id != order.warehouse_id or other.status != Status.LOADED:
        raise Moved(order=order.id)
    return set_for(session, order_id, other.vehicle, other.driver, by=by, now=now)


def list_recent(session: Session, warehouse_id: int | None) -> list[Trip]:
    """What the warehouse's last orders left on, the last one first, each vehicle with its driver once."""
    last = (
        select(Order.id, Order.vehicle, Order.driver)
        .where(Order.warehouse_id == warehouse_id, Order.loaded_at.is_not(None))
        .order_by(Order.loaded_at.desc(), Order.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    rows = session.execute(
        select(func.max(last.c.id), last.c.vehicle, last.c.driver)
        .where((last.c.vehicle != "") | (last.c.driver != ""))
        .group_by(last.c.vehicle, last.c.driver)
        .order_by(func.max(last.c.id).desc())
        .limit(_LISTED)
    )
    return [Trip(order_id, vehicle, driver) for order_id, vehicle, driver in rows]


def _kept(text: str, largest: int) -> str:
    plain = " ".join(text.replace("\x00", "").split())
    if len(plain) > largest:
        raise TextTooLong(largest=largest)
    return plain
