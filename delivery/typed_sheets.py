"""An XLSX workbook of typed cells, one row at a time, so that size costs time and not memory.

Money is a number with its currency's decimals, days and moments are dates. Text is always written as text: a name that
begins with ``=`` is a name and no formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from templates.environment import Texts
from templates.text_filters import minor_digits

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 31
_WIDTH = 14
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class TypedSheets:
    """A workbook that is being drawn. Sheets must be added one after the other; ``close`` gives the bytes.

    ``template`` has a block for each sheet's name and each column's head; ``widths`` the columns that are not narrow,
    ``patterns`` the number formats of those that are neither money nor plain; moments are told in ``zone``.
    """

    def __init__(
        self,
        texts: Texts,
        template: str,
        language: str,
        widths: Mapping[str, int],
        *,
        patterns: Mapping[str, str] = _NONE,
        zone: str = "UTC",
    ) -> None:
        self._texts, self._template, self._language, self._widths = texts, template, language, widths
        self._patterns, self._zone = patterns, ZoneInfo(zone)
        self._bytes = BytesIO()
        self._book = xlsxwriter.Workbook(self._bytes, {"constant_memory": True})
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._title = self._book.add_format({"bold": True, "font_size": 14})
        self._formats: dict[str, Format] = {}

    def add(
        self, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, title: Sequence[str] = ()
    ) -> None:
        """A sheet: ``title`` lines, the heads of the columns, the rows. ``…_minor`` is in the row's ``currency``."""
        sheet = self._book.add_worksheet(self.word(name)[:_LONGEST_NAME])
        for number, line in enumerate(title):
            sheet.write_string(number, 0, line, self._title if number == 0 else None)
        top = len(title) + 1 if title else 0
        for position, column in enumerate(columns):
            sheet.set_column(position, position, self._widths.get(column, _WIDTH))
            sheet.write_string(top, position, self.word(column), self._head)
        sheet.freeze_panes(top + 1, 0)
        last = top
        for last, row in enumerate(rows, start=top + 1):
            for position, column in enumerate(columns):
                self._write(sheet, last, position, column, row)
        sheet.autofilter(top, 0, last, len(columns) - 1)

    def word(self, block: str, **facts: Any) -> str:
        """A block of the template as one line of text, in the reader's language."""
        return self._texts.plain(self._template, block, self._language, facts)

    def close(self) -> bytes:
        """The finished workbook."""
        self._book.close()
        return self._bytes.getvalue()

    def _write(self, sheet: Worksheet, row: int, position: int, column: str, facts: Mapping[str, Any]) -> None:
        value = facts[column]
        if value is None:
            return
        if isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            sheet.write_datetime(row, position, local, self._format("dd.mm.yyyy hh:mm"))
        elif isinstance(value, date):
            midnight = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day
            sheet.write_datetime(row, position, midnight, self._format("dd.mm.yyyy"))
        elif isinstance(value, str):
            sheet.write_string(row, position, value)
        elif column.endswith("_minor"):
            digits = minor_digits(str(facts["currency"]))
            pattern = "#,##0" + ("." + "0" * digits if digits else "")
            sheet.write_number(row, position, Decimal(value).scaleb(-digits), self._format(pattern))
        elif column in self._patterns:
            sheet.write_number(row, position, value, self._format(self._patterns[column]))
        else:
            sheet.write_number(row, position, value)

    def _format(self, pattern: str) -> Format:
        if pattern not in self._formats:
            self._formats[pattern] = self._book.add_format({"num_format": pattern})
        return self._formats[pattern]
