"""What words call the amount beside them, with the slips that engines make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition.labels import Label, is_russian, label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TOTAL", Label.TOTAL),
        ("T0TAI :", Label.TOTAL),
        ("1olal", Label.TOTAL),
        ("ИТОГО:", Label.TOTAL),
        ("ИTOГ", Label.TOTAL),
        ("HTOr 三", Label.TOTAL),
        ("MTOr", Label.TOTAL),
        ("ВСЕГО:", Label.TOTAL),
        ("IMPORTE", Label.TOTAL),
        ("SUMA", Label.TOTAL),
        ("GRAND TOTAL", Label.GRAND),
        ("Total Sales (Inclusive GST) RM", Label.GRAND),
        ("Tolal lncl. GST@6% RM", Label.GRAND),
        ("NET TOTAL", Label.GRAND),
        ("AMOUNT DUE", Label.GRAND),
        ("BALANCE DUE", Label.GRAND),
        ("Imp.Total: $", Label.GRAND),
        ("TOTAL A PAGAR", Label.GRAND),
        ("К ОПЛАТЕ", Label.GRAND),
        ("ИТОГО К ОПЛАТЕ", Label.GRAND),
        ("Rounded Total (RM):", Label.ROUNDED),
        ("Total After Adj Incl GST", Label.ROUNDED),
        ("TTL AFT RND", Label.ROUNDED),
        ("Rounding Adjustment", Label.ROUNDING),
        ("ОКРУГЛЕНИЕ", Label.ROUNDING),
        ("SUB-TOTAL", Label.SUBTOTAL),
        ("5UBT0TAL", Label.SUBTOTAL),
        ("Total 6% supplies (excl. GST):", Label.SUBTOTAL),
        ("ПОДЫТОГ", Label.SUBTOTAL),
        ("ИТОГО БЕЗ СКИДКИ:", Label.SUBTOTAL),
        ("Base imponible", Label.SUBTOTAL),
        ("TOTAL GST", Label.TAX),
        ("Total tax", Label.TAX),
        ("TOTAL INCLUDES 6% GST", Label.TAX),
        ("GST @6% included in total RM", Label.TAX),
        ("IVA 21%", Label.TAX),
        ("A: Сумма НДС 18%", Label.TAX),
        ("TOTAL QTY", Label.COUNT),
        ("Total Items:", Label.COUNT),
        ("TOTAL SAVINGS", Label.DISCOUNT),
        ("TOTAL DISCOUNT", Label.DISCOUNT),
        ("СКИДКА", Label.DISCOUNT),
        ("CASH", Label.PAID),
        ("НАЛИЧНЫМИ", Label.PAID),
        ("HANNYHbIMN", Label.PAID),
        ("EFECTIVO", Label.PAID),
        ("ENTREGADO", Label.PAID),
        ("CHANGE", Label.CHANGE),
        ("Change Due", Label.CHANGE),
        ("CAMBIO", Label.CHANGE),
        ("СДАЧА", Label.CHANGE),
        ("CAA4A", Label.CHANGE),
        ("GST Summary Amount(RM) Tax(RM)", Label.SUMMARY),
    ],
)
def test_words(text: str, expected: Label) -> None:
    assert label(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "CASHIER: USER", "Shampoo 500 ml", "NO EXCHANGE", "EXCHANGEABLE", "Краска для волос", "THANK YOU", "..."],
)
def test_other_words(text: str) -> None:
    assert label(text) is None


@pytest.mark.parametrize("text", ["‘TOF", "x TOr =", "TOr", "ИТОР", "ТОГ"])
def test_on_a_russian_ticket_the_total_is_guessed_from_some_of_its_letters(text: str) -> None:
    assert label(text, russian=True) == Label.TOTAL


@pytest.mark.parametrize(
    ("text", "expected"),
    [("HAINYHbIMK", Label.PAID), ("CAALA", Label.CHANGE), ("HOAbITON", Label.SUBTOTAL), ("SOAP", None)],
)
def test_on_a_russian_ticket_other_words_may_have_wrong_letters(text: str, expected: Label | None) -> None:
    assert label(text, russian=True) == expected


def test_a_top_is_no_total_elsewhere() -> None:
    assert label("TOP") is None


@pytest.mark.parametrize(
    ("text", "russian"),
    [("Краска 6.0\nИТОГ", True), ("KpacKa\nHANNYHbIMN 三500.00", True), ("SHAMPOO\nTOTAL 3.00", False), ("", False)],
)
def test_russian_is_recognised_in_both_scripts(text: str, russian: object) -> None:
    assert is_russian(text) is russian


@given(st.text(max_size=60))
def test_any_text_has_a_label_or_none(text: str) -> None:
    assert label(text) in {None, *Label}
