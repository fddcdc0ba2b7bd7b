"""What an order costs: a pure function of its lines, computed whole and never patched.

The convention, the same for every paper:

* prices include VAT: a line's total is round(price x quantity), its VAT is round(total x r / (1 + r));
* prices exclude VAT: a line's net is round(price x quantity), its VAT is round(net x r);
* a tax row is the sum of the lines at its rate, the order is the sum of its lines.

So each figure is rounded once, on its line, and the sum of the lines is always the sum of the taxes is the total.
Amounts: minor units of the order's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.models.orders import OrderLine
from services import money


@dataclass(frozen=True, slots=True)
class Charge:
    """Something to pay for: goods or the delivery."""

    price_minor: int
    """Per unit, after discount, with or without VAT as the order says."""
    vat_rate: Decimal
    """As a fraction: 0.20 is 20 %."""
    quantity_milli: int = 1000
    factor_milli: int = 1000


@dataclass(frozen=True, slots=True)
class Amounts:
    """One line's money; ``total_minor`` is net and VAT."""

    net_minor: int
    vat_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What is owed at one rate."""

    vat_rate: Decimal
    """Without trailing zeros: 0.2."""
    net_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """All amounts of an order. ``taxes`` are sorted by rate; ``goods_minor`` and ``delivery_minor`` include VAT."""

    lines: tuple[Amounts, ...]
    delivery: Amounts | None
    taxes: tuple[TaxRow, ...]
    goods_minor: int
    delivery_minor: int
    net_minor: int
    vat_minor: int
    total_minor: int


def price_line(charge: Charge, *, prices_include_vat: bool) -> Amounts:
    """Price one line by the convention above."""
    amount = money.amount_of(charge.price_minor, charge.quantity_milli, charge.factor_milli)
    if prices_include_vat:
        vat = money.vat_in(amount, charge.vat_rate)
        return Amounts(amount - vat, vat, amount)
    vat = money.vat_on(amount, charge.vat_rate)
    return Amounts(amount, vat, amount + vat)


def charge_of(line: OrderLine) -> Charge:
    """What a line of an order, goods or delivery, asks to be paid for."""
    return Charge(line.price_minor, line.vat_rate, line.quantity_milli, line.factor_milli or 1000)


def price_order(lines: Sequence[Charge], delivery: Charge | None, *, prices_include_vat: bool) -> OrderTotals:
    """Price the goods and the delivery, which is a line with its own rate."""
    goods = tuple(price_line(line, prices_include_vat=prices_include_vat) for line in lines)
    brought = price_line(delivery, prices_include_vat=prices_include_vat) if delivery else None
    charges = [*lines, delivery] if delivery else list(lines)
    amounts = [*goods, brought] if brought else list(goods)
    return OrderTotals(
        lines=goods,
        delivery=brought,
        taxes=tax_rows((charge.vat_rate, amount) for charge, amount in zip(charges, amounts, strict=True)),
        goods_minor=sum(amount.total_minor for amount in goods),
        delivery_minor=brought.total_minor if brought else 0,
        net_minor=sum(amount.net_minor for amount in amounts),
        vat_minor=sum(amount.vat_minor for amount in amounts),
        total_minor=sum(amount.total_minor for amount in amounts),
    )


def tax_rows(amounts: Iterable[tuple[Decimal, Amounts]]) -> tuple[TaxRow, ...]:
    """Add up lines per rate, the lowest rate first."""
    rows: dict[Decimal, tuple[int, int]] = {}
    for rate, amount in amounts:
        net, vat = rows.get(rate, (0, 0))
        rows[rate] = (net + amount.net_minor, vat + amount.vat_minor)
    return tuple(TaxRow(money.plain_rate(rate), *rows[rate]) for rate in sorted(rows))
