"""One line of a draft as a card, and its neighbours, so that a rep can step through the order from card to card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db.models.catalogue import Unit
from db.models.orders import Order, OrderLine
from services import cart, originals, stock
from services.actor import Actor
from services.cart import LineGone


@dataclass(frozen=True, slots=True)
class LineCard:
    """A line, where it stands among the goods, and what may be ordered of it."""

    line: OrderLine
    number: int
    """Counted from 1."""
    count: int
    previous_unit_id: int | None
    next_unit_id: int | None
    available_milli: int
    """On hand and not reserved, where the reader works. Of a draft that changes an order: in the order's warehouse,
    which stays, with what is reserved for the order.
    """
    minimum_milli: int
    multiple_milli: int
    base_code: str
    base_decimals: int


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A line that was taken out, with what ``cart.put_back`` needs to bring it back as it was."""

    unit_id: int
    quantity_milli: int
    place: int
    """Among the goods, counted from 0."""
    name: str
    note: str


def take_out(session: Session, order_id: int, unit_id: int, *, by: Actor, now: datetime) -> TakenOut | None:
    """Take the line in this unit out of the actor's draft; None where it was not there (a second tap).

    Raises what ``cart.set_quantity`` raises.
    """
    draft = cart.lock_draft(session, order_id, by=by, action="set_quantity")
    goods = [line for line in draft.lines if line.kind == "goods"]
    place = next((place for place, line in enumerate(goods) if line.unit_id == unit_id), None)
    cart.set_quantity(session, order_id, unit_id, 0, by=by, now=now)
    if place is None:
        return None
    gone = goods[place]
    return TakenOut(unit_id, gone.quantity_milli, place, gone.name, gone.note)


def card(session: Session, draft: Order, unit_id: int, *, by: Actor) -> LineCard:
    """The card of the line in this unit. Raises LineGone where the draft has none (any more)."""
    goods = [line for line in draft.lines if line.kind == "goods"]
    place = next((place for place, line in enumerate(goods) if line.unit_id == unit_id), None)
    if place is None:
        raise LineGone
    line = goods[place]
    unit = session.get_one(Unit, unit_id)
    base = next((one for one in unit.product.units if one.factor_milli == 1000), unit)
    original = originals.find(session, draft)
    held = original.held[unit.product_id] if original else 0
    places = {original.order.warehouse_id or 0} if original else by.warehouse_ids
    return LineCard(
        line=line,
        number=place + 1,
        count=len(goods),
        previous_unit_id=goods[place - 1].unit_id if place else None,
        next_unit_id=goods[place + 1].unit_id if place + 1 < len(goods) else None,
        available_milli=stock.available_milli(session, unit.product_id, places) + held,
        minimum_milli=unit.minimum_milli,
        multiple_milli=unit.multiple_milli,
        base_code=base.code,
        base_decimals=base.decimals,
    )
