"""What people type to find an order."""

from __future__ import annotations

import pytest

from bot.parsing_orders import parse_order_number

CASES: dict[str, int | None] = {
    "12": 12,
    " 12 ": 12,
    "№ 12": 12,
    "№12": 12,
    "#12": 12,
    "No. 12": 12,
    "nº 7": 7,
    "N° 7": 7,
    "Заказ № 105": 105,
    "order 3": 3,
    "pedido nº 3": 3,
    "000012": 12,
    "999999999": 999_999_999,
    "9999999999": None,
    "": None,
    "№": None,
    "12a": None,
    "-12": None,
    "1,5": None,
    "12 13": None,
    "١٢": None,
    "1️⃣": None,
    "Corner Shop": None,
    "Corner 12": None,
}


@pytest.mark.parametrize(("typed", "number"), CASES.items())
def test_an_order_number_is_understood_or_not_at_all(typed: str, number: int | None) -> None:
    assert parse_order_number(typed) == number
