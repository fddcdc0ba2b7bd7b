"""Amounts as tickets print them and as engines misread them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition import amounts


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1.234,56", 123456),
        ("1 234,56", 123456),
        ("1,234.56", 123456),
        ("1’234.56", 123456),
        ("=1234.56", 123456),
        ("≡474.70", 47470),
        ("三474.70", 47470),
        ("1234-56", 123456),
        ("12.345.678,90", 1234567890),
        ("TOTAL RM34.80", 3480),
        ("$ 10.169,73-", -1016973),
        ("(0.02)", -2),
        ("-0.50", -50),
        ("0,00", 0),
        ("5,69 D", 569),
        ("=68 .60А", 6860),
        ("12. 50", 1250),
        ("40 ,00", 4000),
        ("l2.5O", 1250),
        ("7З.9О", 7390),
        ("1O.OO", 1000),
    ],
)
def test_one_amount(text: str, minor: int) -> None:
    assert [amount.minor for amount in amounts.amounts(text)] == [minor]


@pytest.mark.parametrize(
    "text",
    ["31.01.2024", "12:30", "6.00%", "7,00 %", "192.168.10.20", "1.500", "TEL 03-5122170", "30-65485516-8", "1500", ""],
)
def test_no_amount(text: str) -> None:
    assert amounts.amounts(text) == []


@pytest.mark.parametrize(
    ("text", "minors"),
    [
        ("1 X 5.30 10.60", [530, 1060]),
        ("SR 6 7,395.09 443.71 7,838.80", [739509, 44371, 783880]),
        ("73.90 * 1.000 =73.90", [7390, 7390]),
    ],
)
def test_several_amounts(text: str, minors: list[int]) -> None:
    assert [amount.minor for amount in amounts.amounts(text)] == minors


@pytest.mark.parametrize(("text", "minor"), [("TOTAL 1500", 150000), ("$ 1.500", 150000), ("1 500 руб", 150000)])
def test_without_hundredths_only_when_asked(text: str, minor: int) -> None:
    assert [(amount.minor, amount.whole) for amount in amounts.amounts(text, whole=True)] == [(minor, True)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RM34.80", "MYR"),
        ("1,50 €", "EUR"),
        ("ZU ZAHLEN EURO 24,23", None),
        ("100 руб.", "RUB"),
        ("100 ₽", "RUB"),
        ("£3.20", "GBP"),
        ("US$ 4.00", "USD"),
        ("$ 4.00", None),
        ("FARM 3.00", None),
    ],
)
def test_currency(text: str, code: str | None) -> None:
    assert amounts.currency(text) == code


_WAYS = {
    "plain": lambda units, cents: f"{units}.{cents:02}",
    "comma": lambda units, cents: f"{units},{cents:02}",
    "english": lambda units, cents: f"{units:,}.{cents:02}",
    "spanish": lambda units, cents: f"{units:,}".replace(",", ".") + f",{cents:02}",
    "russian": lambda units, cents: f"{units:,}".replace(",", " ") + f",{cents:02}",
    "old": lambda units, cents: f"{units}-{cents:02}",
}


@given(
    units=st.integers(0, 9_999_999),
    cents=st.integers(0, 99),
    way=st.sampled_from(sorted(_WAYS)),
    around=st.sampled_from(["{}", "TOTAL {}", "={}", "ИТОГ ={}", "$ {}", "{} €", "RM{}"]),
)
def test_every_way_of_writing_is_read_back(units: int, cents: int, way: str, around: str) -> None:
    text = around.format(_WAYS[way](units, cents))

    assert [amount.minor for amount in amounts.amounts(text)] == [units * 100 + cents]


@given(st.text(max_size=60))
def test_any_text_gives_amounts_inside_it(text: str) -> None:
    for amount in amounts.amounts(text, whole=True):
        assert 0 <= amount.start < amount.end <= len(text)
        assert abs(amount.minor) <= amounts.MOST_MINOR


@given(st.text(alphabet="0123456789OolIЗзSB.,-= RM", max_size=40))
def test_mending_keeps_every_place(text: str) -> None:
    assert len(amounts.mend(text)) == len(text)
