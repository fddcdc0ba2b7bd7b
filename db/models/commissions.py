"""What people earn by what they sell and load: the rules, the ledger and the closed periods.

Money: minor units of the row's currency. Days are those of the company's time zone.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model
from db.types import BigId, Document


class CommissionRule(Model):
    """One version of a rule. Only ``valid_to`` ever changes: a change is a new version, so that an
    old sale keeps its rule.
    """

    __tablename__ = "commission_rule"
    __table_args__ = (UniqueConstraint("lineage", "version"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    lineage: Mapped[int] = mapped_column(Integer)
    """What all versions of one rule have in common: counted from 1."""
    version: Mapped[int] = mapped_column(Integer)
    """Counted from 1."""
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    """``per_unit``, ``percent``, ``tiers`` or ``per_order``."""
    role: Mapped[str] = mapped_column(String(16))
    """Who earns: ``rep`` (who sold) or ``storekeeper`` (who loaded)."""
    scope: Mapped[str] = mapped_column(String(16))
    """``all``; ``counted``: the categories whose units the company counts, with all below them; ``category``, with all
    below it; ``product``.
    """
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="SET NULL"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    threshold_milli: Mapped[int] = mapped_column(default=0)
    """``per_unit``: units per sale that earn nothing, in thousandths."""
    amount_minor: Mapped[int] = mapped_column(default=0)
    """``per_unit``: for each unit above the threshold; ``per_order``: for each order."""
    rate: Mapped[Decimal] = mapped_column(default=Decimal(0))
    """``percent``: of the net amount, as a fraction."""
    tiers: Mapped[list[Any]] = mapped_column(Document, default=list)
    """``tiers``: pairs ``[from_minor, "rate"]``, the lowest first; the highest one that a sale's net reaches counts."""
    currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    """The last day; None: until it is changed."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class CommissionEntry(Model):
    """A row of the ledger: what one rule gave, or took back, for one order. Append-only, never edited."""

    __tablename__ = "commission_entry"
    __table_args__ = (
        Index("ix_commission_entry_of_person", "person_id", "booked_on", "id"),
        Index("ix_commission_entry_booked", "booked_on", "id"),
        Index("ix_commission_entry_of_order", "order_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("commission_rule.id"))
    kind: Mapped[str] = mapped_column(String(16))
    """``accrued`` by a sale or a loading, ``voided`` with the sale, ``credited`` with an invoice."""
    credit_note_id: Mapped[int | None] = mapped_column(ForeignKey("credit_note.id"), index=True)
    amount_minor: Mapped[int]
    """Below zero where something is taken back."""
    currency: Mapped[str] = mapped_column(String(3))
    basis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How it came about: what the rule saw of the order as it stands now."""
    booked_on: Mapped[date] = mapped_column(Date)
    """The day that it counts for: the sale's; where that period is closed, the first open day."""
    created_at: Mapped[datetime]


class CommissionBook(Model):
    """How far the ledger is closed (row 1). Whoever writes an entry holds it shared, whoever closes holds it alone."""

    __tablename__ = "commission_book"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    closed_through: Mapped[date | None] = mapped_column(Date)
    """The last day of the last settlement; None: nothing was closed yet."""


class Settlement(Model):
    """A closed period: from its first to its last day, for all people."""

    __tablename__ = "settlement"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date, unique=True)
    closed_at: Mapped[datetime]
    closed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class SettlementLine(Model):
    """What one person has earned in a closed period."""

    __tablename__ = "settlement_line"

    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    amount_minor: Mapped[int]
    entries: Mapped[int] = mapped_column(Integer)
    """How many rows of the ledger it adds up."""
