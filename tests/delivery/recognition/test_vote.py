"""Several looks at one ticket."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition import extractor, reading, vote
from delivery.recognition.vote import Answer
from delivery.recognition.words import Row, Word


def _look(source: str, *texts: str) -> Answer:
    rows = [Row([Word(text, 0, number * 30, 100, number * 30 + 20, 0.9)]) for number, text in enumerate(texts)]
    return extractor.extract(rows, source=source, voice=source, currency=None)


def _total(answers: Sequence[Answer]) -> tuple[int | None, bool]:
    best = vote.best(answers).reading
    return best.total_minor, best.confident


def test_two_engines_that_agree_are_believed() -> None:
    looks = [_look(reading.TESSERACT, "TOTAL 7.70"), _look(reading.RAPIDOCR, "TOTAL 7.70")]

    assert _total(looks[:1]) == (770, False)
    assert _total(looks) == (770, True)


def test_one_engine_that_looks_twice_is_not() -> None:
    assert _total([_look(reading.TESSERACT, "TOTAL 7.70"), _look(reading.TESSERACT, "TOTAL 7.70")]) == (770, False)


def test_engines_that_differ_are_not_believed() -> None:
    assert _total([_look(reading.TESSERACT, "TOTAL 7.70"), _look(reading.RAPIDOCR, "TOTAL 1.70")])[1] is False


def test_what_one_look_proves_another_may_find() -> None:
    looks = [_look(reading.TESSERACT, "TOTAL 10.00"), _look(reading.RAPIDOCR, "TOTAL 10.60", "VISA 10.60")]

    assert vote.best(looks).reading.total_minor == 1060


def test_russian_words_come_from_the_engine_that_knows_them() -> None:
    looks = [
        _look(reading.TESSERACT, "МАГНИТ КОСМЕТИК", "Краска для волос", "ТОТ 142.00"),
        _look(reading.RAPIDOCR, "MArHHT", "HTOr 142.00", "HANNYHbIMN 142.00"),
    ]
    best = vote.best(looks).reading

    assert (best.shop, best.total_minor) == ("МАГНИТ КОСМЕТИК", 14200)


def test_what_one_look_missed_is_taken_from_another() -> None:
    looks = [
        _look(reading.TESSERACT, "TOTAL 7.70", "VISA 7.70", "SHAMPOO"),
        _look(reading.RAPIDOCR, "TOTAL 7.70", "31/01/2024"),
    ]
    best = vote.best(looks).reading

    assert best.sold_on is not None
    assert best.sold_on.isoformat() == "2024-01-31"


def test_a_russian_amount_that_stands_there_twice_needs_a_second_model() -> None:
    russian = _look(reading.TESSERACT, "Краска для волос", "ИТОГ 550.00", "НАЛИЧНЫМИ 550.00")
    english = _look(reading.RAPIDOCR, "HTOr 330.00", "HANNYHbIMN 330.00")
    same = _look(reading.RAPIDOCR, "HTOr 550.00", "HANNYHbIMN 550.00")

    assert _total([russian]) == (55000, False)
    assert _total([russian, english])[1] is False
    assert _total([russian, same]) == (55000, True)


_tickets = st.lists(
    st.text(alphabet="TOALSUBCHNGEИТОГДАЧ 0123456789.,=-%*xX()$€", max_size=30) | st.text(max_size=30), max_size=10
)


@given(_tickets, _tickets)
def test_any_rows_give_an_answer(one: list[str], other: list[str]) -> None:
    best = vote.best([_look(reading.TESSERACT, *one), _look(reading.RAPIDOCR, *other)]).reading

    assert best.total_minor is None or best.total_minor > 0
    assert best.total_minor is not None or not best.confident
    assert reading.Reading.from_json(best.to_json()) == best
