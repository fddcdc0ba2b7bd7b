"""Codes on tickets: fiscal ones, and those to pay by."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition import fiscal
from delivery.recognition.fiscal import FiscalCode, PaymentCode
from tests.delivery.recognition.drawn import FISCAL


def test_a_sale() -> None:
    assert fiscal.fiscal_code(FISCAL) == FiscalCode(
        149450, date(2024, 1, 31), time(15, 30), "9289000100405801:12345:3522207165", is_sale=True
    )


def test_seconds_and_another_order_are_understood() -> None:
    found = fiscal.fiscal_code("n=1&fp=7&i=6&fn=5&s=10&t=20240131T153007")

    assert found == FiscalCode(1000, date(2024, 1, 31), time(15, 30, 7), "5:6:7", is_sale=True)


@pytest.mark.parametrize("kind", ["2", "3", "4", "9"])
def test_what_is_no_sale_says_so(kind: str) -> None:
    found = fiscal.fiscal_code(FISCAL.replace("n=1", f"n={kind}"))

    assert found is not None
    assert not found.is_sale


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.com/?t=1&s=2",
        FISCAL.replace("s=1494.50", "s=-5"),
        FISCAL.replace("s=1494.50", "s=1e9"),
        FISCAL.replace("20240131", "20241331"),
        FISCAL.replace("fn=9289000100405801", "fn=x"),
        FISCAL + "&x=" + "9" * 3000,
    ],
)
def test_what_is_no_fiscal_code(text: str) -> None:
    assert fiscal.fiscal_code(text) is None


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("ST00012|Name=ООО|PersonalAcc=40702810138250123017|Sum=149450", 149450, "RUB"),
        ("ST00012|Name=ООО|PersonalAcc=40702810138250123017", None, "RUB"),
        ("BCD\n002\n1\nSCT\n\nSol S.L.\nES9121000418450200051332\nEUR1300.00", 130000, "EUR"),
        ("BCD\n002\n1\nSCT\n\nSol S.L.\nES9121000418450200051332", None, "EUR"),
        ("BCD\n002\n1\nSCT\n\nSol S.L.\nES9121000418450200051332\nEURNaN", None, "EUR"),
    ],
)
def test_codes_to_pay_by(text: str, minor: int | None, currency: str) -> None:
    assert fiscal.payment_code(text) == PaymentCode(text, minor, currency)


@given(st.text(max_size=200))
def test_any_other_text_is_no_code(text: str) -> None:
    assert fiscal.fiscal_code(text) is None
    assert fiscal.payment_code(text) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_broken_codes_never_raise(total: str, moment: str) -> None:
    signed = fiscal.fiscal_code(f"t={moment}&s={total}&fn=1&i=2&fp=3&n=1")
    paid = fiscal.payment_code(f"BCD\n002\n1\nSCT\n\n\n\nEUR{total}")

    assert signed is None or signed.sum_minor >= 0
    assert paid is None or paid.currency == "EUR"
