"""What people type as a quantity, in a table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing import Quantity, match_unit, parse_quantity
from templates.environment import LANGUAGES
from tests.bot.talk import texts


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("0", "0"),
        ("007", "7"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("0,125", "0.125"),
        ("1 200", "1200"),
        ("1\u00a0200", "1200"),
        ("1\u202f200,50", "1200.5"),
        ("12 345 678", "12345678"),
        ("3 шт", "3"),
        ("3шт.", "3"),
        ("2 kg", "2"),
        ("2,5 кг", "2.5"),
        ("10 cajas", "10"),
        ("1 200 шт.", "1200"),
        ("999999999", "999999999"),
    ],
)
def test_understood(typed: str, quantity: str) -> None:
    understood = parse_quantity(typed)

    assert understood is not None
    assert understood.amount == Decimal(quantity)


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "шт", "kg 2", "-1", "+1", "−1", "1-2", "1/2", "½", "²", "٣", "１２", "12٣", "1,2,3", "1.2.3", "1,",
        ",5",
        "1,2345", "1 20", "12 3456", "1e3", "0x10", "inf", "NaN", "1234567890", "2 kg 3", "2 3kg!", "два", "2️⃣",
        "12\n13",
        "1;5", "1'000", "12%", "$12", "12 ₽", "x12", "12 abcdefghijklm", "9" * 400,
    ],
)  # fmt: skip
def test_not_understood(typed: str) -> None:
    assert parse_quantity(typed) is None


@given(st.integers(0, 999_999_999), st.integers(0, 999), st.sampled_from(",."))
def test_a_figure_with_three_decimals_is_exact(whole: int, part: int, point: str) -> None:
    assert parse_quantity(f"{whole}{point}{part:03}") == Quantity(Decimal(whole) + Decimal(part) / 1000)


@given(st.text(max_size=30))
def test_never_raises_and_never_gives_less_than_nothing(typed: str) -> None:
    quantity = parse_quantity(typed)

    assert quantity is None or (quantity.amount.is_finite() and quantity.amount >= 0)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2 box", "box"), ("2 boxes", "box"), ("2 коробки", "box"), ("2 кор.", "box"), ("2 Ящика", "box"),
        ("2 cajas", "box"), ("2 caj.", "box"),
        ("3 шт", "pcs"), ("3шт.", "pcs"), ("3 PCS", "pcs"), ("3 uds", "pcs"), ("3 ud.", "pcs"),
        ("1,5 кг", "kg"), ("1.5kg", "kg"), ("2 kilos", "kg"), ("1 палл.", "pallet"), ("1 паллета", "pallet"),
        ("1 palé", "pallet"), ("2 roll", "roll"), ("2 уп", None), ("2 foo", None), ("2 литра", None),
    ],
)  # fmt: skip
def test_a_word_means_one_of_the_products_units_or_nothing(typed: str, code: str | None) -> None:
    quantity = parse_quantity(typed)

    assert quantity is not None
    assert match_unit(quantity.word, ["pcs", "kg", "box", "pallet", "Roll"]) == ("Roll" if code == "roll" else code)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["pcs", "kg", "g", "l", "m", "pack", "box", "pallet"])
def test_every_unit_is_understood_as_the_screens_call_it(code: str, language: str) -> None:
    shown = texts().plain("messages/units.html", code, language, {})
    quantity = parse_quantity(f"7 {shown}")

    assert quantity is not None
    assert match_unit(quantity.word, ["x", code]) == code
