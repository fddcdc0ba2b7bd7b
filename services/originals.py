"""What a draft that changes an order goes back to: the order as it was submitted, and what is promised to it.

The lines that both hold keep the price they were ordered at, the warehouse stays, and the order's own reservation
counts as available (docs/decisions/0011).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine
from db.models.stock import Reservation


@dataclass(frozen=True, slots=True)
class Original:
    """The order that a draft changes."""

    order: Order
    lines: Mapping[int | None, OrderLine]
    """Its goods by unit id."""
    held: Counter[int]
    """By product, what is reserved for it, in thousandths of the base unit."""

    @property
    def is_brought_at_cost(self) -> bool:
        """Whether its delivery is charged: a back-order's is paid with the order that it comes from."""
        return any(line.kind == "delivery" for line in self.order.lines)


def find(session: Session, draft: Order) -> Original | None:
    """The order that this draft changes, or None for an ordinary draft. Locks nothing."""
    if draft.edits_id is None:
        return None
    order = session.get_one(Order, draft.edits_id)
    goods = [line for line in order.lines if line.kind == "goods"]
    return Original(order, {line.unit_id: line for line in goods}, held_by(session, order.id))


def held_by(session: Session, order_id: int) -> Counter[int]:
    """By product, what is reserved for an order, in thousandths of the base unit."""
    rows = session.execute(
        select(Reservation.product_id, func.sum(Reservation.quantity_milli))
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(OrderLine.order_id == order_id)
        .group_by(Reservation.product_id)
    )
    return Counter({product_id: int(milli) for product_id, milli in rows})
