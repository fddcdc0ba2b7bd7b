"""An invoice, or a credit note for one, as plain values, for those who draw and mail it with no transaction open.

Nothing here is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNoteLine, CreditNoteTax
from db.models.invoices import Invoice, InvoiceLine, InvoiceTax


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as printed. Money in minor units, quantity in thousandths of the base unit, rate as a fraction."""

    position: int
    kind: str
    article: str
    name: str
    unit_code: str
    factor_milli: int
    decimals: int
    quantity_milli: int
    price_minor: int
    vat_rate: Decimal
    net_minor: int
    vat_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """The tax at one rate, as printed."""

    vat_rate: Decimal
    net_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class Correction:
    """Of a credit note: which invoice it corrects, and why. ``whole``: nothing of the invoice stands any more."""

    label: str
    issue_date: date
    reason: str
    whole: bool


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """All that an invoice or a credit note prints. Money: minor units of ``currency``; days are the company's."""

    label: str
    issue_date: date
    due_date: date | None
    """None: nothing is to be paid."""
    delivery_date: date | None
    language: str
    country: str
    seller: dict[str, Any]
    """Keys as in ``Invoice.seller``."""
    buyer: dict[str, Any]
    """Keys as in ``Invoice.buyer``."""
    shipment: dict[str, Any]
    """Keys as in ``Invoice.shipment``."""
    delivery_address: str
    currency: str
    prices_include_vat: bool
    lines: tuple[DocumentLine, ...]
    taxes: tuple[DocumentTax, ...]
    """A rate at which nothing is billed, such as that of a free delivery, has no row."""
    net_minor: int
    vat_minor: int
    total_minor: int
    corrects: Correction | None = None
    """Of a credit note; None: this is an invoice."""


def frozen(session: Session, invoice_id: int) -> InvoiceDocument:
    """Read an issued invoice as plain values. Raises NoResultFound if there is none."""
    invoice = session.get_one(Invoice, invoice_id)
    return InvoiceDocument(
        label=invoice.label,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        delivery_date=invoice.delivery_date,
        language=invoice.language,
        country=invoice.country,
        seller=dict(invoice.seller),
        buyer=dict(invoice.buyer),
        shipment=dict(invoice.shipment),
        delivery_address=invoice.delivery_address,
        currency=invoice.currency,
        prices_include_vat=invoice.prices_include_vat,
        lines=tuple(map(line_of, invoice.lines)),
        taxes=taxes_of(invoice.taxes),
        net_minor=invoice.net_minor,
        vat_minor=invoice.vat_minor,
        total_minor=invoice.total_minor,
    )


def line_of(row: InvoiceLine | CreditNoteLine) -> DocumentLine:
    """A stored line as it is printed."""
    return DocumentLine(
        position=row.position,
        kind=row.kind,
        article=row.article,
        name=row.name,
        unit_code=row.unit_code,
        factor_milli=row.factor_milli,
        decimals=row.decimals,
        quantity_milli=row.quantity_milli,
        price_minor=row.price_minor,
        vat_rate=row.vat_rate,
        net_minor=row.net_minor,
        vat_minor=row.vat_minor,
        total_minor=row.total_minor,
    )


def taxes_of(rows: Sequence[InvoiceTax] | Sequence[CreditNoteTax]) -> tuple[DocumentTax, ...]:
    """The tax by rate as it is printed: without rates at which nothing is billed, unless that is all."""
    taxes = [DocumentTax(row.vat_rate, row.net_minor, row.vat_minor) for row in rows]
    return tuple([tax for tax in taxes if tax.net_minor or tax.vat_minor] or taxes)
