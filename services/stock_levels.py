"""What lies where, for whoever looks after it: a product's levels by warehouse, and what has moved.

Quantities: thousandths of the base unit. Everything here only reads. For storekeepers and admins; an admin sees all
warehouses, a storekeeper those that he works with.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select, true, union_all
from sqlalchemy.orm import Session, selectinload

from db.models.catalogue import Product, Unit
from db.models.company import Warehouse
from db.models.people import Person
from db.models.stock import Stock, StockMovement
from services import search_index
from services.actor import Actor, NotAllowed, Role, require
from services.catalogue import ProductGone
from services.paging import PAGE_SIZE, Page, page_of, page_of_all

_LAST_LOOKED_AT: Final = 200
"""Of so many of the last movements in each warehouse: what moved before does not come up without being searched."""
_MOST_LOW: Final = 1000
"""Of so many that became low last: nobody pages through more."""


@dataclass(frozen=True, slots=True)
class Level:
    """How much of a product lies in a warehouse, and how much of it is promised."""

    warehouse_id: int
    warehouse: str
    on_hand_milli: int = 0
    reserved_milli: int = 0
    is_low: bool = False

    @property
    def available_milli(self) -> int:
        """What is promised to nobody."""
        return self.on_hand_milli - self.reserved_milli


@dataclass(frozen=True, slots=True)
class Item:
    """A product in a list, with its levels in all the reader's warehouses together."""

    product_id: int
    article: str
    name: str
    unit: str
    decimals: int
    on_hand_milli: int
    available_milli: int


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of what lies there. ``balance_milli``: what lay there after it."""

    at: datetime
    delta_milli: int
    balance_milli: int
    reason: str
    cause: str
    note: str
    order_id: int | None
    person: str


def warehouses_of(session: Session, *, by: Actor) -> list[Warehouse]:
    """The warehouses whose stock the actor looks after, by name; raises NotAllowed for others."""
    _require(by)
    query = select(Warehouse).where(_seen_by(by)).order_by(Warehouse.name, Warehouse.id)
    return list(session.scalars(query))


def find(
    session: Session, words: str, *, by: Actor, page: int = 0, low_only: bool = False, size: int = PAGE_SIZE
) -> Page[Item]:
    """Products by part of the name or article, best first; without words those that moved last, or are low.

    Hidden products are found too: they still lie there.
    """
    _require(by)
    if words:
        ids = search_index.matching(session, "product", words)
        found = page_of_all(ids, page=page, size=size)
        return Page(_items(session, found.items, by), found.page, found.pages)
    query = _low(by) if low_only else _last_moved(by)
    rows = page_of(session, query, page=page, size=size)
    return replace(rows, items=_items(session, [row[0] for row in rows.items], by))


def product(session: Session, product_id: int, *, by: Actor) -> Product:
    """A product with its units, hidden or not; raises NotAllowed or ProductGone."""
    _require(by)
    found = session.get(Product, product_id, options=[selectinload(Product.units)])
    if found is None:
        raise ProductGone(product="")
    return found


def base_unit(product: Product) -> Unit:
    """What it is counted in."""
    return next((unit for unit in product.units if unit.factor_milli == 1000), product.units[0])


def levels(session: Session, product_id: int, *, by: Actor, page: int = 0, size: int = PAGE_SIZE) -> Page[Level]:
    """What lies in each of the actor's warehouses; where it lies first, then by name."""
    _require(by)
    query = (
        select(Warehouse.id, Warehouse.name, Stock.on_hand_milli, Stock.reserved_milli, Stock.low_since)
        .outerjoin(Stock, (Stock.warehouse_id == Warehouse.id) & (Stock.product_id == product_id))
        .where(_seen_by(by))
        .order_by(func.coalesce(Stock.on_hand_milli, 0) == 0, Warehouse.name, Warehouse.id)
    )
    found = page_of(session, query, page=page, size=size)
    items = tuple(Level(row[0], row[1], row[2] or 0, row[3] or 0, row[4] is not None) for row in found.items)
    return replace(found, items=items)


def level(session: Session, warehouse_id: int, product_id: int) -> Level:
    """What lies there now; nothing where there is no row. The caller has checked who may see it."""
    name = session.scalar(select(Warehouse.name).where(Warehouse.id == warehouse_id)) or ""
    row = session.get(Stock, (warehouse_id, product_id))
    if row is None:
        return Level(warehouse_id, name)
    return Level(warehouse_id, name, row.on_hand_milli, row.reserved_milli, row.low_since is not None)


def stamp(session: Session, warehouse_id: int, product_ids: Collection[int]) -> int:
    """How often these have moved there: a button that changes them carries it, so that it does so once."""
    query = select(func.count()).where(
        StockMovement.warehouse_id == warehouse_id, StockMovement.product_id.in_(product_ids)
    )
    return session.scalar(query) or 0


def list_movements(
    session: Session, product_id: int, warehouse_id: int, *, by: Actor, page: int = 0, size: int = 8
) -> Page[Movement]:
    """What moved, the last first. Raises NotAllowed for a warehouse that the actor does not look after."""
    stock_here = (StockMovement.warehouse_id == warehouse_id, StockMovement.product_id == product_id)
    check_seen(warehouse_id, by=by)
    query = (
        select(StockMovement, Person.name)
        .outerjoin(Person, Person.id == StockMovement.person_id)
        .where(*stock_here)
        .order_by(StockMovement.id.desc())
    )
    found = page_of(session, query, page=page, size=size)
    balance = _balance_after(session, stock_here, found.items[0][0].id) if found.items else 0
    items = []
    for move, person in found.items:
        items.append(
            Movement(
                move.at, move.delta_milli, balance, move.reason, move.cause, move.note, move.order_id, person or ""
            )
        )
        balance -= move.delta_milli
    return replace(found, items=tuple(items))


def check_seen(warehouse_id: int, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor looks after that warehouse."""
    require(by, Role.ADMIN, Role.STOREKEEPER, action="stock.read", subject=f"stock:{warehouse_id}")
    if Role.ADMIN not in by.roles and not by.may_use(warehouse_id):
        raise NotAllowed(by=by, action="stock.read", subject=f"stock:{warehouse_id}")


def _require(by: Actor) -> None:
    require(by, Role.ADMIN, Role.STOREKEEPER, action="stock.read", subject="stock")


def _seen_by(by: Actor) -> ColumnElement[bool]:
    if Role.ADMIN in by.roles or not by.warehouse_ids:
        return true()
    return Warehouse.id.in_(by.warehouse_ids)


def _low(by: Actor) -> Select[Any]:
    """What is low somewhere, what became so last first."""
    low = select(Stock.product_id, Stock.low_since).where(Stock.low_since.is_not(None), _stock_of(by))
    last = low.order_by(Stock.low_since.desc()).limit(_MOST_LOW).subquery()
    latest = func.max(last.c.low_since)
    return select(last.c.product_id).group_by(last.c.product_id).order_by(latest.desc(), last.c.product_id)


def _last_moved(by: Actor) -> Select[Any]:
    """What moved last, of the last movements: nobody pages through more. Each warehouse's are read on their own, from
    the end of its index.
    """
    last = select(StockMovement.id, StockMovement.product_id).order_by(StockMovement.id.desc()).limit(_LAST_LOOKED_AT)
    if Role.ADMIN in by.roles or not by.warehouse_ids:
        recent = last.subquery()
    else:
        each = (last.where(StockMovement.warehouse_id == house) for house in sorted(by.warehouse_ids))
        recent = union_all(*(select(one.subquery()) for one in each)).subquery()
    latest = func.max(recent.c.id)
    return select(recent.c.product_id).group_by(recent.c.product_id).order_by(latest.desc())


def _stock_of(by: Actor) -> ColumnElement[bool]:
    if Role.ADMIN in by.roles or not by.warehouse_ids:
        return true()
    return Stock.warehouse_id.in_(by.warehouse_ids)


def _items(session: Session, product_ids: Collection[int], by: Actor) -> tuple[Item, ...]:
    """The products in this order, with their levels added up."""
    rows = session.execute(
        select(Stock.product_id, func.sum(Stock.on_hand_milli), func.sum(Stock.reserved_milli))
        .where(Stock.product_id.in_(product_ids), _stock_of(by))
        .group_by(Stock.product_id)
    )
    sums = {product_id: (int(lies or 0), int(held or 0)) for product_id, lies, held in rows}
    found = session.scalars(select(Product).where(Product.id.in_(product_ids)).options(selectinload(Product.units)))
    items = {}
    for one in found:
        unit, (lies, held) = base_unit(one), sums.get(one.id, (0, 0))
        items[one.id] = Item(one.id, one.article, one.name, unit.code, unit.decimals, lies, lies - held)
    return tuple(items[product_id] for product_id in product_ids if product_id in items)


def _balance_after(session: Session, here: Sequence[ColumnElement[bool]], movement_id: int) -> int:
    later = select(func.coalesce(func.sum(StockMovement.delta_milli), 0)).where(*here, StockMovement.id <= movement_id)
    return int(session.scalar(later) or 0)
