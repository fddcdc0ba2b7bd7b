"""The upper part of a paper: who sells, who buys; what is paid where and how the goods went, or what it corrects."""

from __future__ import annotations

from typing import Final, NamedTuple

from delivery.invoice_sheet import COLUMNS, LEFT, RIGHT, Sheet
from delivery.pdf_layout import GREY, Pen, Piece, beside, space, stack, wrap
from services import countries
from services.countries import TaxId
from services.invoice_document import Correction

_MOST_LINES: Final = {"": 7, "place": 12}  # what the columns of our tables hold; with 3 for the rest a page is full
_GAP: Final = 11.0


class _Detail(NamedTuple):
    """One line of a box. Without a ``label`` it is a name."""

    block: str
    label: str
    value: str


def boxes(sheet: Sheet) -> Piece:
    """The boxes, in two columns; one that has nothing to say is left out."""
    rows = [
        beside([_box(sheet, "seller", _seller(sheet), COLUMNS[0]), _box(sheet, "buyer", _buyer(sheet), COLUMNS[1])]),
    ]
    if sheet.document.corrects is not None:
        rows.append(_box(sheet, "correction", _correction(sheet, sheet.document.corrects), (LEFT, RIGHT)))
    else:
        how = [
            _box(sheet, "payment", _payment(sheet), COLUMNS[0]),
            _box(sheet, "delivery", _delivery(sheet), COLUMNS[1]),
        ]
        rows.append(beside(how))
    return stack([row for row in rows if row.height], gap=_GAP)


def _seller(sheet: Sheet) -> list[_Detail]:
    seller = sheet.document.seller
    return [
        _Detail("", "", seller["legal_name"] or seller["name"]),
        _tax_id(sheet, sheet.document.country, seller["tax_id"], seller["tax_reason_code"]),
        _labelled(sheet, "place", seller["address"]),
        _labelled(sheet, "phone", seller["director_phone"]),
        _labelled(sheet, "email", seller["email"]),
    ]


def _buyer(sheet: Sheet) -> list[_Detail]:
    buyer = sheet.document.buyer
    return [
        _Detail("", "", buyer["legal_name"] or buyer["name"]),
        _tax_id(sheet, buyer["country"], buyer["tax_id"], buyer["tax_reason_code"]),
        _labelled(sheet, "place", buyer["address"]),
        _labelled(sheet, "contact", buyer["contact"]),
        _labelled(sheet, "phone", buyer["phone"]),
        _labelled(sheet, "email", buyer["email"]),
    ]


def _payment(sheet: Sheet) -> list[_Detail]:
    seller = sheet.document.seller
    if not (seller["bank_account"] or seller["bank_name"]):
        return []
    return [
        _Detail("", "", seller["bank_name"]),
        _labelled(sheet, "bank_account", _grouped(sheet, seller["bank_account"])),
        _labelled(sheet, "bank_code", seller["bank_code"]),
        _labelled(sheet, "correspondent_account", seller["correspondent_account"]),
        _labelled(sheet, "reference", sheet.reference()),
    ]


def _delivery(sheet: Sheet) -> list[_Detail]:
    document, shipment = sheet.document, sheet.document.shipment
    day = sheet.day(document.delivery_date) if document.delivery_date else ""
    window = shipment["delivery_window"].replace("-", "–")
    return [
        _labelled(sheet, "place", document.delivery_address),
        _labelled(sheet, "day", f"{day}, {window}" if day and window else day),
        _labelled(sheet, "order", sheet.word("order_number", number=shipment["order_id"])),
        _labelled(sheet, "warehouse", shipment["warehouse"]),
        _labelled(sheet, "vehicle", shipment["vehicle"]),
        _labelled(sheet, "driver", shipment["driver"]),
    ]


def _correction(sheet: Sheet, corrects: Correction) -> list[_Detail]:
    """Which invoice is corrected, by how much of it, and why."""
    invoice = sheet.word("corrected_invoice", corrected=corrects.label, day=corrects.issue_date)
    return [
        _labelled(sheet, "corrected", invoice),
        _labelled(sheet, "order", sheet.word("order_number", number=sheet.document.shipment["order_id"])),
        _labelled(sheet, "extent", sheet.constant("whole" if corrects.whole else "in_part")),
        _labelled(sheet, "reason", corrects.reason),
    ]


def _labelled(sheet: Sheet, block: str, value: str) -> _Detail:
    return _Detail(block, sheet.constant(block), value)


def _tax_id(sheet: Sheet, country: str, number: str, reason_code: str) -> _Detail:
    kind = countries.profile(country or sheet.document.country).tax_id
    if kind is TaxId.INN and number and reason_code:
        return _Detail("tax_id", sheet.constant("tax_id_and_reason"), f"{number} / {reason_code}")
    return _Detail("tax_id", sheet.constant("tax_id", tax_id=kind.value), number)


def _grouped(sheet: Sheet, account: str) -> str:
    """An IBAN in groups of four, as it is printed; other accounts as they are."""
    if sheet.country.bank is not countries.BankForm.IBAN or not account.isalnum():
        return account
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))


def _box(sheet: Sheet, heading: str, details: list[_Detail], edges: tuple[float, float]) -> Piece:
    """A captioned list of details; without any detail nothing at all."""
    left, right = edges
    present = [detail for detail in details if detail.value.strip()]
    if not present:
        return space(0)
    indent = max(sheet.body.face.width(detail.label, sheet.body.size) for detail in present) + 9
    caption = sheet.constant(heading)
    body = stack([_line(sheet, detail, (left, right, min(indent, (right - left) / 2))) for detail in present])

    def draw(pen: Pen, top: float) -> None:
        pen.rule(left, right, top, colour=GREY, width=0.6)
        pen.text(left, top - 11, caption, sheet.caption)
        body.draw(pen, top - 17)

    return Piece(body.height + 18, draw)


def _line(sheet: Sheet, detail: _Detail, edges: tuple[float, float, float]) -> Piece:
    left, right, indent = edges
    style = sheet.body if detail.label else sheet.strong
    start = left + indent if detail.label else left
    lines = wrap(detail.value, style, right - start, most=_MOST_LINES.get(detail.block, 3))

    def draw(pen: Pen, top: float) -> None:
        if detail.label:
            pen.text(left, top - 9, detail.label, sheet.label)
        pen.lines(start, top - 9, lines, style)

    return Piece(len(lines) * style.leading, draw)
