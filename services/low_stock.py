"""What runs low: the admins are told once when fewer are available than a product's limit, until it has recovered.

Since when a warehouse is short of a product stands on its row of ``stock``, which the caller has locked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.company import Warehouse
from db.models.stock import Stock
from services import announcements
from services.actor import Role
from services.announcements import Audience


def watch(session: Session, rows: Collection[Stock], *, now: datetime) -> None:
    """Look at rows of which something was taken or promised, and tell the admins of those that became low.

    One notice ``stock_low`` per transaction, which lists them all. Locks nothing: the rows are the caller's.
    """
    limits = _limits(session, rows)
    fallen = []
    for row in rows:
        limit = limits.get(row.product_id)
        if limit is None or row.on_hand_milli - row.reserved_milli >= limit:
            row.low_since = None
        elif row.low_since is None:
            known = _recovered(session).pop((row.warehouse_id, row.product_id), None)
            row.low_since = known or now
            if known is None:
                fallen.append(row)
    if fallen:
        _tell(session, _facts(session, fallen))


def note_recovered(session: Session, rows: Collection[Stock]) -> None:
    """Forget that these rows were low, where something came back and they are not any more.

    What is low again before the same session ends (an edited order is released and reserved anew) has not recovered.
    """
    were_low = [row for row in rows if row.low_since is not None]
    limits = _limits(session, were_low)
    for row in were_low:
        limit = limits.get(row.product_id)
        if limit is None or row.on_hand_milli - row.reserved_milli >= limit:
            _recovered(session)[row.warehouse_id, row.product_id] = row.low_since
            row.low_since = None


def _recovered(session: Session) -> dict[tuple[int, int], datetime | None]:
    found: dict[tuple[int, int], datetime | None] = session.info.setdefault("recovered_stock", {})
    return found


def _limits(session: Session, rows: Iterable[Stock]) -> dict[int, int]:
    asked = {row.product_id for row in rows}
    if not asked:
        return {}
    found = session.execute(
        select(Product.id, Product.low_stock_milli).where(Product.id.in_(asked), Product.low_stock_milli.is_not(None))
    )
    return {product_id: limit for product_id, limit in found if limit is not None}


def _facts(session: Session, rows: Iterable[Stock]) -> list[dict[str, Any]]:
    goods = (
        select(Product.name, Product.article, Product.low_stock_milli, Warehouse.name.label("warehouse"), Unit.code)
        .add_columns(Unit.decimals)
        .select_from(Stock)
        .join(Product, Product.id == Stock.product_id)
        .join(Warehouse, Warehouse.id == Stock.warehouse_id)
        .outerjoin(Unit, (Unit.product_id == Product.id) & (Unit.factor_milli == 1000))
        .order_by(Unit.id)
        .limit(1)
    )
    facts = []
    for row in rows:
        here = (Stock.product_id == row.product_id, Stock.warehouse_id == row.warehouse_id)
        found = session.execute(goods.where(*here)).one()
        facts.append(
            {
                "product_id": row.product_id,
                "product": found.name,
                "article": found.article,
                "warehouse": found.warehouse,
                "left": row.on_hand_milli - row.reserved_milli,
                "limit": found.low_stock_milli,
                "unit": found.code or "",
                "decimals": found.decimals or 0,
            }
        )
    return facts


def _tell(session: Session, products: list[dict[str, Any]]) -> None:
    for waiting in announcements.waiting(session):
        if waiting.name == "stock_low":
            waiting.facts["products"].extend(products)
            return
    announcements.announce(session, Audience(role=Role.ADMIN), "stock_low", products=products)
