"""How figures and days are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.numbers import format_currency, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from services import money as trade_money
from templates import text_filters as written

DAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (345804, "RUB", "ru", "3\xa0458,04\xa0₽"),
        (345804, "RUB", "es", "3.458,04\xa0₽"),
        (345804, "EUR", "es", "3.458,04\xa0€"),
        (345804, "RUB", "en", "₽3,458.04"),
        (345804, "USD", "en", "$3,458.04"),
        (-5, "RUB", "ru", "-0,05\xa0₽"),
        (-345804, "RUB", "en", "-₽3,458.04"),
        (0, "RUB", "ru", "0,00\xa0₽"),
        (3458, "JPY", "en", "¥3,458"),
        (3458040, "KWD", "en", "KWD\xa03,458.040"),
        (100, "CHF", "en", "CHF\xa01.00"),
        (123456789012345678, "RUB", "ru", "1\xa0234\xa0567\xa0890\xa0123\xa0456,78\xa0₽"),
    ],
)
def test_money(minor: int, currency: str, locale: str, text: str) -> None:
    assert written.money(minor, currency, locale=locale) == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(["ru", "en"]), st.sampled_from(["EUR", "USD"]))
def test_money_is_written_as_babel_writes_it(minor: int, locale: str, currency: str) -> None:
    expected = format_currency(Decimal(minor) / 100, currency, locale=locale)

    assert written.money(minor, currency, locale=locale) == expected


def test_minor_units_are_those_of_the_trade() -> None:
    for currency in list_currencies():
        assert written.minor_digits(currency) == trade_money.minor_digits(currency), currency


@pytest.mark.parametrize(
    ("milli", "factor", "decimals", "locale", "text"),
    [
        (12000, 1000, 0, "ru", "12"),
        (1500, 1000, 3, "ru", "1,5"),
        (1500, 1000, 3, "en", "1.5"),
        (24000, 12000, 0, "ru", "2"),
        (1234567000, 1000, 0, "es", "1.234.567"),
        (5, 1000, 3, "en", "0.005"),
        (0, 1000, 0, "en", "0"),
        (-1500, 1000, 3, "ru", "−1,5"),
        (5000, 12000, 0, "ru", "0,417"),
        (100000, 1000, 0, "en", "100"),
    ],
)
def test_quantity(milli: int, factor: int, decimals: int, locale: str, text: str) -> None:
    assert written.quantity(milli, factor, decimals, locale=locale) == text


@pytest.mark.parametrize(
    ("rate", "locale", "text"),
    [
        (Decimal("0.20"), "ru", "20\xa0%"),
        (Decimal("0.1"), "en", "10%"),
        ("0.125", "es", "12,5\xa0%"),
        (Decimal(0), "ru", "0\xa0%"),
        (Decimal(1), "en", "100%"),
    ],
)
def test_percent(rate: Decimal | str, locale: str, text: str) -> None:
    assert written.percent(rate, locale=locale) == text


@pytest.mark.parametrize(
    ("metres", "locale", "text"),
    [(12345, "ru", "12,3\xa0км"), (12000, "en", "12\xa0km"), (1234500, "es", "1.234,5\xa0km"), (0, "ru", "0\xa0км")],
)
def test_km(metres: int, locale: str, text: str) -> None:
    assert written.km(metres, locale=locale).replace(" ", "\xa0") == text


def test_days() -> None:
    assert written.day(DAY, locale="ru") == "пт 27 нояб."
    assert written.day("2026-11-27", locale="es") == "vie 27 nov"
    assert written.day(DAY, locale="en") == "Fri 27 Nov"
    assert written.weekday(DAY, locale="ru") == "пятница"
    assert written.long_date(DAY, locale="ru") == "27 нояб. 2026\xa0г."
    assert written.long_date("2026-11-27", "long", locale="es") == "27 de noviembre de 2026"


def test_a_moment_is_no_day_until_someone_says_where() -> None:
    late = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)

    with pytest.raises(TypeError):
        written.day(late, locale="ru")
    assert written.moment(late, "Europe/Moscow", locale="ru") == "28 нояб. 2026\xa0г., 01:30"
    assert written.moment("2026-11-27T22:30:00+00:00", "Europe/Madrid", locale="es") == "27 nov 2026, 23:30"
    with pytest.raises(ValueError, match="time zone"):
        written.moment("2026-11-27T22:30:00", "Europe/Moscow", locale="ru")


@pytest.mark.parametrize(
    ("text", "length", "cut"),
    [
        ("молоко", 6, "молоко"),
        ("молоко 3,2", 8, "молоко…"),
        ("", 5, ""),
        ("abc", 1, "…"),
        ("ok 👨\u200d🌾 x", 5, "ok 👨…"),
    ],
)
def test_short(text: str, length: int, cut: str) -> None:
    assert written.short(text, length) == cut


@given(st.text(), st.integers(1, 40))
def test_short_is_never_longer(text: str, length: int) -> None:
    assert len(written.short(text, length)) <= length


def test_an_unknown_language_is_written_as_english() -> None:
    assert written.money(345804, "EUR", locale="xx") == "€3,458.04"
    assert written.day(DAY, locale="") == "Fri 27 Nov"
