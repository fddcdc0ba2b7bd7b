"""An invoice as plain values, for those who draw and mail it with no transaction open. Nothing here is computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

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
class InvoiceDocument:
    """All that an invoice prints. Money: minor units of ``currency``; days are the company's."""

    label: str
    issue_date: date
    due_date: date
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
        lines=tuple(map(_line, invoice.lines)),
        taxes=tuple(map(_tax, [row for row in invoice.taxes if row.net_minor or row.vat_minor] or invoice.taxes)),
        net_minor=invoice.net_minor,
        vat_minor=invoice.vat_minor,
        total_minor=invoice.total_minor,
    )


def _line(row: InvoiceLine) -> DocumentLine:
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


def _tax(row: InvoiceTax) -> DocumentTax:
    return DocumentTax(vat_rate=row.vat_rate, net_minor=row.net_minor, vat_minor=row.vat_minor)
