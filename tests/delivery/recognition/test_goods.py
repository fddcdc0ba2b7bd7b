"""Lines of goods, and who sold them."""

from __future__ import annotations

import pytest

from delivery.recognition import goods, parties, totals
from delivery.recognition.reading import ReadLine


def _lines(*rows: str) -> tuple[ReadLine, ...]:
    return goods.lines(totals.said(rows))


def test_name_above_quantity_and_price() -> None:
    (line,) = _lines("COLOUR CREAM 6.0 BROWN", "3 x 12.50 37.50", "TOTAL 37.50")

    assert (line.name, line.quantity_milli, line.price_minor, line.sum_minor) == (
        "COLOUR CREAM 6.0 BROWN", 3000, 1250, 3750,
    )  # fmt: skip


def test_all_in_one_row() -> None:
    (line,) = _lines("2 x 617,25 Tinte castano 1.234,50", "TOTAL 1.234,50")

    assert (line.quantity_milli, line.price_minor, line.sum_minor) == (2000, 61725, 123450)


def test_a_quantity_after_a_star_gives_the_price() -> None:
    (line,) = _lines("ПАЛМОЛИВ мыло *2=38.00", "ИТОГ =38.00")

    assert (line.quantity_milli, line.price_minor, line.sum_minor) == (2000, 1900, 3800)


def test_weights_have_thousandths() -> None:
    (line,) = _lines("ПЕРСИК", "89.00 * 0.524 =46.64", "ИТОГ =46.64")

    assert (line.name, line.quantity_milli, line.price_minor, line.sum_minor) == ("ПЕРСИК", 524, 8900, 4664)


def test_an_article_is_told_apart_from_the_name() -> None:
    (line,) = _lines("9553114461423 DOUBLE EXT BOX 1 X 25.90 25.90", "TOTAL 25.90")

    assert line.article == "9553114461423"
    assert line.name.startswith("DOUBLE EXT BOX")


def test_what_comes_below_the_total_is_no_line() -> None:
    assert len(_lines("Soap 1.00", "TOTAL 1.00", "VISA 1.00", "Points 3.00")) == 1


def test_a_product_that_does_not_fit_is_not_told() -> None:
    (line,) = _lines("Soap 3 x 12.50 37.90", "TOTAL 37.90")

    assert (line.quantity_milli, line.price_minor, line.sum_minor) == (None, None, 3790)


@pytest.mark.parametrize(
    ("rows", "shop"),
    [
        (["TAX INVOICE", "HAIR SUPPLY LTD", "12 HIGH STREET"], "HAIR SUPPLY LTD"),
        (["Peluqueria Sol", "Calle 3"], "Peluqueria Sol"),
        (["AEON CO. (M) BHD (126926-H)", "3RD FLR"], "AEON CO. (M) BHD"),
        (["22, Jalan Perindustrian", "KT WONG TRADING"], "KT WONG TRADING"),
        (["14/03/2020 VISA", "***", ""], None),
        ([], None),
    ],
)
def test_the_shop_stands_on_top(rows: list[str], shop: str | None) -> None:
    assert parties.shop(rows) == shop


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ИНН 7707083893", "7707083893"),
        ("ККМ 00015886 ИНН 002310031475 #4073", "2310031475"),
        ("CIF B12345674", "B12345674"),
        ("CUIT 30-65485516-8", "30654855168"),
        ("GST ID No :000306020352", "000306020352"),
        ("ИНН 7707083890", None),
        ("CIF B12345675", None),
        ("TEL 03-51221701", None),
    ],
)
def test_tax_ids_have_right_check_digits(text: str, number: str | None) -> None:
    assert parties.tax_id([text]) == number
