"""Figures that people type: what is understood, and what is refused rather than guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import delivery_days, figures
from templates.text_filters import amount

TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("89", 8900),
        ("1234.5", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50 ₽", 123450),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1.234.567,80", 123456780),
        ("1.500.000", 150_000_000),
        ("89 руб.", 8900),
        ("₽ 5", 500),
        ("5 RUB", 500),
        ("0", 0),
        ("9999999,99", 999_999_999),
    ],
)
def test_amounts(typed: str, minor: int) -> None:
    assert figures.parse_money(typed, "RUB") == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-5",
        "+5",
        "12,345,6",
        "1.234",
        "1,234",
        "1.500",
        "500.000",
        "50,000 ₽",
        "1.500.00",
        "1 23",
        "8,999",
        "10000000",
        "5 usd",
        "€5",
        "1️⃣2",
        "٣",
        "½",
        "1e3",
        "a",
    ],
)
def test_what_is_no_amount(typed: str) -> None:
    assert figures.parse_money(typed, "RUB") is None


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert figures.parse_money("1234", "JPY") == 1234
    assert figures.parse_money("12,5", "JPY") is None
    assert figures.parse_money("1.234", "KWD") == 1234
    assert figures.parse_money("1.500", "KWD") == 1500
    assert figures.parse_money("1.500", "JPY") is None
    assert figures.parse_money("5,50 €", "EUR") == 550


def test_a_thousand_is_not_taken_for_a_fraction() -> None:
    assert (figures.parse_whole("1.500"), figures.parse_percent("1,000"), figures.parse_whole("1.500.000")) == (
        None, None, 1_500_000,
    )  # fmt: skip
    assert figures.parse_decimal("1.500", decimals=3) == Decimal("1.5"), "a weight in kilograms has grams"


@given(minor=st.integers(0, figures.LARGEST_MINOR), locale=st.sampled_from(["ru", "es", "en"]))
def test_what_a_screen_shows_can_be_typed_back(minor: int, locale: str) -> None:
    assert figures.parse_money(amount(minor, "EUR", locale=locale), "EUR") == minor


@pytest.mark.parametrize("typed", ["1" + ".234" * 12 + ",5", "1" + " 234" * 12])
def test_a_figure_without_end_is_none(typed: str) -> None:
    assert figures.parse_decimal(typed, decimals=3) is None
    assert figures.parse_percent(typed) is None
    assert figures.parse_whole(typed) is None
    assert figures.parse_whole("999.999.999.999,0") == 999_999_999_999


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    minor, rate = figures.parse_money(text, "RUB"), figures.parse_percent(text)
    windows, days = figures.parse_windows(text), figures.parse_days(text, today=TODAY)

    assert minor is None or 0 <= minor <= figures.LARGEST_MINOR
    assert rate is None or 0 <= rate <= 1
    assert (figures.parse_grams(text) or 0) >= 0
    assert (figures.parse_clock(text) or 0) < 24 * 60
    assert windows is None or windows == sorted(windows)
    assert days is None or days == sorted(set(days))
    assert figures.parse_coordinates(text) != (0, 0)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("22", "0.22"), ("22 %", "0.22"), ("7,5%", "0.075"), ("0", "0"), ("100", "1"), ("101", None), ("-1", None)],
)
def test_per_cent(typed: str, rate: str | None) -> None:
    assert figures.parse_percent(typed) == (Decimal(rate) if rate else None)


@pytest.mark.parametrize(
    ("typed", "bare", "grams"),
    [("250", "g", 250), ("1,5 кг", "g", 1500), ("250 г", "kg", 250), ("500", "kg", 500_000), ("0,5 g", "g", None),
     ("кг", "g", None), ("5 т", "g", None)],
)  # fmt: skip
def test_weights(typed: str, bare: str, grams: int | None) -> None:
    assert figures.parse_grams(typed, bare=bare) == grams


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("16:00", 960), ("9", 540), ("9.30", 570), ("0:00", 0), ("24:00", None), ("9:60", None), ("4pm", None)],
)
def test_times_of_the_day(typed: str, minutes: int | None) -> None:
    assert figures.parse_clock(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "windows"),
    [
        ("9-13, 13-18", ["09:00-13:00", "13:00-18:00"]),
        ("14:00–18:30; 9-12", ["09:00-12:00", "14:00-18:30"]),
        ("9-13, 12-18", None),
        ("13-9", None),
        ("9-9", None),
        ("9", None),
        ("9-25", None),
        ("", None),
    ],
)
def test_windows_are_sorted_and_never_overlap(typed: str, windows: list[str] | None) -> None:
    found = figures.parse_windows(typed)

    assert (found and [delivery_days.window_of(*window) for window in found]) == windows


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("31.12", ["2026-12-31"]),
        ("1.05", ["2027-05-01"]),
        ("9.05.2027, 2026-12-31", ["2026-12-31", "2027-05-09"]),
        ("31.12-2.01", ["2026-12-31", "2027-01-01", "2027-01-02"]),
        ("1.1.27", ["2027-01-01"]),
        ("29.02", ["2028-02-29"]),
        ("31.02", None),
        ("5.01.2027-1.01.2027", None),
        ("1.1.2027-1.1.2029", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days(typed: str, days: list[str] | None) -> None:
    found = figures.parse_days(typed, today=TODAY)

    assert (found and [day.isoformat() for day in found]) == days


@pytest.mark.parametrize(
    ("typed", "point"),
    [
        ("55.7512, 37.6184", (55.7512, 37.6184)),
        ("55,7512 37,6184", (55.7512, 37.6184)),
        ("-33.4, -70.6", (-33.4, -70.6)),
        ("91, 0", None),
        ("0, 0", None),
        ("55.7", None),
        ("here", None),
    ],
)
def test_coordinates(typed: str, point: tuple[float, float] | None) -> None:
    assert figures.parse_coordinates(typed) == point
