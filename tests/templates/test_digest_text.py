"""What a digest says of sales that credit notes outweigh: no part of a figure below zero, no count below one."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.html_markup import parse_html
from templates.environment import Texts
from tests.templates.digests_walk import QUIET

TEXTS = Texts.load()


def sold(language: str = "en", **facts: Any) -> str:
    """The line of the own sales in a digest of the week."""
    one = {"currency": "RUB", "orders": 2, "total_minor": 50_000, "before_minor": None} | facts
    told = {**QUIET, "kind": "weekly", "own": {**QUIET["own"], "sold": [one]}, "company": None, "loadings": None}
    shown, _ = parse_html(TEXTS.block("messages/notices.html", "digest", language, told))
    return next(line for line in shown.splitlines() if line.startswith("🚚"))


@pytest.mark.parametrize(
    ("total", "before", "said"),
    [
        (50_000, 40_000, "🚚 2 sales: ₽500.00 ▲ 25%"),
        (50_000, 100_000, "🚚 2 sales: ₽500.00 ▼ 50%"),
        (50_000, 50_000, "🚚 2 sales: ₽500.00 = 0%"),
        (50_000, -10_000, "🚚 2 sales: ₽500.00"),
        (50_000, 0, "🚚 2 sales: ₽500.00"),
        (50_000, None, "🚚 2 sales: ₽500.00"),
    ],
)
def test_a_change_is_told_of_what_was_above_zero(total: int, before: int | None, said: str) -> None:
    assert sold(total_minor=total, before_minor=before) == said


@pytest.mark.parametrize(("orders", "total"), [(-1, -10_000), (0, -10_000), (0, 0), (0, 10_000)])
def test_where_more_was_credited_than_sold_no_sales_are_counted(orders: int, total: int) -> None:
    amount = {-10_000: "−₽100.00", 0: "₽0.00", 10_000: "₽100.00"}[total]

    assert sold(orders=orders, total_minor=total) == f"🚚 sales less credit notes: {amount}"


@pytest.mark.parametrize(
    ("language", "said"), [("ru", "продажи за вычетом кредит-нот: "), ("es", "ventas menos notas de crédito: ")]
)
def test_it_is_said_in_every_language(language: str, said: str) -> None:
    assert said in sold(language, orders=-1, total_minor=-10_000)
