"""The table of an invoice's lines: as wide as the figures need, the rest for the names."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Final, NamedTuple

from delivery.pdf_layout import GREY, HAIRLINE, Fonts, Pen, Piece, Style, wrap
from services.invoice_document import DocumentLine, InvoiceDocument
from templates import text_filters
from templates.environment import Texts

_PAD_X: Final = 4.0
_PAD_Y: Final = 3.0
_LEFT_COLUMNS: Final = frozenset({"article", "name", "unit"})
_MOST: Final = {"position": 34.0, "article": 78.0, "unit": 44.0}
_NAMES: Final = ("position", "article", "name", "unit", "quantity", "price", "vat", "amount")
_NARROWEST_NAME: Final = 90.0

Word = Callable[..., str]


class _Column(NamedTuple):
    """A column's place; ``left`` and ``right`` are where its text may stand."""

    name: str
    left: float
    right: float

    @property
    def is_left(self) -> bool:
        return self.name in _LEFT_COLUMNS


class Table:
    """The header and the rows of one document, laid out between ``left`` and ``right``."""

    def __init__(self, document: InvoiceDocument, texts: Texts, word: Word, fonts: Fonts, edges: tuple[float, float]):
        self._left, self._right = edges
        self._body = Style(fonts.regular, 9, 11.2)
        self._head = Style(fonts.bold, 7.8, 9.6, GREY)
        self._headings = {name: word(f"column_{name}") for name in _NAMES}
        rates = {line.vat_rate: word("rate", rate=line.vat_rate) for line in document.lines}
        cell = partial(_cells, document, texts, word("delivery_line"), rates)
        self._cells = [cell(line) for line in document.lines]
        self._columns = self._place()

    def header(self) -> Piece:
        """The row that stands at the top of the table on every page."""
        lines = {column: self._wrapped(column, self._headings[column.name], self._head) for column in self._columns}
        height = max(map(len, lines.values())) * self._head.leading + 2 * _PAD_Y

        def draw(pen: Pen, top: float) -> None:
            pen.tint(self._left, self._right, top, height)
            for column, texts in lines.items():
                self._draw_cell(pen, column, texts, top, self._head)
            pen.rule(self._left, self._right, top - height, colour=GREY)

        return Piece(height, draw)

    def rows(self) -> list[Piece]:
        """A piece for each line, in order."""
        return [self._row(cells) for cells in self._cells]

    def _row(self, cells: dict[str, str]) -> Piece:
        lines = [(column, self._wrapped(column, cells[column.name], self._body)) for column in self._columns]
        height = max(len(texts) for _, texts in lines) * self._body.leading + 2 * _PAD_Y

        def draw(pen: Pen, top: float) -> None:
            for column, texts in lines:
                self._draw_cell(pen, column, texts, top, self._body)
            pen.rule(self._left, self._right, top - height, colour=HAIRLINE)

        return Piece(height, draw)

    def _wrapped(self, column: _Column, text: str, style: Style) -> list[str]:
        return wrap(text, style, column.right - column.left + 0.01)

    def _draw_cell(self, pen: Pen, column: _Column, lines: list[str], top: float, style: Style) -> None:
        baseline = top - _PAD_Y - style.size * 0.92
        for index, line in enumerate(lines):
            y = baseline - index * style.leading
            if column.is_left:
                pen.text(column.left, y, line, style)
            else:
                pen.text_right(column.right, y, line, style)

    def _place(self) -> list[_Column]:
        """Give every column what its longest text needs, and the names what is left."""
        widths = {name: self._natural(name) for name in _NAMES if name != "name"}
        inner = self._right - self._left - 2 * _PAD_X * len(_NAMES)
        widths["name"] = max(inner - sum(widths.values()), _NARROWEST_NAME)
        squeeze = min(1.0, inner / sum(widths.values()))
        columns, x = [], self._left
        for name in _NAMES:
            width = widths[name] * squeeze
            columns.append(_Column(name, x + _PAD_X, x + _PAD_X + width))
            x += width + 2 * _PAD_X
        return columns

    def _natural(self, name: str) -> float:
        longest = max((self._body.face.width(cells[name], self._body.size) for cells in self._cells), default=0.0)
        heading = self._head.face.width(self._headings[name], self._head.size)
        return min(max(longest, heading), _MOST.get(name, self._right))


def _cells(
    document: InvoiceDocument, texts: Texts, delivery: str, rates: dict[Decimal, str], line: DocumentLine
) -> dict[str, str]:
    """What stands in a line's row. The amount is with or without VAT, as the prices are."""
    language, currency = document.language, document.currency
    amount_minor = line.total_minor if document.prices_include_vat else line.net_minor
    is_delivery = line.kind == "delivery"
    quantity = text_filters.quantity(line.quantity_milli, line.factor_milli, line.decimals, locale=language)
    return {
        "position": str(line.position),
        "article": line.article,
        "name": delivery if is_delivery else line.name,
        "unit": texts.unit(line.unit_code, language),
        "quantity": quantity.replace("−", "-"),  # the sign that amounts have
        "price": text_filters.amount(line.price_minor, currency, locale=language),
        "vat": rates[line.vat_rate],
        "amount": text_filters.amount(amount_minor, currency, locale=language),
    }
