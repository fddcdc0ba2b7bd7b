"""Invoices: what was billed, frozen when the number was taken, and each request to mail it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model
from db.models.papers import Paper, PaperLine


class Invoice(Paper, Model):
    """An issued invoice. All that it prints stands here and never changes."""

    __tablename__ = "invoice"
    __table_args__ = (UniqueConstraint("series", "year", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), unique=True)
    due_date: Mapped[date] = mapped_column(Date)
    delivery_date: Mapped[date | None] = mapped_column(Date)
    shipment: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """order_id, warehouse, vehicle, driver, delivery_window."""
    delivery_address: Mapped[str] = mapped_column(String(500), default="")
    pdf_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))

    lines: Mapped[list[InvoiceLine]] = relationship(order_by="InvoiceLine.position", cascade="all, delete-orphan")
    taxes: Mapped[list[InvoiceTax]] = relationship(order_by="InvoiceTax.vat_rate", cascade="all, delete-orphan")


class InvoiceLine(PaperLine, Model):
    """A line of an invoice."""

    __tablename__ = "invoice_line"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)


class InvoiceTax(Model):
    """The invoice's tax at one rate, as printed."""

    __tablename__ = "invoice_tax"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True)
    vat_rate: Mapped[Decimal] = mapped_column(primary_key=True)
    net_minor: Mapped[int]
    vat_minor: Mapped[int]


class MailRequest(Model):
    """One request to send one invoice, or a credit note for it, to one address.

    A resend is a new request; a retry is the same one.
    """

    __tablename__ = "mail_request"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("credit_note.id"), index=True)
    """The credit note for that invoice which is sent; None: the invoice itself."""
    address: Mapped[str] = mapped_column(String(254))
    copy_to: Mapped[str] = mapped_column(String(254), default="")
    """The company's own address, where it wants a copy; empty: no copy."""
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: by the confirmed loading."""
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    """The same on every retry, so that a mail server can tell a repeat."""
    state: Mapped[str] = mapped_column(String(16))
    """``queued``, ``delayed`` (refused for now, tried again), ``accepted`` by the mail server, ``refused`` for ever,
    ``withdrawn`` before it left, for another address."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    requested_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
