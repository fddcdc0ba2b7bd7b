"""Tags of tickets: in three languages, in any order, however people write figures; what is unclear is named back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.parsing_tickets import has_tags, parse_amount, parse_past_day, parse_tags, parse_units
from services.ticket_tags import Tags

TODAY = date(2026, 3, 2)


def tags(text: str, currency: str = "RUB") -> Tags:
    return parse_tags(text, currency=currency, today=TODAY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "@monto 1500 @cliente Juan Pérez @tubos 5",
            Tags(amount_minor=150_000, client="Juan Pérez", units_milli=5000, units_word="tubos"),
        ),
        (
            "@шт 5\n@клиент ИП Ёлкина, Тверь\n@сумма 1 500,50 ₽",
            Tags(amount_minor=150_050, client="ИП Ёлкина, Тверь", units_milli=5000, units_word="шт"),
        ),
        (
            "@AMOUNT: $1,234.56, @Client: Corner Shop; @units = 12",
            Tags(amount_minor=123_456, client="Corner Shop", units_milli=12_000, units_word="units"),
        ),
        (
            "vendido hoy @total 1.500 @nota paga el viernes @fecha ayer",
            Tags(amount_minor=150_000, note="paga el viernes", day=date(2026, 3, 1)),
        ),
        ("@итого1500р. @тюбиков5", Tags(amount_minor=150_000, units_milli=5000, units_word="тюбиков")),
        ("@importe 99,90 € @дата 28.02", Tags(amount_minor=9990, day=date(2026, 2, 28))),
        ("@monto @cliente Ana", Tags(client="Ana", unclear=("monto",))),
        ("@monto mucho @tubos 5 6", Tags(unclear=("monto", "tubos"))),
        ("@mnto 1500 @cliente Ana", Tags(client="Ana", unknown=("mnto",))),
        ("@monto 1500 @total 1500", Tags(amount_minor=150_000)),
        ("@monto 1500 @total 1600", Tags(amount_minor=150_000, unclear=("total",))),
        ("@cliente Ana @juan", Tags(client="Ana", unknown=("juan",))),
        ("@tubos 5 de 60 ml", Tags(units_milli=5000, units_word="tubos")),
        ("a photo of a ticket", Tags()),
    ],
)
def test_what_a_text_says(text: str, found: Tags) -> None:
    assert tags(text) == found


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("@monto 1500", True),
        ("x @Сумма", True),
        ("@juan", False),
        ("juan@monto.es", False),
        ("write to juan@client.com", False),
        ("monto 1500", False),
        ("", False),
    ],
)
def test_a_mention_or_an_address_is_no_tag(text: str, there: bool) -> None:  # noqa: FBT001 - a row of a table
    assert has_tags(text) == there


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1500", 150_000),
        ("1 500", 150_000),
        ("1\u00a0500,5", 150_050),
        ("1.500", 150_000),
        ("1,500", 150_000),
        ("1.500,00", 150_000),
        ("1,500.00", 150_000),
        ("1'500.00", 150_000),
        ("1.234.567,89", 123_456_789),
        ("1500,5", 150_050),
        ("0,50", 50),
        ("€ 12", 1200),
        ("12 euros", 1200),
        ("12 руб. 5", None),
        ("1500.-", 150_000),
        ("1500 MXN", 150_000),
        ("1500 за краску", 150_000),
        ("1500 2000", None),
        ("1500+200", None),
        ("1234.567", None),
        ("12,34,56", None),
        ("1.23.456", None),
        ("0", None),
        ("0.500", None),
        ("-5", None),
        ("− 5", None),
        ("- 5", 500),
        ("ten", None),
        ("", None),
        ("99999999999", None),
        ("٣", None),
    ],
)
def test_an_amount_in_the_ways_that_people_write_it(text: str, minor: int | None) -> None:
    assert parse_amount(text, "RUB") == minor


def test_small_change_is_the_currency_s() -> None:
    assert parse_amount("1500", "JPY") == 1500
    assert parse_amount("1500,5", "JPY") is None
    assert parse_amount("1.500", "KWD") == 1500, "thousandths are small change there"


@pytest.mark.parametrize(
    ("text", "milli"),
    [("5", 5000), ("5 шт.", 5000), ("2,5", 2500), ("1 200", 1_200_000), ("1.200", 1_200_000), ("0", None),
     ("five", None), ("5 / 6", None), ("9999999", None)],
)  # fmt: skip
def test_units(text: str, milli: int | None) -> None:
    assert parse_units(text) == milli


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("02.03", TODAY),
        ("3/3", date(2025, 3, 3)),
        ("31.12", date(2025, 12, 31)),
        ("28/02/26", date(2026, 2, 28)),
        ("2026-02-28", date(2026, 2, 28)),
        ("29.02", date(2024, 2, 29)),
        ("вчера", date(2026, 3, 1)),
        ("Today", TODAY),
        ("03.03.2026", None),
        ("31.02", None),
        ("12.13", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_that_has_been(text: str, day: date | None) -> None:
    assert parse_past_day(text, TODAY) == day


amounts = st.integers(min_value=1, max_value=999_999_999)


@given(
    minor=amounts, group=st.sampled_from(["", ".", " ", "\u00a0", "'"]), sign=st.sampled_from(["", " €", " руб.", "₽"])
)
@example(minor=100_000, group=".", sign="")
def test_whatever_parts_the_thousands_the_amount_is_the_same(minor: int, group: str, sign: str) -> None:
    whole, cents = divmod(minor, 100)
    figure = f"{whole:,}".replace(",", group) + (f",{cents:02d}" if cents else "")

    assert parse_amount(f"{figure}{sign}", "EUR") == minor


@given(
    minor=amounts,
    count=st.integers(1, 9999),
    client=st.text("abcdefghijklmnop áñё", min_size=1, max_size=30).map(lambda name: f"Z{name.strip()}z"),
    order=st.permutations(["amount", "units", "client"]),
    between=st.sampled_from([" ", "\n", ", ", "; "]),
)
def test_tags_are_read_in_any_order(minor: int, count: int, client: str, order: list[str], between: str) -> None:
    said = {"amount": f"@сумма {Decimal(minor) / 100}", "units": f"@units {count}", "client": f"@cliente {client}"}

    found = tags(between.join(said[name] for name in order))

    assert (found.amount_minor, found.units_milli, found.client) == (minor, count * 1000, " ".join(client.split()))
    assert (found.unknown, found.unclear) == ((), ())


@given(text=st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    found = tags(f"@monto {text} @tubos {text} @fecha {text}")

    assert found.amount_minor is None or found.amount_minor > 0
    assert found.units_milli is None or found.units_milli > 0
    assert found.day is None or found.day <= TODAY


@given(day=st.dates(min_value=TODAY - timedelta(days=360), max_value=TODAY))
def test_a_day_without_its_year_is_the_latest(day: date) -> None:
    assert parse_past_day(day.strftime("%d.%m"), TODAY) == day
