"""What of an order or of a recorded sale stands: its goods less what was credited, for whatever is paid by it.

Amounts: minor units of the order's currency, net, goods alone. Quantities: thousandths of the base unit. The caller
has checked who may know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models.catalogue import Category, Product
from db.models.credit_notes import CreditNote, CreditNoteLine
from db.models.orders import Order, OrderLine
from db.models.tickets import SaleUnits
from services import company
from services.order_states import SALE
from services.periods import Period

_FALLEN: Final = frozenset({"cancelled", "voided"})
"""Nothing of an order in these states stands."""
_COLUMNS: Final = (Order.id, Order.kind, Order.status, Order.rep_id, Order.claimed_by, Order.currency)


@dataclass(frozen=True, slots=True)
class Part:
    """The goods of one line, or the units of one category of a recorded sale, of which no amount is known."""

    line_id: int | None
    """None: of a recorded sale, or of several lines."""
    product_id: int | None
    categories: frozenset[int]
    """Its category and all above it."""
    counted: bool
    """One of them is a category whose units the company counts."""
    units_milli: int
    net_minor: int = 0


@dataclass(frozen=True, slots=True)
class SaleFacts:
    """What stands of one order or recorded sale."""

    order_id: int
    is_sale: bool
    """A recorded sale: its amount is known as a whole, its units by category."""
    stands: bool
    """False: it was cancelled or voided."""
    rep_id: int
    loader_id: int | None
    """Who loads it or has loaded it."""
    currency: str
    net_minor: int
    parts: tuple[Part, ...]

    @property
    def units_milli(self) -> int:
        """All units together."""
        return sum(part.units_milli for part in self.parts)


@dataclass(frozen=True, slots=True)
class Goods:
    """Which goods somebody asks for: of some categories, or one product; neither: all."""

    category_ids: frozenset[int] | None = None
    product_id: int | None = None
    counted: bool = False
    """They are what the company counts."""

    def are(self, column: InstrumentedAttribute[int | None]) -> list[ColumnElement[bool]]:
        """The condition that a column with a product's id is of these goods."""
        if self.product_id is not None:
            return [column == self.product_id]
        if self.category_ids is not None:
            return [column.in_(select(Product.id).where(Product.category_id.in_(self.category_ids)))]
        return []


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a category lies in the tree."""

    path: frozenset[int]
    counted: bool


_NOWHERE: Final = _Place(frozenset(), counted=False)


def of_order(session: Session, order: Order) -> SaleFacts:
    """What stands now of an order in any state; of a draft, what it would be as it is priced."""
    if order.kind == SALE:
        return _facts(order, _parts_of_sales(session, [order.id]).get(order.id, []))
    lines = [line for line in order.lines if line.kind == "goods"]
    return _facts(order, _parts_of_lines(session, lines))


def of_period(session: Session, period: Period, goods: Goods) -> Iterator[SaleFacts]:
    """What stands of ``goods`` in each order and recorded sale that was loaded in the period; where there is nothing of
    them in an order, it is left out.

    Of orders only these goods are told, added up as one part: the rows are added up by the database.
    """
    begin, end = period.moments(company.get(session).time_zone)
    loaded = (Order.loaded_at >= begin, Order.loaded_at < end)
    yield from _sums_of_orders(session, loaded, goods)
    query = select(*_COLUMNS, Order.net_minor).where(*loaded, Order.kind == SALE)
    sales = session.execute(query.order_by(Order.loaded_at, Order.id)).all()
    parts = _parts_of_sales(session, [sale.id for sale in sales])
    yield from (_facts(sale, parts.get(sale.id, [])) for sale in sales)


def goods_counted(session: Session) -> Goods:
    """The goods of the categories whose units the company counts, and of all below them."""
    return Goods(category_ids=_below(session, Category.counts_units), counted=True)


def goods_below(session: Session, category_id: int) -> Goods:
    """The goods of a category and of all below it."""
    return Goods(category_ids=_below(session, Category.id == category_id))


def _below(session: Session, top: ColumnElement[bool] | InstrumentedAttribute[bool]) -> frozenset[int]:
    """The categories that ``top`` is true of, and all below them."""
    found = select(Category.id).where(top).cte("below", recursive=True)
    found = found.union(select(Category.id).join(found, Category.parent_id == found.c.id))
    return frozenset(session.scalars(select(found.c.id)))


def _sums_of_orders(session: Session, loaded: Sequence[ColumnElement[bool]], goods: Goods) -> Iterator[SaleFacts]:
    lines = [OrderLine.kind == "goods", *goods.are(OrderLine.product_id)]
    units = func.sum(OrderLine.quantity_milli - OrderLine.credited_milli).label("units")
    query = select(*_COLUMNS, units, func.sum(OrderLine.net_minor).label("net")).join(OrderLine)
    rows = session.execute(query.where(*loaded, *lines).group_by(Order.id).order_by(Order.loaded_at, Order.id))
    taken = select(CreditNote.order_id, func.sum(CreditNoteLine.net_minor)).join(CreditNoteLine).join(Order)
    taken = taken.where(*loaded, CreditNoteLine.kind == "goods", *goods.are(CreditNoteLine.product_id))
    credited = {order_id: int(net) for order_id, net in session.execute(taken.group_by(CreditNote.order_id))}
    path = goods.category_ids or frozenset()
    for row in rows:
        net = int(row.net) - credited.get(row.id, 0)
        yield _facts(row, [Part(None, goods.product_id, path, goods.counted, int(row.units), net)])


def _facts(order: Any, parts: Sequence[Part]) -> SaleFacts:
    """``order``: the order, or a row with its columns."""
    is_sale, stands = order.kind == SALE, order.status not in _FALLEN
    net_minor = order.net_minor if is_sale else sum(part.net_minor for part in parts)
    return SaleFacts(
        order_id=order.id,
        is_sale=is_sale,
        stands=stands,
        rep_id=order.rep_id,
        loader_id=None if is_sale else order.claimed_by,
        currency=order.currency,
        net_minor=net_minor if stands else 0,
        parts=tuple(parts) if stands else (),
    )


def _parts_of_lines(session: Session, lines: Sequence[Any]) -> list[Part]:
    """A part for each line of goods. ``lines``: the lines, or rows with their columns."""
    products = {line.product_id for line in lines}
    query = select(Product.id, Product.category_id).where(Product.id.in_(products))
    belongs = {row.id: row.category_id for row in session.execute(query)}
    places = _places(session, set(belongs.values()))
    credited = _credited(session, [line.id for line in lines if line.credited_milli])
    parts = []
    for line in lines:
        place = places.get(belongs.get(line.product_id, 0), _NOWHERE)
        units = line.quantity_milli - line.credited_milli
        net = line.net_minor - credited.get(line.id, 0)
        parts.append(Part(line.id, line.product_id, place.path, place.counted, units, net))
    return parts


def _parts_of_sales(session: Session, order_ids: Collection[int]) -> dict[int, list[Part]]:
    """By recorded sale, a part for each of its categories; one that is gone belongs nowhere."""
    query = select(SaleUnits).where(SaleUnits.order_id.in_(order_ids)).order_by(SaleUnits.order_id, SaleUnits.position)
    rows = session.scalars(query).all() if order_ids else []
    places = _places(session, {row.category_id for row in rows if row.category_id is not None})
    parts: dict[int, list[Part]] = {}
    for row in rows:
        place = places.get(row.category_id or 0, _NOWHERE)
        part = Part(None, None, place.path, place.counted, row.quantity_milli)
        parts.setdefault(row.order_id, []).append(part)
    return parts


def _credited(session: Session, line_ids: Collection[int]) -> Mapping[int, int]:
    """By line of an order, the net amount that credit notes have taken back."""
    if not line_ids:
        return {}
    key = CreditNoteLine.order_line_id
    query = select(key, func.sum(CreditNoteLine.net_minor)).where(key.in_(line_ids)).group_by(key)
    return {line_id: int(net) for line_id, net in session.execute(query)}


def _places(session: Session, category_ids: Collection[int]) -> dict[int, _Place]:
    """By category, where it lies: read from it upwards, whatever the size of the tree."""
    if not category_ids:
        return {}
    columns = (Category.id, Category.parent_id, Category.counts_units)
    start = select(Category.id.label("leaf"), *columns).where(Category.id.in_(category_ids))
    below = start.cte("above", recursive=True)
    upper = aliased(Category)
    step = select(below.c.leaf, upper.id, upper.parent_id, upper.counts_units)
    above = below.union(step.join(upper, upper.id == below.c.parent_id))
    paths: dict[int, list[tuple[int, bool]]] = {}
    for row in session.execute(select(above.c.leaf, above.c.id, above.c.counts_units)):
        paths.setdefault(row.leaf, []).append((row.id, row.counts_units))
    return {
        leaf: _Place(frozenset(one for one, _ in path), any(counts for _, counts in path))
        for leaf, path in paths.items()
    }
