"""What reps have sold in a period, less what was credited in it: the figures that goals and rankings are made of.

What counts: loaded orders and recorded sales on the day that they were loaded, without those that were voided; less the
credit notes that were issued in the period, whenever the order was loaded. Sums: minor units, VAT and delivery
included, as the figures have them. Quantities: thousandths of the base unit. Days are those of the company's zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models.catalogue import Category, Product
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.orders import Order, OrderLine
from db.models.tickets import SaleUnits
from services import company
from services.order_states import Status
from services.periods import Period

Rows = Select[*tuple[Any, ...]]


class Metric(StrEnum):
    """What is counted."""

    SUM = "sum"
    UNITS = "units"
    ORDERS = "orders"
    NEW_CLIENTS = "new_clients"
    """Clients whose first order or recorded sale that stands was loaded in the period; they are its rep's."""


@dataclass(frozen=True, slots=True)
class Goods:
    """Which goods count: those of a category and all below it, or one product; neither: whatever was sold.

    Units without either are those of the categories that the company counts, and all units where it counts none.
    """

    category_id: int | None = None
    product_id: int | None = None


def by_rep(
    session: Session,
    period: Period,
    *,
    metric: Metric,
    rep_ids: Collection[int] | None = None,
    goods: Goods | None = None,
    currency: str = "",
) -> dict[int, int]:
    """What each rep has sold, by person id; who is not in it has sold nothing. ``rep_ids``: only theirs.

    A sum is that of ``currency`` alone. It may be below zero where more was credited than sold. Recorded sales know
    their sum only in all, and their units only by category: what is of a product, and sums of a category, has none.
    """
    wanted = goods or Goods()
    begin, end = period.moments(company.get(session).time_zone)
    sold = [Order.status != Status.VOIDED.value, Order.loaded_at >= begin, Order.loaded_at < end]
    credited = [CreditNote.issued_at >= begin, CreditNote.issued_at < end]
    if rep_ids is not None:
        sold.append(Order.rep_id.in_(rep_ids))
        credited.append(Order.rep_id.in_(rep_ids))
    match metric:
        case Metric.SUM:
            sold.append(Order.currency == currency)
            credited.append(CreditNote.currency == currency)
            plus, minus = _sums(session, wanted)
        case Metric.UNITS:
            plus, minus = _units(session, wanted)
        case Metric.ORDERS:
            plus, minus = [_orders()], [_taken_back(func.count(CreditNote.id)).where(CreditNote.whole)]
        case Metric.NEW_CLIENTS:
            plus, minus = [_new_clients()], []
    found: dict[int, int] = {}
    for queries, conditions, sign in ((plus, sold, 1), (minus, credited, -1)):
        for query in queries:
            for rep_id, value in session.execute(query.where(*conditions).group_by(Order.rep_id)):
                found[rep_id] = found.get(rep_id, 0) + sign * int(value or 0)
    return found


def categories_below(session: Session, roots: Iterable[int]) -> set[int]:
    """These categories and all that lie below them."""
    children: dict[int | None, list[int]] = {}
    for category_id, parent_id in session.execute(select(Category.id, Category.parent_id)):
        children.setdefault(parent_id, []).append(category_id)
    found: set[int] = set()
    left = list(roots)
    while left:
        category_id = left.pop()
        if category_id not in found:
            found.add(category_id)
            left += children.get(category_id, ())
    return found


def counted_categories(session: Session, goods: Goods) -> set[int] | None:
    """The categories whose units count; None: all of them do, or the goods are one product."""
    if goods.product_id is not None:
        return None
    if goods.category_id is not None:
        return categories_below(session, [goods.category_id])
    counted = session.scalars(select(Category.id).where(Category.counts_units)).all()
    return categories_below(session, counted) if counted else None


def is_new_client(session: Session, client_id: int | None, *, but: int = 0) -> bool:
    """Tell whether nothing that stands was ever loaded for this client, but for the order ``but``."""
    if client_id is None:
        return False
    stands = [Order.client_id == client_id, Order.id != but, *_stands(Order)]
    return session.scalar(select(Order.id).where(*stands).limit(1)) is None


def _sums(session: Session, goods: Goods) -> tuple[list[Rows], list[Rows]]:
    if goods == Goods():
        return [select(Order.rep_id, func.sum(Order.total_minor))], [_taken_back(func.sum(CreditNote.total_minor))]
    categories = counted_categories(session, goods)
    sold = _of_lines(func.sum(OrderLine.total_minor), goods, categories)
    return [sold], [_of_credited_lines(func.sum(CreditNoteLine.total_minor), goods, categories)]


def _units(session: Session, goods: Goods) -> tuple[list[Rows], list[Rows]]:
    categories = counted_categories(session, goods)
    sold = [_of_lines(func.sum(OrderLine.quantity_milli), goods, categories)]
    if goods.product_id is None:
        told = select(Order.rep_id, func.sum(SaleUnits.quantity_milli)).join(SaleUnits, SaleUnits.order_id == Order.id)
        sold.append(told if categories is None else told.where(SaleUnits.category_id.in_(categories)))
    return sold, [_of_credited_lines(func.sum(CreditNoteLine.quantity_milli), goods, categories)]


def _of_lines(value: Any, goods: Goods, categories: Collection[int] | None) -> Rows:
    query = select(Order.rep_id, value).join(OrderLine, OrderLine.order_id == Order.id)
    return _of_goods(query.where(OrderLine.kind == "goods"), OrderLine.product_id, goods, categories)


def _of_credited_lines(value: Any, goods: Goods, categories: Collection[int] | None) -> Rows:
    query = _taken_back(value).join(CreditNoteLine, CreditNoteLine.credit_note_id == CreditNote.id)
    return _of_goods(query.where(CreditNoteLine.kind == "goods"), CreditNoteLine.product_id, goods, categories)


def _of_goods(query: Rows, product_id: Any, goods: Goods, categories: Collection[int] | None) -> Rows:
    if goods.product_id is not None:
        return query.where(product_id == goods.product_id)
    if categories is not None:
        return query.join(Product, Product.id == product_id).where(Product.category_id.in_(categories))
    return query


def _taken_back(value: Any) -> Rows:
    return select(Order.rep_id, value).select_from(CreditNote).join(Order, Order.id == CreditNote.order_id)


def _orders() -> Rows:
    return select(Order.rep_id, func.count(Order.id))


def _new_clients() -> Rows:
    """The loaded orders that are the first of their client."""
    earlier: Any = aliased(Order)
    before = or_(earlier.loaded_at < Order.loaded_at, and_(earlier.loaded_at == Order.loaded_at, earlier.id < Order.id))
    is_second = exists().where(earlier.client_id == Order.client_id, before, *_stands(earlier)).correlate(Order)
    return select(Order.rep_id, func.count(Order.id)).where(~is_second, *_stands(Order))


def _stands(order: Any) -> list[ColumnElement[bool]]:
    """Loaded, not voided, and not credited whole."""
    credited = exists().where(CreditNote.order_id == order.id, CreditNote.whole).correlate(order)
    return [order.status != Status.VOIDED.value, order.loaded_at.is_not(None), ~credited]
