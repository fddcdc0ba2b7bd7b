"""A credit note as plain values, in the manner of its country: amounts below zero where accountants expect them so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNote
from db.models.invoices import Invoice
from services import countries
from services.invoice_document import Correction, DocumentLine, DocumentTax, InvoiceDocument, line_of, taxes_of


def frozen(session: Session, note_id: int) -> InvoiceDocument:
    """Read an issued credit note as plain values. Raises NoResultFound if there is none."""
    note = session.get_one(CreditNote, note_id)
    invoice = session.get_one(Invoice, note.invoice_id)
    sign = -1 if countries.profile(note.country).rectifies else 1
    return InvoiceDocument(
        label=note.label,
        issue_date=note.issue_date,
        due_date=None,
        delivery_date=None,
        language=note.language,
        country=note.country,
        seller=dict(note.seller),
        buyer=dict(note.buyer),
        shipment=_nothing_travels(note),
        delivery_address="",
        currency=note.currency,
        prices_include_vat=note.prices_include_vat,
        lines=tuple(_signed_line(line_of(line), sign) for line in note.lines),
        taxes=tuple(_signed_tax(tax, sign) for tax in taxes_of(note.taxes)),
        net_minor=sign * note.net_minor,
        vat_minor=sign * note.vat_minor,
        total_minor=sign * note.total_minor,
        corrects=Correction(invoice.label, invoice.issue_date, note.reason, note.whole),
    )


def _nothing_travels(note: CreditNote) -> dict[str, Any]:
    return {"order_id": note.order_id, "warehouse": "", "vehicle": "", "driver": "", "delivery_window": ""}


def _signed_line(line: DocumentLine, sign: int) -> DocumentLine:
    """The quantity has the sign too, so that it times the price is the amount."""
    return replace(
        line,
        quantity_milli=sign * line.quantity_milli,
        net_minor=sign * line.net_minor,
        vat_minor=sign * line.vat_minor,
        total_minor=sign * line.total_minor,
    )


def _signed_tax(tax: DocumentTax, sign: int) -> DocumentTax:
    return DocumentTax(tax.vat_rate, sign * tax.net_minor, sign * tax.vat_minor)
