"""A period's figures as an XLSX workbook: typed cells, one row at a time, so that size costs time and not memory.

Money, weights and quantities are numbers with a format, days and moments are dates in the company's time zone.
Text is always written as text: a name that begins with ``=`` is a name and no formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.figures_export import CreditRow, LineRow, OrderRow, Request
from services.statistics import Basis, By, Entry, Figures
from templates.environment import Texts
from templates.text_filters import minor_digits

TEMPLATE: Final = "sheets/figures.html"
CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDE = {"client": 30, "name": 36, "product": 36, "rep": 20, "storekeeper": 20, "warehouse": 18, "what": 22,
         "reason": 36, "credit_note": 18, "invoice": 18, "whole": 20}  # fmt: skip
_WIDTH = 14
_ORDER_COLUMNS = OrderRow._fields
_LINE_COLUMNS = (
    "order_id", "loaded_at", "client", "kind", "article", "name", "quantity", "unit_code", "price_minor", "currency",
    "vat_rate", "net_minor", "vat_minor", "total_minor",
)  # fmt: skip
_SUM_COLUMNS = (
    "what", "currency", "orders", "goods_minor", "delivery_minor", "net_minor", "vat_minor", "total_minor",
    "average_minor", "weight_g",
)  # fmt: skip


class Workbook:
    """A workbook that is being drawn. Rows must be added sheet by sheet, top to bottom; ``close`` gives the bytes."""

    def __init__(self, wanted: Request, texts: Texts) -> None:
        self._wanted, self._texts = wanted, texts
        self._zone = ZoneInfo(wanted.time_zone)
        self._bytes = BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, {"constant_memory": True})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats = {
            "date": self._book.add_format({"num_format": "dd.mm.yyyy"}),
            "moment": self._book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
            "percent": self._book.add_format({"num_format": "0.##%"}),
            "quantity": self._book.add_format({"num_format": "#,##0.###"}),
            "kg": self._book.add_format({"num_format": "#,##0.000"}),
        }

    def add_summary(self, figures: Figures) -> None:
        """The period in all, a row for each basis and currency."""
        rows = [
            {"what": self._word(f"basis_{basis.value}"), **{name: getattr(sums, name) for name in _SUM_COLUMNS[1:]}}
            for basis in Basis
            for sums in getattr(figures, basis.value)
        ]
        period = self._wanted.period
        facts = {"first": period.first, "last": period.last}
        title = self._texts.plain(TEMPLATE, "title", self._wanted.language, facts)
        self._add("sheet_summary", _SUM_COLUMNS, rows, title=title)

    def add_orders(self, basis: Basis, orders: Iterable[OrderRow]) -> None:
        """The orders formed or loaded."""
        states = ("draft", "waiting", "submitted", "loading", "loaded", "cancelled", "voided")
        words = {state: self._word(f"state_{state}") for state in states}
        rows = ({**row._asdict(), "status": words.get(row.status, row.status)} for row in orders)
        self._add(f"sheet_{basis.value}", _ORDER_COLUMNS, rows)

    def add_lines(self, lines: Iterable[LineRow]) -> None:
        """The lines of what was loaded."""
        delivery, goods = self._word("kind_delivery"), self._word("kind_goods")
        units: dict[str, str] = {}
        self._add("sheet_lines", _LINE_COLUMNS, (self._line(row, units, delivery, goods) for row in lines))

    def add_credits(self, notes: Iterable[CreditRow]) -> None:
        """The credit notes, with what each takes back."""
        extent = {True: self._word("extent_whole"), False: self._word("extent_part")}
        rows = ({**row._asdict(), "whole": extent[row.whole]} for row in notes)
        self._add("sheet_credits", CreditRow._fields, rows)

    def _line(self, row: LineRow, units: dict[str, str], delivery: str, goods: str) -> dict[str, Any]:
        if row.unit_code not in units:
            units[row.unit_code] = self._texts.unit(row.unit_code, self._wanted.language) if row.unit_code else ""
        return {
            **row._asdict(),
            "kind": delivery if row.kind == "delivery" else goods,
            "quantity": Decimal(row.quantity_milli) / Decimal(row.factor_milli),
            "unit_code": units[row.unit_code],
        }

    def add_top(self, what: By, entries: Sequence[Entry]) -> None:
        """One of the lists by client, rep, …, of the turnover; products with their quantities."""
        nobody = self._word("nobody")
        of_goods = what is By.PRODUCT
        columns = (what.value, *(("quantity", "unit_code") if of_goods else ()), "orders", "total_minor", "currency")
        rows = (
            {
                what.value: entry.name or nobody,
                "quantity": Decimal(entry.quantity_milli) / 1000,
                "unit_code": self._texts.unit(entry.unit_code, self._wanted.language) if entry.unit_code else "",
                "orders": entry.orders,
                "total_minor": entry.total_minor,
                "currency": entry.currency,
            }
            for entry in entries
        )
        self._add(f"sheet_{what.value}", columns, rows)

    def close(self) -> bytes:
        """The finished workbook."""
        self._book.close()
        return self._bytes.getvalue()

    def _add(self, name: str, columns: Sequence[str], rows: Iterable[dict[str, Any]], *, title: str = "") -> None:
        sheet = self._book.add_worksheet(self._word(name)[:31])
        top = 0
        if title:
            sheet.write_string(0, 0, title, self._book.add_format({"bold": True, "font_size": 14}))
            top = 2
        for position, column in enumerate(columns):
            sheet.set_column(position, position, _WIDE.get(column, _WIDTH))
            sheet.write_string(top, position, self._word(column), self._head)
        sheet.freeze_panes(top + 1, 0)
        last = top
        for last, row in enumerate(rows, start=top + 1):
            for position, column in enumerate(columns):
                self._write(sheet, last, position, column, row)
        sheet.autofilter(top, 0, last, len(columns) - 1)

    def _write(self, sheet: Worksheet, row: int, position: int, column: str, facts: dict[str, Any]) -> None:
        value = facts[column]
        if value is None:
            return
        if isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            sheet.write_datetime(row, position, local, self._formats["moment"])
        elif isinstance(value, date):
            sheet.write_datetime(row, position, datetime(value.year, value.month, value.day), self._formats["date"])  # noqa: DTZ001 - a day
        elif isinstance(value, str):
            sheet.write_string(row, position, value)
        else:
            number, form = self._number(column, value, facts)
            sheet.write_number(row, position, number, form)

    def _number(self, column: str, value: int | Decimal, facts: dict[str, Any]) -> tuple[Any, Format | None]:
        if column.endswith("_minor"):
            currency = str(facts["currency"])
            return Decimal(value).scaleb(-minor_digits(currency)), self._money(currency)
        if column == "weight_g":
            return Decimal(value).scaleb(-3), self._formats["kg"]
        return value, self._formats.get({"vat_rate": "percent", "quantity": "quantity"}.get(column, ""))

    def _money(self, currency: str) -> Format:
        if currency not in self._formats:
            digits = minor_digits(currency)
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            self._formats[currency] = self._book.add_format({"num_format": pattern})
        return self._formats[currency]

    def _word(self, block: str) -> str:
        return self._texts.plain(TEMPLATE, block, self._wanted.language, {})
