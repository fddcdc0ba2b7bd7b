"""What is free of several products at once, and in which warehouses. Thousandths of the base unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.stock import Stock


def lock(session: Session, warehouse_id: int, product_ids: Collection[int]) -> None:
    """Hold the stock rows of these products in a warehouse, in product order, to the end of the transaction."""
    wanted = (
        select(Stock)
        .where(Stock.warehouse_id == warehouse_id, Stock.product_id.in_(product_ids))
        .order_by(Stock.product_id)
        .with_for_update()
    )
    session.scalars(wanted, execution_options={"populate_existing": True}).all()


def free_in(session: Session, warehouse_id: int, product_ids: Collection[int]) -> Counter[int]:
    """By product, what is on hand there and promised to nobody; 0 for what the warehouse never had."""
    rows = session.execute(
        select(Stock.product_id, Stock.on_hand_milli - Stock.reserved_milli).where(
            Stock.warehouse_id == warehouse_id, Stock.product_id.in_(product_ids)
        )
    )
    return Counter({product_id: int(milli) for product_id, milli in rows})


def warehouses_with(session: Session, needs: Mapping[int, int], *, apart_from: int) -> list[Warehouse]:
    """The other open warehouses where all of ``needs`` (by product) is free now, by name."""
    free: dict[int, Counter[int]] = {}
    rows = session.execute(
        select(Stock.warehouse_id, Stock.product_id, Stock.on_hand_milli - Stock.reserved_milli).where(
            Stock.product_id.in_(needs), Stock.warehouse_id != apart_from
        )
    )
    for warehouse_id, product_id, milli in rows:
        free.setdefault(warehouse_id, Counter())[product_id] = int(milli)
    complete = [key for key, there in free.items() if all(there[one] >= milli for one, milli in needs.items())]
    houses = select(Warehouse).where(Warehouse.id.in_(complete), Warehouse.closed.is_(False))
    return list(session.scalars(houses.order_by(Warehouse.name)))
