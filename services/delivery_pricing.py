"""From where a draft is brought, how far that is and what it costs: what of its pricing depends on its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from db.models.company import Company, Warehouse
from db.models.orders import Order, OrderLine
from services import logistics, originals, pricing, roads
from services.logistics import Place, Price, Route
from services.originals import Original


@dataclass(frozen=True, slots=True)
class Outlook:
    """What bringing a draft to some place would mean. ``total_minor``: with VAT; None while there are no goods."""

    warehouse: str
    distance_m: int
    source: str
    total_minor: int | None
    currency: str


def find_route(
    session: Session, order: Order, goods: list[OrderLine], original: Original | None
) -> tuple[Warehouse, Route] | None:
    """From which warehouse the goods come; None for a draft without goods or place, or where there is no warehouse.

    ``original``: the order that the draft changes; its warehouse was fixed when it was submitted, and what it holds
    is there for it.
    """
    if not goods or order.latitude is None or order.longitude is None:
        return None
    return _route_to((order.latitude, order.longitude), session, order, goods, original)


def preview(session: Session, order: Order, profile: Company, place: Place, *, now: datetime) -> Outlook | None:
    """How far it would be to another place and what that would cost, reckoned as ``bring`` and ``charge`` do, but
    written nowhere and asked of nobody; None where there is no warehouse.
    """
    goods = [line for line in order.lines if line.kind == "goods"]
    original = originals.find(session, order)
    found = _route_to(place, session, order, goods, original)
    if found is None:
        return None
    warehouse, route = found
    by_road = roads.find(session, (warehouse.latitude, warehouse.longitude), place, now=now)
    metres = logistics.detour_m(route.distance_m, profile.detour_factor) if by_road is None else by_road
    source = logistics.DETOUR if by_road is None else logistics.ROUTER
    total = None
    if goods:
        is_free = original is not None and not original.is_brought_at_cost
        cost = 0 if is_free else _price(order, warehouse, profile, goods, metres).cost_minor
        brought = pricing.Charge(cost, profile.delivery_vat_rate)
        total = pricing.price_line(brought, prices_include_vat=order.prices_include_vat).total_minor
    return Outlook(warehouse.name, metres, source, total, order.currency)


def _price(order: Order, warehouse: Warehouse, profile: Company, goods: list[OrderLine], metres: int) -> Price:
    return logistics.price(
        logistics.tariff_of(warehouse, profile),
        distance_m=metres,
        goods_minor=_goods_minor(order, goods),
        weight_g=sum(line.weight_g for line in goods),
    )


def _route_to(
    place: Place, session: Session, order: Order, goods: list[OrderLine], original: Original | None
) -> tuple[Warehouse, Route] | None:
    needs: Counter[int] = Counter()
    for line in goods:
        needs[line.product_id or 0] += line.quantity_milli
    allowed = frozenset(order.rep.warehouse_ids)
    if original is not None:
        needs.subtract({product_id: held for product_id, held in original.held.items() if product_id in needs})
        allowed = frozenset({original.order.warehouse_id or 0})
    route = logistics.nearest_with_goods(
        session,
        needs,
        *place,
        warehouse_ids=allowed,
        even_closed=original is not None,
    )
    return (session.get_one(Warehouse, route.warehouse_id), route) if route else None


def bring(
    session: Session, order: Order, profile: Company, found: tuple[Warehouse, Route] | None, *, now: datetime
) -> None:
    """Write the warehouse and the distance onto the order: by road where that is known, else about as far.

    Where a router may know the road, it is asked (``roads.ask``), which locks the lane of that question.
    """
    warehouse, route = found or (None, None)
    order.warehouse, order.warehouse_id = warehouse, warehouse.id if warehouse else None
    order.has_all_goods = bool(route and route.has_all)
    if warehouse is None or route is None:
        order.distance_m, order.distance_source, order.rate_per_km_minor, order.tariff = None, "", None, {}
        return
    start, end = (warehouse.latitude, warehouse.longitude), (order.latitude or 0.0, order.longitude or 0.0)
    by_road = roads.find(session, start, end, now=now)
    if by_road is None:
        order.distance_m = logistics.detour_m(route.distance_m, profile.detour_factor)
        order.distance_source = logistics.DETOUR
        roads.ask(session, order, start, end, now=now)
    else:
        order.distance_m, order.distance_source = by_road, logistics.ROUTER


def charge(order: Order, profile: Company, goods: list[OrderLine], original: Original | None) -> OrderLine | None:
    """Price the delivery by the tariff of the order's warehouse: its line, made, changed or taken away.

    The goods' sum that may make it free is in the convention of the order's prices: with VAT where they include it.
    """
    line = next((line for line in order.lines if line.kind == "delivery"), None)
    order.weight_g = sum(line.weight_g for line in goods)
    if order.warehouse is None or order.distance_m is None or (original and not original.is_brought_at_cost):
        order.tariff = {}
        if line is not None:
            order.lines.remove(line)
        return None
    price = _price(order, order.warehouse, profile, goods, order.distance_m)
    order.tariff, order.rate_per_km_minor = logistics.as_document(price), price.per_km_minor
    if line is None:
        line = OrderLine(kind="delivery", quantity_milli=1000, discount=Decimal(0), position=0)
        order.lines.append(line)
    line.list_price_minor = line.price_minor = price.cost_minor
    line.vat_rate = profile.delivery_vat_rate
    return line


def _goods_minor(order: Order, goods: list[OrderLine]) -> int:
    charges = [pricing.charge_of(line) for line in goods]
    with_vat = order.prices_include_vat
    amounts = [pricing.price_line(one, prices_include_vat=with_vat) for one in charges]
    return sum(amount.total_minor if with_vat else amount.net_minor for amount in amounts)
