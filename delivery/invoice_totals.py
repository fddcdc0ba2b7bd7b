"""The lower part of an invoice: the bank code, the totals, the amount in words, and where people sign."""

from __future__ import annotations

from typing import Final

from delivery import bank_qr
from delivery.invoice_sheet import COLUMNS, LEFT, RIGHT, Sheet
from delivery.pdf_layout import GREY, INK, Pen, Piece, Style, beside, space, stack, wrap
from services.countries import BankForm
from services.invoice_document import DocumentTax
from templates.amount_words import in_words

_CODE: Final = 92.0
_ROW: Final = 13.5


def tail(sheet: Sheet) -> Piece:
    """All of it, as one piece that is never split."""
    return stack(
        [
            space(8),
            beside([_left(sheet), _totals(sheet)]),
            space(8),
            _in_words(sheet),
            space(20),
            _signatures(sheet),
        ]
    )


def _left(sheet: Sheet) -> Piece:
    """The code that a banking app reads, where the seller's bank details make one; else what the prices mean."""
    said = bank_qr.payload(sheet.document, sheet.reference())
    note = sheet.constant("prices_note", is_taxed=any(tax.vat_rate for tax in sheet.document.taxes))
    left, right = COLUMNS[0]
    if said is None:
        lines = wrap(note, sheet.small, right - left, most=3)
        return Piece(
            12 + len(lines) * sheet.small.leading, lambda pen, top: pen.lines(left, top - 10, lines, sheet.small)
        )
    rows = bank_qr.modules(said)
    start = left + _CODE + 12
    scan = wrap(sheet.constant("scan"), sheet.small, right - start, most=6)
    lines = wrap(note, sheet.small, right - start, most=4)

    def draw(pen: Pen, top: float) -> None:
        pen.code(left, top - 4, rows, _CODE)
        pen.lines(start, top - 11, scan, sheet.small)
        bottom = top - 4 - _CODE + (len(lines) - 1) * sheet.small.leading + 1
        pen.lines(start, bottom, lines, sheet.small)

    return Piece(_CODE + 6, draw)


def _totals(sheet: Sheet) -> Piece:
    """Net, the tax at each rate, and what is to pay."""
    document = sheet.document
    rows = [(sheet.constant("net"), sheet.money(document.net_minor))]
    rows += [_tax(sheet, tax) for tax in document.taxes]
    total, sum_total = sheet.constant("total"), sheet.money(document.total_minor)
    large = Style(sheet.fonts.bold, 12.5, 16, INK)
    left, right = COLUMNS[1][0], RIGHT - 4

    def draw(pen: Pen, top: float) -> None:
        y = top - 11
        for label, value in rows:
            pen.text(left, y, label, sheet.label)
            pen.text_right(right, y, value, sheet.body)
            y -= _ROW
        pen.rule(left, RIGHT, y + 5, colour=INK, width=0.8)
        pen.text(left, y - 12, total, large)
        pen.text_right(right, y - 12, sum_total, large)

    return Piece(len(rows) * _ROW + 30, draw)


def _tax(sheet: Sheet, tax: DocumentTax) -> tuple[str, str]:
    """A rate with what it is taken of, and the tax."""
    label = sheet.word("tax", rate=tax.vat_rate, net_minor=tax.net_minor)
    return label, sheet.word("tax_amount", rate=tax.vat_rate, vat_minor=tax.vat_minor)


def _in_words(sheet: Sheet) -> Piece:
    """How many lines come to how much, and the sum spelt out, so that nobody can add a digit."""
    document = sheet.document
    count = sheet.word("count", count=len(document.lines), total_minor=document.total_minor)
    counted = wrap(count, sheet.body, RIGHT - LEFT, most=2)
    spelt = in_words(document.total_minor, document.currency, locale=document.language)
    lines = wrap(spelt, sheet.strong, RIGHT - LEFT, most=4) if spelt else []

    def draw(pen: Pen, top: float) -> None:
        pen.lines(LEFT, top - 9, counted, sheet.body)
        pen.lines(LEFT, top - 9 - len(counted) * sheet.body.leading - 1.5, lines, sheet.strong)

    return Piece(len(counted) * sheet.body.leading + len(lines) * sheet.strong.leading + 2, draw)


def _signatures(sheet: Sheet) -> Piece:
    """Where the director signs, or a sole trader; the accountant too, and the stamp, where that is the custom."""
    seller, russian = sheet.document.seller, sheet.country.bank is BankForm.RUSSIAN
    is_alone = sheet.country.is_sole_trader(seller["tax_id"])
    pieces = [_signature(sheet, "sole_trader" if is_alone else "director", seller["director"], COLUMNS[0])]
    if seller["accountant"] or (russian and not is_alone):
        pieces.append(_signature(sheet, "accountant", seller["accountant"], COLUMNS[1]))
    if russian:
        stamp = sheet.constant("stamp")
        pieces.append(Piece(46, lambda pen, top: pen.text(LEFT, top - 42, stamp, sheet.small)))
    return beside(pieces)


def _signature(sheet: Sheet, role: str, name: str, edges: tuple[float, float]) -> Piece:
    """A label, a line to sign on, and the name below it."""
    left, right = edges
    label = sheet.constant(role)
    start = left + sheet.body.face.width(label, sheet.body.size) + 8
    lines = wrap(name, sheet.small, right - start, most=2) if name else []

    def draw(pen: Pen, top: float) -> None:
        pen.text(left, top - 12, label, sheet.body)
        pen.rule(start, right, top - 14, colour=GREY)
        pen.lines(start, top - 24, lines, sheet.small)

    return Piece(18 + 10 * len(lines), draw)
