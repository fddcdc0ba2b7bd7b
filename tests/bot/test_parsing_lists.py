"""Typed lists of goods, as a table of the ways in which people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing_lists import LONGEST_LINE, parse_list

Line = tuple[str, str, str]


def first(text: str) -> list[Line | None]:
    """The likeliest reading of each line as (article, amount, word); None where there is none with an amount."""
    found: list[Line | None] = []
    for line in parse_list(text):
        reading = next((reading for reading in line.readings if reading.amount is not None), None)
        found.append((reading.article, f"{reading.amount.normalize():f}", reading.word) if reading else None)  # type: ignore[union-attr]
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "A-103 12", "A-103  12", "A-103\t12", "A-103\u00a012", " A-103 12. ", "A-103 - 12", "A-103 -12", "A-103 — 12",
        "A-103 – 12", "A-103—12", "A-103: 12", "A-103 = 12", "A-103=12", "A-103*12", "A-103 * 12", "A-103 x 12",
        "A-103 х 12", "A-103 X12", "A-103x12", "A-103×12", "12 x A-103", "12x A-103", "12 х A-103", "12*A-103",
        "12 A-103", "12 - A-103", "1. A-103 12", "- A-103 12", "• A-103 12", "2) A-103 12", "A-103 12,0",
    ],
)  # fmt: skip
def test_ways_to_write_one_line(typed: str) -> None:
    assert first(typed) == [("A-103", "12", "")]


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("A-103 12; B-22 5 box", [("A-103", "12", ""), ("B-22", "5", "box")]),
        ("A-103 12\nB-22 5 box\n\n", [("A-103", "12", ""), ("B-22", "5", "box")]),
        ("A-103 12, B-22 5 кор.", [("A-103", "12", ""), ("B-22", "5", "кор")]),
        ("A-103 12,B-22 5", [("A-103", "12", ""), ("B-22", "5", "")]),
        ("C-7 1,5 кг", [("C-7", "1.5", "кг")]),
        ("C-7 1,5, B-22 2,25", [("C-7", "1.5", ""), ("B-22", "2.25", "")]),
        ("A-103 12шт;B-22 3кор", [("A-103", "12", "шт"), ("B-22", "3", "кор")]),
        ("5 box B-22", [("B-22", "5", "box")]),
        ("A-103 1 200", [("A-103", "1200", "")]),
        ("AB 12 5", [("AB 12", "5", "")]),
        ("10025 12", [("10025", "12", "")]),
        ("A-103 0", [("A-103", "0", "")]),
        ("молоко 3", [("молоко", "3", "")]),
        ("A-103", [None]),
        ("A-103 1️⃣2️⃣", [None]),
        ("A-103 ½", [None]),
        ("A-103 12 13x", [None]),
        ("A-103 " + "9" * 40, [None]),
        ("x" * (LONGEST_LINE + 1), [None]),
        ("", []),
        (" ; ,\n. ", []),
    ],
)
def test_lists(typed: str, lines: list[Line | None]) -> None:
    assert first(typed) == lines


def test_every_reading_is_given_where_there_are_several() -> None:
    (line,) = parse_list("AB 12 1 200")

    assert [(reading.article, reading.amount) for reading in line.readings] == [
        ("AB 12", Decimal(1200)),
        ("AB 12 1", Decimal(200)),
        ("AB 12 1 200", None),
    ]


def test_the_words_of_a_line_are_kept_and_its_unit_is_known_by_its_codes() -> None:
    (line,) = parse_list("  A-103 12 Ящиков;")

    assert line.text == "A-103 12 Ящиков"
    assert line.readings[0].codes == {"box", "ящиков"}


ARTICLES = st.from_regex(r"[A-ZА-Я]{1,3}-[0-9]{1,5}", fullmatch=True)
AMOUNTS = st.one_of(
    st.integers(0, 99_999).map(str),
    st.decimals(0, 999, places=2).map(lambda amount: f"{amount}".replace(".", ",")),
)
BETWEEN = st.sampled_from([" ", "  ", " - ", " — ", " x ", " х ", ": ", "=", "*", "×", "\t"])
WORDS = st.sampled_from(["", " box", "шт", " кг.", " caja"])
ENDS = st.sampled_from([";", "; ", "\n", ";\n", "\n\n"])


@given(st.lists(st.tuples(ARTICLES, BETWEEN, AMOUNTS, WORDS, ENDS), min_size=1, max_size=12))
def test_a_list_in_any_of_these_forms_reads_as_it_was_meant(lines: list[tuple[str, str, str, str, str]]) -> None:
    parsed = parse_list("".join("".join(parts) for parts in lines))

    assert len(parsed) == len(lines)
    for line, (article, _, amount, word, _) in zip(parsed, lines, strict=True):
        reading = line.readings[0]
        assert (reading.article, reading.word) == (article, word.strip(" ."))
        assert reading.amount == Decimal(amount.replace(",", "."))


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error_and_no_line_is_lost(text: str) -> None:
    lines = parse_list(text)

    assert all(line.text.strip(" .") for line in lines)
    signs = "".join(line.text for line in lines)
    assert sorted(sign for sign in text if sign.isalpha()) == sorted(sign for sign in signs if sign.isalpha())
    for line in lines:
        for reading in line.readings:
            assert reading.article
            assert reading.amount is None or reading.amount >= 0
