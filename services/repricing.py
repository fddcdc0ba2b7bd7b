"""The amounts of an order, computed whole from the catalogue, the stock and the company's tariff, and stored on it.

Kept apart from the cart, which says who may change what: here is only what follows from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.company import Company
from db.models.orders import Order, OrderLine, OrderTax
from services import catalogue, delivery_pricing, money, originals, pricing
from services.originals import Original

KEPT = (
    "article", "name", "unit_code", "factor_milli", "decimals", "list_price_minor", "discount", "price_minor",
    "vat_rate",
)  # fmt: skip
"""What a line keeps of the order that its draft changes."""


def compute(session: Session, order: Order, profile: Company, *, now: datetime) -> bool:
    """Write prices, warehouse, delivery, totals and taxes anew; True if any amount changed.

    Amounts in the company's currency. Reads the catalogue and the stock without locking them; may lock the lane of a
    question to the router.
    """
    before = _amounts(order)
    original = originals.find(session, order)
    terms = original.order if original else profile
    order.currency, order.prices_include_vat = terms.currency, terms.prices_include_vat
    goods = [line for line in order.lines if line.kind == "goods"]
    _read_catalogue(session, goods)
    if original is not None:
        _keep_prices(original, goods)
    route = delivery_pricing.find_route(session, order, goods, original)
    delivery_pricing.bring(session, order, profile, route, now=now)
    _store_totals(order, goods, delivery_pricing.charge(order, profile, goods, original))
    return _amounts(order) != before


def add_up(order: Order) -> None:
    """Write the totals and taxes anew from the lines as they stand: no price is read, no delivery computed."""
    goods = [line for line in order.lines if line.kind == "goods"]
    order.weight_g = sum(line.weight_g for line in goods)
    _store_totals(order, goods, next((line for line in order.lines if line.kind == "delivery"), None))


def _amounts(order: Order) -> tuple[object, ...]:
    lines = tuple((line.kind, line.unit_id, line.price_minor, line.total_minor) for line in order.lines)
    return (order.currency, order.prices_include_vat, order.net_minor, order.vat_minor, order.total_minor, lines)


def _read_catalogue(session: Session, goods: list[OrderLine]) -> None:
    """Copy what the catalogue says now onto the lines; what is not sold any more keeps what it has."""
    rows = session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.factor_milli,
            Unit.decimals,
            Unit.price_minor.label("own_price_minor"),
            Product.article,
            Product.name,
            Product.price_minor,
            Product.vat_rate,
            Product.weight_g,
            Product.hidden,
        )
        .join(Product, Product.id == Unit.product_id)
        .where(Unit.id.in_([line.unit_id for line in goods]))
    )
    now = {row.id: row for row in rows}
    for line in goods:
        row = now[line.unit_id]
        if not row.hidden:
            _copy(row, line)


def _copy(row: Any, line: OrderLine) -> None:
    line.article, line.name, line.vat_rate = row.article, row.name, row.vat_rate
    line.unit_code, line.factor_milli, line.decimals = row.code, row.factor_milli, row.decimals
    line.list_price_minor = catalogue.unit_price(
        row.price_minor, factor_milli=row.factor_milli, own_price_minor=row.own_price_minor
    )
    line.price_minor = money.price_after(line.list_price_minor, line.discount)
    line.weight_g = money.amount_of(row.weight_g, line.quantity_milli, 1000)


def _keep_prices(original: Original, goods: list[OrderLine]) -> None:
    """What was ordered before costs what it did then, and weighs what it did."""
    for line in goods:
        kept = original.lines.get(line.unit_id)
        if kept is None:
            continue
        for column in KEPT:
            setattr(line, column, getattr(kept, column))
        line.weight_g = money.amount_of(kept.weight_g, line.quantity_milli, kept.quantity_milli)


def _store_totals(order: Order, goods: list[OrderLine], delivery: OrderLine | None) -> None:
    totals = pricing.price_order(
        [pricing.charge_of(line) for line in goods],
        pricing.charge_of(delivery) if delivery else None,
        prices_include_vat=order.prices_include_vat,
    )
    amounts = [*totals.lines, totals.delivery] if totals.delivery else [*totals.lines]
    lines = [*goods, delivery] if delivery else goods
    for position, (line, amount) in enumerate(zip(lines, amounts, strict=True), start=1):
        line.position = position
        line.net_minor, line.vat_minor, line.total_minor = amount.net_minor, amount.vat_minor, amount.total_minor
    order.goods_minor, order.delivery_minor = totals.goods_minor, totals.delivery_minor
    order.net_minor, order.vat_minor, order.total_minor = totals.net_minor, totals.vat_minor, totals.total_minor
    known = {tax.vat_rate: tax for tax in order.taxes}
    order.taxes = [
        _tax(known.get(row.vat_rate) or OrderTax(vat_rate=row.vat_rate), row.net_minor, row.vat_minor)
        for row in totals.taxes
    ]


def _tax(tax: OrderTax, net_minor: int, vat_minor: int) -> OrderTax:
    tax.net_minor, tax.vat_minor = net_minor, vat_minor
    return tax
