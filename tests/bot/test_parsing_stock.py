"""How many, in which unit, and what is noted: as people at a shelf type it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.parsing_stock import StockEntry, parse_entry

UNITS = ("pcs", "box")


@pytest.mark.parametrize(
    ("text", "amount", "unit", "note"),
    [
        ("120", "120", "", ""),
        (" 5 box ", "5", "box", ""),
        ("5 кор., ТТН 4711", "5", "box", "ТТН 4711"),
        ("1,5; TTN 4711", "1.5", "", "TTN 4711"),
        ("1.5", "1.5", "", ""),
        ("1 200", "1200", "", ""),
        ("1 200 шт накладная 7", "1200", "pcs", "накладная 7"),
        ("3 broken on the ramp", "3", "", "broken on the ramp"),
        ("3, 4711", "3", "", "4711"),
        ("3\n4711", "3", "", "4711"),
        ("0", "0", "", ""),
        ("7 - 2 were wet", "7", "", "2 were wet"),
    ],
)
def test_a_quantity_and_a_note(text: str, amount: str, unit: str, note: str) -> None:
    assert parse_entry(text, UNITS) == StockEntry(Decimal(amount), unit, note)


@pytest.mark.parametrize("text", ["", "box", "-5", "+5", "5️⃣", "٣", "5 4711", "5x", "5 kg", "2 pallet", "½", "TTN 5"])
def test_what_is_not_clear_is_not_guessed(text: str) -> None:
    assert parse_entry(text, UNITS) is None
