"""A period's figures as an XLSX workbook, written as the rows are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from delivery.typed_sheets import TypedSheets
from services.figures_export import CreditRow, LineRow, OrderRow, Request
from services.statistics import Basis, By, Entry, Figures
from templates.environment import Texts

TEMPLATE: Final = "sheets/figures.html"
_WIDTHS: Final = {"client": 30, "name": 36, "product": 36, "rep": 20, "storekeeper": 20, "warehouse": 18, "what": 22,
         "reason": 36, "credit_note": 18, "invoice": 18, "whole": 20}  # fmt: skip
_PATTERNS: Final = {"vat_rate": "0.##%", "quantity": "#,##0.###", "weight_g": "#,##0.000"}
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
        self._sheets = TypedSheets(texts, TEMPLATE, wanted.language, _WIDTHS, patterns=_PATTERNS, zone=wanted.time_zone)

    def add_summary(self, figures: Figures) -> None:
        """The period in all, a row for each basis and currency."""
        rows = [
            {
                **{name: getattr(sums, name) for name in _SUM_COLUMNS[1:]},
                "what": self._sheets.word(f"basis_{basis.value}"),
                "weight_g": _kg(sums.weight_g),
            }
            for basis in Basis
            for sums in getattr(figures, basis.value)
        ]
        title = self._sheets.word("title", first=self._wanted.period.first, last=self._wanted.period.last)
        self._sheets.add("sheet_summary", _SUM_COLUMNS, rows, title=[title])

    def add_orders(self, basis: Basis, orders: Iterable[OrderRow]) -> None:
        """The orders formed or loaded."""
        states = ("draft", "waiting", "submitted", "loading", "loaded", "cancelled", "voided")
        words = {state: self._sheets.word(f"state_{state}") for state in states}
        rows = (
            {**row._asdict(), "status": words.get(row.status, row.status), "weight_g": _kg(row.weight_g)}
            for row in orders
        )
        self._sheets.add(f"sheet_{basis.value}", _ORDER_COLUMNS, rows)

    def add_lines(self, lines: Iterable[LineRow]) -> None:
        """The lines of what was loaded."""
        delivery, goods = self._sheets.word("kind_delivery"), self._sheets.word("kind_goods")
        units: dict[str, str] = {}
        self._sheets.add("sheet_lines", _LINE_COLUMNS, (self._line(row, units, delivery, goods) for row in lines))

    def add_credits(self, notes: Iterable[CreditRow]) -> None:
        """The credit notes, with what each takes back."""
        extent = {True: self._sheets.word("extent_whole"), False: self._sheets.word("extent_part")}
        rows = ({**row._asdict(), "whole": extent[row.whole]} for row in notes)
        self._sheets.add("sheet_credits", CreditRow._fields, rows)

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
        nobody = self._sheets.word("nobody")
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
        self._sheets.add(f"sheet_{what.value}", columns, rows)

    def close(self) -> bytes:
        """The finished workbook."""
        return self._sheets.close()


def _kg(grams: int) -> Decimal:
    """What stands in the column, whose name is that of the fact."""
    return Decimal(grams).scaleb(-3)
