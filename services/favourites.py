"""The products that a rep has marked, and those that the rep has ordered lately."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, false, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models.catalogue import Favourite, Product, RecentProduct
from db.models.orders import Order
from db.types import UtcDateTime
from services import catalogue
from services.actor import Actor, Role, require
from services.catalogue import ProductItem
from services.paging import PAGE_SIZE, Page, page_of

_MARK = text(
    "INSERT INTO favourite (person_id, product_id, added_at) VALUES (:person_id, :product_id, :at) "
    "ON CONFLICT (person_id, product_id) DO NOTHING"
)
_NOTE = text(
    "INSERT INTO recent_product (person_id, product_id, used_at) VALUES (:person_id, :product_id, :at) "
    "ON CONFLICT (person_id, product_id) DO UPDATE SET used_at = excluded.used_at"
)


def mark(session: Session, product_id: int, *, by: Actor, now: datetime) -> None:
    """Make a product one of the actor's favourites; again changes nothing. Raises NotAllowed or ProductGone."""
    require(by, Role.REP, action="favourites.mark", subject=f"product:{product_id}")
    catalogue.check_sold(session, product_id)
    _write(session, _MARK, by.person_id, [product_id], now)


def unmark(session: Session, product_id: int, *, by: Actor) -> None:
    """Take a product off the actor's favourites, if it is one. Raises NotAllowed."""
    require(by, Role.REP, action="favourites.unmark", subject=f"product:{product_id}")
    session.execute(delete(Favourite).where(Favourite.person_id == by.person_id, Favourite.product_id == product_id))


def note_ordered(session: Session, order: Order, now: datetime) -> None:
    """Remember the goods of an order that is submitted as the ones that its rep ordered last."""
    goods = {line.product_id for line in order.lines if line.kind == "goods" and line.product_id is not None}
    _write(session, _NOTE, order.rep_id, sorted(goods), now)


def list_favourites(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[ProductItem]:
    """The actor's favourites that are sold, by name."""
    query = _of(by, Favourite.product_id, Favourite.person_id).order_by(Product.name, Product.id)
    return _items(session, query, by, page, size)


def list_recent(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[ProductItem]:
    """What the actor has ordered and is still sold, the latest first."""
    query = _of(by, RecentProduct.product_id, RecentProduct.person_id)
    return _items(session, query.order_by(RecentProduct.used_at.desc(), Product.name, Product.id), by, page, size)


def count(session: Session, *, by: Actor) -> tuple[int, int]:
    """How many favourites the actor has and how many recent products, of those that are sold."""
    favourite = _of(by, Favourite.product_id, Favourite.person_id).subquery()
    recent = _of(by, RecentProduct.product_id, RecentProduct.person_id).subquery()
    row = session.execute(
        select(
            select(func.count()).select_from(favourite).scalar_subquery(),
            select(func.count()).select_from(recent).scalar_subquery(),
        )
    ).one()
    return row[0], row[1]


def _of(by: Actor, product_id: InstrumentedAttribute[int], person_id: InstrumentedAttribute[int]) -> Select[Any]:
    mine = select(Product.id).join_from(Product, product_id.class_, product_id == Product.id)
    return mine.where(person_id == by.person_id, Product.hidden == false())


def _items(session: Session, query: Select[Any], by: Actor, page: int, size: int) -> Page[ProductItem]:
    found = page_of(session, query, page=page, size=size)
    ids = [row.id for row in found.items]
    items = catalogue.items_of(session, ids, warehouse_ids=by.warehouse_ids)
    return Page(items, found.page, found.pages, more=found.more)


def _write(session: Session, statement: Any, person_id: int, product_ids: list[int], now: datetime) -> None:
    """Insert one row per product; an earlier one of the same person and product is no error."""
    if product_ids:
        at = UtcDateTime().process_bind_param(now, session.get_bind().dialect)
        rows = [{"person_id": person_id, "product_id": product_id, "at": at} for product_id in product_ids]
        session.connection().execute(statement, rows)
