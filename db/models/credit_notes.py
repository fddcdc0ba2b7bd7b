"""Credit notes: what of an invoice was taken back, frozen when the number was taken."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model


class CreditNote(Model):
    """An issued credit note. All that it prints stands here and never changes. Amounts are above zero; money in minor
    units of ``currency``.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("series", "year", "number"),
        Index("ix_credit_note_issued", "issued_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    series: Mapped[str] = mapped_column(String(16))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    """Gapless within series and year."""
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    issue_date: Mapped[date] = mapped_column(Date)
    """The day in the company's time zone."""
    reason: Mapped[str] = mapped_column(Text)
    whole: Mapped[bool] = mapped_column(Boolean)
    """Whether nothing of the invoice stands any more after it."""
    language: Mapped[str] = mapped_column(String(5))
    country: Mapped[str] = mapped_column(String(2))
    seller: Mapped[dict[str, Any]]
    """As the invoice has it."""
    buyer: Mapped[dict[str, Any]]
    currency: Mapped[str] = mapped_column(String(3))
    prices_include_vat: Mapped[bool] = mapped_column(Boolean)
    goods_minor: Mapped[int]
    """Of the total: goods, VAT included."""
    delivery_minor: Mapped[int]
    """Of the total: delivery, VAT included."""
    net_minor: Mapped[int]
    vat_minor: Mapped[int]
    total_minor: Mapped[int]
    weight_g: Mapped[int] = mapped_column(default=0)
    pdf_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))

    lines: Mapped[list[CreditNoteLine]] = relationship(order_by="CreditNoteLine.position", cascade="all, delete-orphan")
    taxes: Mapped[list[CreditNoteTax]] = relationship(order_by="CreditNoteTax.vat_rate", cascade="all, delete-orphan")

    @property
    def label(self) -> str:
        """The number as people write it: ``CN-2026-000001``."""
        return f"{self.series}-{self.year}-{self.number:06d}"


class CreditNoteLine(Model):
    """A line as printed: how much of a line of the order is taken back."""

    __tablename__ = "credit_note_line"

    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """``goods`` or ``delivery``."""
    article: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    unit_code: Mapped[str] = mapped_column(String(16))
    factor_milli: Mapped[int]
    decimals: Mapped[int] = mapped_column(Integer)
    quantity_milli: Mapped[int]
    """Thousandths of the base unit."""
    price_minor: Mapped[int]
    vat_rate: Mapped[Decimal]
    net_minor: Mapped[int]
    vat_minor: Mapped[int]
    total_minor: Mapped[int]
    weight_g: Mapped[int] = mapped_column(default=0)
    goods_to: Mapped[str] = mapped_column(String(16), default="")
    """Where the goods go: ``shelf``, or ``written_off``; empty for the delivery."""


class CreditNoteTax(Model):
    """The credit note's tax at one rate, as printed."""

    __tablename__ = "credit_note_tax"

    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"), primary_key=True)
    vat_rate: Mapped[Decimal] = mapped_column(primary_key=True)
    net_minor: Mapped[int]
    vat_minor: Mapped[int]
