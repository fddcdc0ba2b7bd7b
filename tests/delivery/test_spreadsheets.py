"""The spreadsheet of a period: typed cells, text that stays text, and the sums that the chat shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from delivery.spreadsheets import Workbook
from services.figures_export import CreditRow, LineRow, OrderRow, Request
from services.periods import Period
from services.statistics import Basis, By, Entry, Figures, Scope, Sums
from templates.environment import Texts

TEXTS = Texts.load()
TENTH = Decimal("0.1")
DAY = date(2026, 3, 2)
LATE = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
"""Half past midnight of the third in Moscow."""


def drawn(language: str = "en", names: str = "Shop") -> openpyxl.Workbook:
    wanted = Request(Period(DAY, DAY), Scope(), 1, "tg:1:1", language, "Europe/Moscow")
    book = Workbook(wanted, TEXTS)
    sums = Sums("RUB", 1, 110000, 10000, 100000, 20000, 120050, 1500)
    book.add_summary(Figures((sums,), (sums,), (), (sums,), (sums,)))
    order = OrderRow(12, None, "loaded", LATE, LATE, DAY, names, "Rita", None, "Main", "А123ВС77", "RUB", 110000, 10000,
                     100000, 20000, 120050, 1500, 60025)  # fmt: skip
    book.add_orders(Basis.FORMED, [order])
    book.add_orders(Basis.LOADED, [order])
    book.add_lines(
        [
            LineRow(12, LATE, names, "goods", "A-1", names, 1500, 1000, "kg", "RUB", 7000, TENTH, 9545, 955, 10500),
            LineRow(12, LATE, names, "delivery", "", "", 1000, 1000, "", "RUB", 10000, TENTH, 9091, 909, 10000),
        ]
    )
    credit = ("CN-2026-000001", LATE, "TB-2026-000007", 12, names, "Rita", names, False, "RUB")
    book.add_credits([CreditRow(*credit, 60025, 0, 50000, 10025, 60025, 750)])
    for what in By:
        book.add_top(what, [Entry(1, names, "RUB", 1, 120050, 1500, "kg" if what is By.PRODUCT else "", 3)])
    return openpyxl.load_workbook(BytesIO(book.close()))


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_cells_have_the_type_of_what_they_hold() -> None:
    book = drawn()

    order = dict(zip(*rows(book["Orders"])[:2], strict=True))

    assert book.sheetnames == [
        "Summary", "Orders", "Loadings", "Loaded lines", "Credit notes", "By client", "By rep", "By storekeeper",
        "By product", "By vehicle", "By warehouse",
    ]  # fmt: skip
    assert order["Total"] == 1200.5
    assert order["Submitted"] == datetime(2026, 3, 3, 0, 30)  # noqa: DTZ001 - spreadsheets have no zones
    assert order["Delivery day"] == datetime(2026, 3, 2)  # noqa: DTZ001
    assert (order["Order No."], order["State"], order["Storekeeper"], order["Weight, kg"]) == (12, "loaded", None, 1.5)
    total = next(cell for cell in book["Orders"][2] if cell.value == 1200.5)
    assert total.number_format == "#,##0.00"
    assert book["Orders"].freeze_panes == "A2"
    assert book["Orders"].auto_filter.ref == "A1:S2"


def test_a_credit_note_is_a_row_with_what_it_takes_back() -> None:
    head, row = rows(drawn()["Credit notes"])
    note = dict(zip(head, row, strict=True))

    assert (note["Credit note"], note["Invoice"], note["Order No."]) == ("CN-2026-000001", "TB-2026-000007", 12)
    assert (note["How much"], note["Total"], note["Issued"]) == ("a part", 600.25, datetime(2026, 3, 3, 0, 30))  # noqa: DTZ001


def test_lines_have_quantities_in_their_unit() -> None:
    head, *lines = rows(drawn()["Loaded lines"])
    goods, delivery = (dict(zip(head, line, strict=True)) for line in lines)

    assert (goods["Quantity"], goods["Unit"], goods["VAT rate"], goods["Price"]) == (1.5, "kg", 0.1, 70)
    assert (delivery["Kind"], delivery["Total"]) == ("delivery", 100)


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "{=1}", "https://x.example"])
def test_a_name_is_text_whatever_it_begins_with(sign: str) -> None:
    book = drawn(names=sign)

    for sheet, column in (("Orders", "G"), ("Loaded lines", "F"), ("By client", "A"), ("Credit notes", "G")):
        cell = book[sheet][f"{column}2"]
        assert (cell.data_type, cell.hyperlink) == ("s", None)
        assert str(cell.value).replace("_x000D_", "\r").strip() == sign.strip()


@pytest.mark.parametrize(("language", "sheet", "head"), [("ru", "Заказы", "Итого"), ("es", "Pedidos", "Total")])
def test_it_speaks_the_readers_language(language: str, sheet: str, head: str) -> None:
    book = drawn(language)

    assert head in rows(book[sheet])[0]
    assert all(len(name) <= 31 for name in book.sheetnames)
