from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.pricing import Amounts, Charge, OrderTotals, TaxRow, price_line, price_order

TWENTY, TEN = Decimal("0.20"), Decimal("0.10")

rates = st.sampled_from([Decimal(rate) for rate in ("0", "0.05", "0.07", "0.10", "0.20", "0.21", "0.055")])
charges = st.builds(
    Charge,
    price_minor=st.integers(0, 10**9),
    vat_rate=rates,
    quantity_milli=st.integers(1, 10**9),
    factor_milli=st.sampled_from([1000, 12000, 750, 333, 1]),
)


def test_prices_with_vat() -> None:
    totals = price_order(
        [Charge(8900, TEN, 3000), Charge(9999, TWENTY, 2000)], Charge(1690, TWENTY), prices_include_vat=True
    )

    assert totals == OrderTotals(
        lines=(Amounts(24273, 2427, 26700), Amounts(16665, 3333, 19998)),
        delivery=Amounts(1408, 282, 1690),
        taxes=(TaxRow(Decimal("0.1"), 24273, 2427), TaxRow(Decimal("0.2"), 18073, 3615)),
        goods_minor=46698,
        delivery_minor=1690,
        net_minor=42346,
        vat_minor=6042,
        total_minor=48388,
    )


def test_prices_without_vat() -> None:
    totals = price_order(
        [Charge(8900, TEN, 3000), Charge(9999, TWENTY, 2000)], Charge(1690, TWENTY), prices_include_vat=False
    )

    assert totals.lines == (Amounts(26700, 2670, 29370), Amounts(19998, 4000, 23998))
    assert totals.delivery == Amounts(1690, 338, 2028)
    assert totals.taxes == (TaxRow(Decimal("0.1"), 26700, 2670), TaxRow(Decimal("0.2"), 21688, 4338))
    assert (totals.net_minor, totals.vat_minor, totals.total_minor) == (48388, 7008, 55396)


def test_a_pack_is_priced_per_pack() -> None:
    assert price_line(Charge(99900, TWENTY, 24000, 12000), prices_include_vat=True) == Amounts(166500, 33300, 199800)


def test_one_rate_written_in_two_ways_is_one_tax_row() -> None:
    totals = price_order([Charge(100, Decimal("0.2")), Charge(100, TWENTY)], None, prices_include_vat=False)
    assert totals.taxes == (TaxRow(Decimal("0.2"), 200, 40),)


def test_nothing_costs_nothing() -> None:
    assert price_order([], None, prices_include_vat=True) == OrderTotals((), None, (), 0, 0, 0, 0, 0)


@given(st.lists(charges, max_size=30), st.none() | charges, st.booleans())
def test_lines_taxes_and_total_agree(lines: list[Charge], delivery: Charge | None, include: bool) -> None:  # noqa: FBT001
    totals = price_order(lines, delivery, prices_include_vat=include)

    amounts = [*totals.lines, totals.delivery] if totals.delivery else [*totals.lines]
    assert all(amount.net_minor + amount.vat_minor == amount.total_minor for amount in amounts)
    assert sum(amount.total_minor for amount in amounts) == totals.total_minor
    assert sum(row.net_minor + row.vat_minor for row in totals.taxes) == totals.total_minor
    assert sum(row.vat_minor for row in totals.taxes) == totals.vat_minor
    assert totals.net_minor + totals.vat_minor == totals.total_minor
    assert totals.goods_minor + totals.delivery_minor == totals.total_minor


@given(st.lists(charges, max_size=10), st.booleans(), st.randoms())
def test_the_order_of_lines_does_not_matter(lines: list[Charge], include: bool, chance: object) -> None:  # noqa: FBT001
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (price_order(some, None, prices_include_vat=include) for some in (lines, shuffled))
    assert (one.taxes, one.total_minor) == (other.taxes, other.total_minor)
