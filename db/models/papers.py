"""What invoices and credit notes print alike. All of it is frozen when the number is taken."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column


class Paper:
    """A numbered paper between the company and a client. Money: minor units of ``currency``."""

    series: Mapped[str] = mapped_column(String(16))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    """Gapless within series and year."""
    issued_at: Mapped[datetime]
    issue_date: Mapped[date] = mapped_column(Date)
    """The day in the company's time zone."""
    language: Mapped[str] = mapped_column(String(5))
    country: Mapped[str] = mapped_column(String(2))
    seller: Mapped[dict[str, Any]]
    """name, legal_name, tax_id, tax_reason_code, address, email, director, director_phone, accountant, bank_name,
    bank_code, bank_account, correspondent_account, logo_sha256."""
    buyer: Mapped[dict[str, Any]]
    """name, legal_name, tax_id, tax_reason_code, country, address, contact, phone, email."""
    currency: Mapped[str] = mapped_column(String(3))
    prices_include_vat: Mapped[bool] = mapped_column(Boolean)
    net_minor: Mapped[int]
    vat_minor: Mapped[int]
    total_minor: Mapped[int]

    @property
    def label(self) -> str:
        """The number as people write it: ``TB-2026-000001``."""
        return f"{self.series}-{self.year}-{self.number:06d}"


class PaperLine:
    """A line as printed."""

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
