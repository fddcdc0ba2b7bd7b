"""Rows are rebuilt from places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition.words import Word, rows


def _word(text: str, left: float, top: float, width: float = 50, height: float = 20) -> Word:
    return Word(text, left, top, left + width, top + height, 0.9)


def test_what_stands_beside_each_other_is_a_row() -> None:
    words = [_word("7.70", 400, 52), _word("TOTAL", 10, 50), _word("CASH", 10, 80), _word("8.00", 400, 79)]

    assert [row.text for row in rows(words)] == ["TOTAL 7.70", "CASH 8.00"]


def test_large_letters_stand_beside_small_ones() -> None:
    assert [row.text for row in rows([_word("ИТОГ", 10, 40, height=40), _word("=474.70", 300, 52)])] == ["ИТОГ =474.70"]


def test_a_slope_is_followed_from_word_to_word() -> None:
    words = [_word(str(number), number * 60, 100 + number * 6) for number in range(8)]

    assert [row.text for row in rows(words)] == ["0 1 2 3 4 5 6 7"]


def test_across_a_gap_the_bend_of_the_paper_is_followed() -> None:
    """The right edge is curled up by a whole row; only the long texts above tell so."""
    long = [Word(f"goods {line}", 0, 30 * line - 33, 500, 30 * line + 20, 0.9, -0.066) for line in range(3, 9)]
    labels = [_word(name, 0, 300 + 30 * place) for place, name in enumerate(["SUBTOTAL", "TOTAL", "CASH"])]
    figures = [_word(figure, 450, 270 + 30 * place) for place, figure in enumerate(["9.00", "8.50", "10.00"])]

    assert [row.text for row in rows([*long, *labels, *figures])][-3:] == ["SUBTOTAL 9.00", "TOTAL 8.50", "CASH 10.00"]


def test_words_tell_the_bend_where_the_engine_does_not() -> None:
    long = [_word("x", 60 * place, 30 * line - 4 * place) for line in range(3, 9) for place in range(8)]
    labels = [_word(name, 0, 300 + 30 * place) for place, name in enumerate(["SUBTOTAL", "TOTAL", "CASH"])]
    figures = [_word(figure, 450, 270 + 30 * place) for place, figure in enumerate(["9.00", "8.50", "10.00"])]

    assert [row.text for row in rows([*long, *labels, *figures])][-3:] == ["SUBTOTAL 9.00", "TOTAL 8.50", "CASH 10.00"]


_boxes = st.builds(
    _word,
    text=st.just("x"),
    left=st.floats(0, 1000),
    top=st.floats(0, 1000),
    width=st.floats(0, 100),
    height=st.floats(0, 100),
)


@given(st.lists(_boxes, max_size=30))
def test_no_word_is_lost_or_doubled(words: list[Word]) -> None:
    assert sorted(id(word) for row in rows(words) for word in row.words) == sorted(map(id, words))
