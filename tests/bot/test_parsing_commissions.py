"""Steps of a commission as admins type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing_commissions import MOST_TIERS, parse_tiers


@pytest.mark.parametrize(
    ("text", "tiers"),
    [
        ("0 1%", [(0, "0.01")]),
        ("0 1%\n50000 2%", [(0, "0.01"), (5_000_000, "0.02")]),
        ("0 1%; 50 000 ₽: 2,5 %", [(0, "0.01"), (5_000_000, "0.025")]),
        ("От 50 000 руб – 2%", [(5_000_000, "0.02")]),
        ("desde 1.234,50 0.5%", [(123_450, "0.005")]),
        ("100 0%", [(10_000, "0")]),
        ("  0 \t  1 %  ", [(0, "0.01")]),
        ("50\u00a0000\u202f₽" + " " * 800 + "2%", [(5_000_000, "0.02")]),
    ],
)
def test_steps_are_understood_however_they_are_written(text: str, tiers: list[tuple[int, str]]) -> None:
    assert parse_tiers(text, "RUB") == [(begins, Decimal(rate)) for begins, rate in tiers]


@pytest.mark.parametrize(
    "text",
    ["", "0", "0 1", "1%", "50 000%", "0 101%", "-5 2%", "100 -2%", "1️⃣ 1%", "0 1٪", "100 $ 2%", "1e3 2%", "<b>0</b> 1%",
     "0 1%\nsome 2%", "1000000000000 1%", "\n".join(f"{number} 1%" for number in range(MOST_TIERS + 1))],
)  # fmt: skip
def test_what_is_unclear_is_refused_whole(text: str) -> None:
    assert parse_tiers(text, "RUB") is None


@pytest.mark.parametrize(
    "text",
    ["a" + " " * 4094 + "b", "1 " * 2048, "0" * 4096, "от " * 1300 + "1%", "0 1%\n" + "5" * 60 + " 1%", "0 1%\n" * 700],
)
def test_a_line_without_end_is_refused(text: str) -> None:
    assert parse_tiers(text, "RUB") is None


@given(st.text(max_size=200))
def test_any_text_is_understood_or_not(text: str) -> None:
    tiers = parse_tiers(text, "RUB")

    assert tiers is None or all(begins >= 0 and 0 <= rate <= 1 for begins, rate in tiers)
