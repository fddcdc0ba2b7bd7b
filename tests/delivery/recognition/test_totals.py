"""Which amount is the total, and when that may be believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.recognition import totals
from tests.delivery.recognition.drawn import ENGLISH, RUSSIAN, SPANISH


def _found(*rows: str) -> tuple[int | None, bool]:
    likely = totals.find(totals.said(rows))
    return (likely[0].minor if likely else None), totals.believable(likely)


@pytest.mark.parametrize(("ticket", "minor"), [(ENGLISH, 5508), (SPANISH, 130000), (RUSSIAN, 149450)])
def test_a_whole_ticket_proves_its_total(ticket: tuple[tuple[str, str], ...], minor: int) -> None:
    assert _found(*(f"{words} {amount}" for words, amount in ticket)) == (minor, True)


@pytest.mark.parametrize(
    ("rows", "minor"),
    [
        (("TOTAL 7.70", "CASH 8.00", "CHANGE 0.30"), 770),
        (("TOTAL 7.70", "VISA 7.70"), 770),
        (("SUBTOTAL 62.55", "10% Srv Chg 6.25", "6% GST 4.13", "Total: 72.93"), 7293),
        (("A 3.00", "B 4.70", "TOTAL 7.70"), 770),
        (("SUBTOTAL 10.00", "DISCOUNT 1.00", "TOTAL 9.00"), 900),
        (("Total 0% supplies: 14.35", "Total 6% supplies (Inc. GST): 27.09", "SUBTOTAL 27.09", "Payable: 41.44"), 4144),
        (("Total Sales 72.74", "Rounding 0.01", "Rounded total 72.75", "CASH 100.00", "CHANGE 27.25"), 7275),
        (("Total Sales 72.74", "Rounding RM 72.75", "CASH 100.00", "CHANGE 27.25"), 7275),
        (("ВСЕГО:", "=285.14", "ИТОГ =285.14", "НАЛИЧНЫМИ =500.14", "СДАЧА =215.00"), 28514),
        ((". ОГ =285.14", "НАЛИЧНЫМИ =500.14", "СДАЧА =215.00"), 28514),
        (("HTOr 三285.14", "HANNYHbIMN 三500.14", "CAA4A 三215.00"), 28514),
    ],
)
def test_what_the_ticket_proves_is_believed(rows: tuple[str, ...], minor: int) -> None:
    assert _found(*rows) == (minor, True)


@pytest.mark.parametrize(
    ("rows", "minor"),
    [
        (("TOTAL 7.70",), 770),
        (("Imp.Total: $ 11.668,00", "Cuotas: 6"), 1166800),
        (("TOTAL 10.00", "CASH 20.00", "CHANGE 9.40"), 1060),
        (("Total Sales 72.74", "Rounding 0.01", "SUBTOTAL 70.00", "GST 2.74"), 7274),
        (("TOTAL 42 50", "QTY 3"), 4250),
        (("Shampoo", "$ 34.80"), 3480),
        (("TOTAL 1500", "Shampoo"), 150000),
        (("TOTAL QTY 3", "TOTAL 7.70", "TOTAL TAX 0.44", "TOTAL SAVINGS 1.00"), 770),
        (("SUBTOTAL 73.87", "GST 4.43", "TOTAL 76.30", "VISA 76.30"), 7830),
        (("TOTAL 76.30", "CASH 80.00", "CHANGE 1.70"), 7830),
        (("Shampoo 350.00", "TOTAL 150.00", "VISA 150.00"), 15000),
    ],
)
def test_what_nothing_proves_is_found_but_not_believed(rows: tuple[str, ...], minor: int) -> None:
    assert _found(*rows) == (minor, False)


def test_two_totals_that_have_as_much_for_them_are_not_believed() -> None:
    assert _found("TOTAL 7.70", "TOTAL 7.10", "VISA 7.70", "AMEX 7.10")[1] is False


def test_cash_alone_is_no_total() -> None:
    assert _found("Shampoo 4.10", "CASH 20.00", "Soap 3.00")[1] is False


def test_a_refund_is_no_sale() -> None:
    assert _found("TOTAL -7.70", "CASH -7.70")[1] is False


def test_a_figure_read_into_the_sign_of_equality_is_cut_off_where_change_proves_it() -> None:
    assert _found("ИТОГ 8142.00", "НАЛИЧНЫМИ 150.00", "СДАЧА 8.00")[0] == 14200


def test_below_a_table_of_taxes_nothing_is_the_total() -> None:
    rows = ("Soap 1.00", "Soap 1.00", "TOTAL 2.00", "VISA 2.00", "GST Summary Amount Tax", "Total 1.89 0.11")

    assert _found(*rows) == (200, True)


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_rows_give_positive_totals(rows: list[str]) -> None:
    likely = totals.find(totals.said(rows))

    assert all(total.minor > 0 for total in likely)
    assert totals.believable(likely) in {True, False}


@given(
    goods=st.lists(st.integers(100, 99_999), min_size=2, max_size=6),
    more=st.integers(1, 5000),
)
def test_goods_cash_and_change_always_prove_the_sum(goods: list[int], more: int) -> None:
    total = sum(goods)
    rows = [f"Ware {chr(65 + number)} {minor / 100:.2f}" for number, minor in enumerate(goods)]
    rows += [f"TOTAL {total / 100:.2f}", f"CASH {(total + more) / 100:.2f}", f"CHANGE {more / 100:.2f}"]

    assert _found(*rows) == (total, True)
