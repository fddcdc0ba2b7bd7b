"""Invoices: numbered without gaps, and frozen when they are issued. A correction is a credit note, never a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.clients import Client
from db.models.company import Company
from db.models.files import File
from db.models.invoices import Invoice, InvoiceLine, InvoiceTax
from db.models.orders import Order, OrderLine, OrderTax
from services import clients, company, counters, mailing, outbox
from services.errors import DomainError
from services.jobs import Job

_SELLER = (
    "name",
    "legal_name",
    "tax_id",
    "tax_reason_code",
    "address",
    "email",
    "director",
    "director_phone",
    "accountant",
    "bank_name",
    "bank_code",
    "bank_account",
    "correspondent_account",
)
_BUYER = ("name", "legal_name", "tax_id", "tax_reason_code", "address", "contact", "phone", "email")


class NotBilledYet(DomainError):
    """The order has no invoice. Facts: order (its id)."""


def issue(session: Session, order: Order, *, now: datetime) -> Invoice:
    """Bill a loaded order: take the next number of the series and the company's year, copy all that is printed.

    The totals are the order's stored ones. Part of ``loading.confirm``, which has locked the order and its stock
    and checked who may; locks the counter, then the lane of the drawing job, which it puts into the outbox.
    """
    seller, buyer = company.get(session), order.client
    if buyer is None:
        raise ValueError(f"order {order.id} has no client")
    today = company.today(seller, now)
    number = counters.take(session, f"invoice:{seller.invoice_series}:{today.year}")
    invoice = Invoice(
        series=seller.invoice_series,
        year=today.year,
        number=number,
        order_id=order.id,
        issued_at=now,
        issue_date=today,
        due_date=today + timedelta(days=seller.invoice_due_days),
        delivery_date=order.delivery_date,
        language=buyer.language,
        country=seller.country,
        seller=_copied(seller, _SELLER) | {"logo_sha256": _logo(session, seller)},
        buyer=_copied(buyer, _BUYER) | {"country": clients.country_of(session, buyer)},
        shipment=_shipment(order),
        delivery_address=order.address,
        currency=order.currency,
        prices_include_vat=order.prices_include_vat,
        net_minor=order.net_minor,
        vat_minor=order.vat_minor,
        total_minor=order.total_minor,
        lines=_lines(order.lines),
        taxes=_taxes(order.taxes),
    )
    session.add(invoice)
    session.flush()
    lane = f"pdf:{invoice.id}"
    drawing = outbox.Item(lane=lane, kind=Job.DRAW_INVOICE, payload={"invoice_id": invoice.id}, dedupe=lane)
    outbox.put(session, [drawing], now=now)
    return invoice


def find_of_order(session: Session, order_id: int) -> Invoice | None:
    """The order's invoice, once it was issued."""
    return session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one_or_none()


def attach_pdf(session: Session, invoice_id: int, file_id: int, *, now: datetime) -> None:
    """Keep the drawn PDF, once, and have it mailed; where the buyer has no e-mail, the order's rep gets it instead.

    Announces ``invoice_kept`` with the PDF. Locks the invoice, then the lane of the letter. Raises NoResultFound if
    there is no such invoice.
    """
    invoice = session.scalars(
        select(Invoice).where(Invoice.id == invoice_id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()
    if invoice.pdf_file_id is not None:
        return
    invoice.pdf_file_id = file_id
    session.flush()
    mailing.hand_over(session, invoice, now=now)


def _logo(session: Session, seller: Company) -> str:
    """Where the bytes of today's logo lie; a later one is for later invoices."""
    logo = session.get(File, seller.logo_file_id) if seller.logo_file_id is not None else None
    return logo.sha256 if logo is not None else ""


def _shipment(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "warehouse": order.warehouse.name if order.warehouse else "",
        "vehicle": order.vehicle,
        "driver": order.driver,
        "delivery_window": order.delivery_window,
    }


def _copied(row: Company | Client, names: Iterable[str]) -> dict[str, str]:
    return {name: getattr(row, name) for name in names}


def _lines(lines: Iterable[OrderLine]) -> list[InvoiceLine]:
    """Copy the lines, the delivery after the goods; of what was not loaded at all nothing is billed."""
    loaded = [line for line in lines if line.quantity_milli]
    printed = sorted(loaded, key=lambda line: (line.kind == "delivery", line.position, line.id))
    return [
        InvoiceLine(
            position=position,
            kind=line.kind,
            article=line.article,
            name=line.name,
            unit_code=line.unit_code,
            factor_milli=line.factor_milli,
            decimals=line.decimals,
            quantity_milli=line.quantity_milli,
            price_minor=line.price_minor,
            vat_rate=line.vat_rate,
            net_minor=line.net_minor,
            vat_minor=line.vat_minor,
            total_minor=line.total_minor,
        )
        for position, line in enumerate(printed, start=1)
    ]


def _taxes(taxes: Iterable[OrderTax]) -> list[InvoiceTax]:
    return [InvoiceTax(vat_rate=tax.vat_rate, net_minor=tax.net_minor, vat_minor=tax.vat_minor) for tax in taxes]
