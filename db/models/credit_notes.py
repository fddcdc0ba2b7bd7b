"""Credit notes: what of an invoice was taken back, frozen when the number was taken."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model
from db.models.papers import Paper, PaperLine


class CreditNote(Paper, Model):
    """An issued credit note. All that it prints stands here and never changes. Its seller and buyer are those of the
    invoice; amounts are above zero.
    """

    __tablename__ = "credit_note"
    __table_args__ = (
        UniqueConstraint("series", "year", "number"),
        Index("ix_credit_note_issued", "issued_at", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    issued_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    whole: Mapped[bool] = mapped_column(Boolean)
    """Whether nothing of the invoice stands any more after it."""
    goods_minor: Mapped[int]
    """Of the total: goods, VAT included."""
    delivery_minor: Mapped[int]
    """Of the total: delivery, VAT included."""
    weight_g: Mapped[int] = mapped_column(default=0)
    pdf_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))

    lines: Mapped[list[CreditNoteLine]] = relationship(order_by="CreditNoteLine.position", cascade="all, delete-orphan")
    taxes: Mapped[list[CreditNoteTax]] = relationship(order_by="CreditNoteTax.vat_rate", cascade="all, delete-orphan")


class CreditNoteLine(PaperLine, Model):
    """A line of a credit note: how much of a line of the order is taken back."""

    __tablename__ = "credit_note_line"

    credit_note_id: Mapped[int] = mapped_column(ForeignKey("credit_note.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
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
