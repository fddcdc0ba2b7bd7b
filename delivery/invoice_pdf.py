"""The invoice or credit note as PDF, drawn from frozen data: the same document and logo give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from delivery import invoice_parties, invoice_totals
from delivery.invoice_sheet import BOTTOM, LEFT, RIGHT, TOP, Sheet
from delivery.invoice_table import Table
from delivery.logo import Logo
from delivery.pdf_layout import GREY, Fonts, Pen, Piece, Style, fit, space, stack, wrap
from services.invoice_document import InvoiceDocument
from templates.environment import Texts

_FOOT: Final = 36.0
_HEAD: Final = 50.0
"""Room for the logo, or the seller's name where there is none."""
_BAND: Final = 40.0


def draw(document: InvoiceDocument, texts: Texts, fonts_dir: Path, logo: Logo | None = None) -> bytes:
    """Draw an issued paper in its own language. Reads the stored totals and computes nothing.

    ``fonts_dir`` holds PTSans-Regular.ttf and PTSans-Bold.ttf.
    """
    sheet = Sheet(document, texts, Fonts.load(fonts_dir))
    table = Table(document, texts, sheet.constant, sheet.fonts, (LEFT, RIGHT))
    head = stack(
        [_letterhead(sheet, logo), _title(sheet), _band(sheet), space(13), invoice_parties.boxes(sheet), space(12)]
    )
    pages = _paginate(head, _continued(sheet), table, invoice_totals.tail(sheet))
    seller = document.seller["name"]
    title = sheet.word("subject", seller=seller)
    pen = Pen(sheet.fonts, title=title, author=seller, language=document.language)
    for number, pieces in enumerate(pages, start=1):
        top = TOP
        for piece in pieces:
            piece.draw(pen, top)
            top -= piece.height
        _foot(sheet, pen, title, page=number, pages=len(pages))
        pen.next_page()
    return pen.finish()


def _paginate(head: Piece, continued: Piece, table: Table, tail: Piece) -> list[list[Piece]]:
    """Share the rows out among pages; the totals never stand alone, the last row goes with them."""
    room, header, rows = TOP - BOTTOM, table.header(), table.rows()
    pages = [[head, header]]
    left = room - head.height - header.height
    for index, row in enumerate(rows):
        needed = row.height + (tail.height if index == len(rows) - 1 else 0)
        if needed > left and (len(pages) == 1 or len(pages[-1]) > 2):
            pages.append([continued, header])
            left = room - continued.height - header.height
        pages[-1].append(row)
        left -= row.height
    pages[-1].append(tail)
    return pages


def _letterhead(sheet: Sheet, logo: Logo | None) -> Piece:
    """Whose paper it is: the name on the left, the logo in the right corner."""
    style = Style(sheet.fonts.bold, 10.5, 13)
    width = RIGHT - LEFT - (logo.width + 20 if logo else 0)
    name = wrap(sheet.document.seller["name"], style, width, most=2)

    def draw_it(pen: Pen, top: float) -> None:
        pen.lines(LEFT, top - 9, name, style)
        if logo:
            pen.picture(RIGHT, top, logo.jpeg, (logo.width, logo.height))

    return Piece(max(_HEAD if logo else 0, len(name) * style.leading + 16), draw_it)


def _title(sheet: Sheet) -> Piece:
    """What the paper is, its number and its day; the day goes to a line of its own where it does not fit."""
    bold, plain = Style(sheet.fonts.bold, 19, 23), Style(sheet.fonts.regular, 12.5, 16)
    dated = sheet.word("dated")
    heading = wrap(sheet.word("title"), bold, RIGHT - LEFT, most=2)
    after = LEFT + bold.face.width(heading[-1], bold.size) + 7
    same_line = len(heading) == 1 and after + plain.face.width(dated, plain.size) <= RIGHT
    height = 8 + len(heading) * bold.leading + (0 if same_line else plain.leading)

    def draw_it(pen: Pen, top: float) -> None:
        y = top - 19
        pen.lines(LEFT, y, heading, bold)
        y -= (len(heading) - 1) * bold.leading
        pen.text(after if same_line else LEFT, y - (0 if same_line else plain.leading), dated, plain)

    return Piece(height, draw_it)


def _band(sheet: Sheet) -> Piece:
    """What whoever pays looks for first: how much, until when; of a credit note for which invoice."""
    facts = [(sheet.constant("total"), sheet.money(sheet.document.total_minor))]
    if sheet.document.due_date is not None:
        facts.append((sheet.constant("pay_by"), sheet.day(sheet.document.due_date)))
    if sheet.document.corrects is not None:
        facts.append((sheet.constant("corrected"), sheet.document.corrects.label))
    large = Style(sheet.fonts.bold, 12.5, 15)
    width = (RIGHT - LEFT) / len(facts)

    def draw_it(pen: Pen, top: float) -> None:
        pen.tint(LEFT, RIGHT, top, _BAND)
        for number, (label, value) in enumerate(facts):
            x = LEFT + 10 + number * (width + 3)
            pen.text(x, top - 14, label, sheet.small)
            pen.text(x, top - 30, fit(value, large, width - 16), large)

    return Piece(_BAND, draw_it)


def _continued(sheet: Sheet) -> Piece:
    text = sheet.word("continued")
    return Piece(20, lambda pen, top: pen.text(LEFT, top - 9, text, sheet.strong))


def _foot(sheet: Sheet, pen: Pen, title: str, *, page: int, pages: int) -> None:
    pen.rule(LEFT, RIGHT, _FOOT + 14, colour=GREY, width=0.4)
    pen.text(LEFT, _FOOT, fit(title, sheet.small, (RIGHT - LEFT) * 0.75), sheet.small)
    pen.text_right(RIGHT, _FOOT, sheet.word("page", page=page, pages=pages), sheet.small)
