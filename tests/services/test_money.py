from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import money
from services.search import KEY_LENGTH, search_key
from services.units import NotDivisible, QuantityUnfit, check, in_units, quantity_of

RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.05", "0.07", "0.10", "0.20", "0.21", "0.22", "0.055")])


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.5", 1), ("1.5", 2), ("2.5", 3), ("2.49", 2), ("-0.5", -1), ("-2.5", -3), ("-2.49", -2), ("7", 7)],
)
def test_a_half_goes_away_from_zero(exact: str, rounded: int) -> None:
    assert money.round_half_up(Decimal(exact)) == rounded


def test_rounding_knows_no_limit_of_digits() -> None:
    assert money.round_half_up(Decimal("12345678901234567890123456789012345.5")) == 12345678901234567890123456789012346


@pytest.mark.parametrize(
    ("price", "quantity", "factor", "amount"),
    [
        (8900, 3000, 1000, 26700),  # 3 bottles
        (99900, 24000, 12000, 199800),  # 2 boxes of 12
        (45990, 1255, 1000, 57717),  # 1.255 kg at 459.90: 577.17 (577.1745)
        (101, 500, 1000, 51),  # half of 1.01 is 0.505
        (10, 1, 3, 3),
    ],
)
def test_amount_is_exact_and_rounded_once(price: int, quantity: int, factor: int, amount: int) -> None:
    assert money.amount_of(price, quantity, factor) == amount


def test_vat_from_gross_and_from_net() -> None:
    assert money.vat_in(12000, Decimal("0.20")) == 2000
    assert money.vat_in(10000, Decimal("0.20")) == 1667  # 1666.67
    assert money.vat_in(10000, Decimal(0)) == 0
    assert money.vat_on(10000, Decimal("0.20")) == 2000
    assert money.vat_on(333, Decimal("0.10")) == 33  # 33.3
    assert money.vat_on(345, Decimal("0.10")) == 35  # 34.5


def test_discount() -> None:
    assert money.price_after(9990, Decimal("0.05")) == 9491  # 9490.5
    assert money.price_after(9990, Decimal(0)) == 9990


@given(st.integers(-(10**15), 10**15), RATES)
def test_vat_in_gross_is_within_half_a_minor_unit(gross: int, rate: Decimal) -> None:
    exact = Fraction(gross) * Fraction(rate) / (1 + Fraction(rate))
    assert abs(money.vat_in(gross, rate) - exact) <= Fraction(1, 2)


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_symmetric_and_near(above: int, below: int) -> None:
    value = Fraction(above, below)
    rounded = money.round_half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    assert money.round_half_up(-value) == -rounded


@pytest.mark.parametrize(("currency", "digits"), [("RUB", 2), ("eur", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_minor_digits(currency: str, digits: int) -> None:
    assert money.minor_digits(currency) == digits


def test_a_plain_rate_has_no_trailing_zeros() -> None:
    assert [str(money.plain_rate(Decimal(rate))) for rate in ("0.20", "0", "0.00", "1E+1")] == ["0.2", "0", "0", "10"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("  Ёлка\u00a0 ЁЖ ", "елка еж"),
        ("Йогурт", "йогурт"),
        ("Año Nuevo, Café", "ano nuevo, cafe"),
        ("STRASSE Straße", "strasse strasse"),
        ("MILK 3.2%", "milk 3.2%"),
        ("и\u0306од", "йод"),
        ("a\x00b\u00adc", "a bc"),
        ("", ""),
    ],
)
def test_search_key(typed: str, key: str) -> None:
    assert search_key(typed) == key


@given(st.text())
def test_a_search_key_fits_and_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert len(key) <= KEY_LENGTH
    assert "\x00" not in key
    assert "  " not in key


BOX = {"code": "box", "factor_milli": 12000, "decimals": 0}
KG = {"code": "kg", "factor_milli": 1000, "decimals": 3}


@pytest.mark.parametrize(
    ("amount", "unit", "quantity"),
    [("2", BOX, 24000), ("0", BOX, 0), ("2.0", BOX, 24000), ("1.255", KG, 1255), ("1E+1", KG, 10000)],
)
def test_quantity_of_units(amount: str, unit: dict[str, object], quantity: int) -> None:
    assert quantity_of(Decimal(amount), **unit) == quantity  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "unit", "refusal", "facts"),
    [
        ("1.5", BOX, NotDivisible, {"unit": "box", "decimals": 0}),
        ("1.2555", KG, NotDivisible, {"unit": "kg", "decimals": 3}),
        ("-1", BOX, QuantityUnfit, {"unit": "box", "largest": 83333}),
        ("83334", BOX, QuantityUnfit, {"unit": "box", "largest": 83333}),
        ("1E+99999", KG, QuantityUnfit, {"unit": "kg", "largest": 1000000}),
        ("NaN", KG, QuantityUnfit, {"unit": "kg", "largest": 1000000}),
    ],
)
def test_unfit_quantities(
    amount: str, unit: dict[str, object], refusal: type[NotDivisible], facts: dict[str, object]
) -> None:
    with pytest.raises(refusal) as refused:
        quantity_of(Decimal(amount), **unit)  # type: ignore[arg-type]
    assert refused.value.facts == facts


@given(st.integers(0, 10**9), st.integers(1, 10**5), st.integers(0, 3))
def test_a_checked_quantity_is_a_number_of_units_with_these_decimals(quantity: int, factor: int, decimals: int) -> None:
    whole = Fraction(quantity * 10**decimals, factor).denominator == 1
    if whole:
        check(quantity, code="u", factor_milli=factor, decimals=decimals)
        assert in_units(quantity, factor) * factor == quantity
    else:
        with pytest.raises(NotDivisible):
            check(quantity, code="u", factor_milli=factor, decimals=decimals)
