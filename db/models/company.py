"""The company that uses the desk, and its warehouses."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model
from db.types import Document


class Company(Model):
    """The one company of this installation (row 1). The environment only seeds it; admins edit it."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200))
    legal_name: Mapped[str] = mapped_column(String(300))
    tax_id: Mapped[str] = mapped_column(String(32), default="")
    tax_reason_code: Mapped[str] = mapped_column(String(16), default="")
    """КПП, which Russian firms have beside the ИНН; empty elsewhere."""
    address: Mapped[str] = mapped_column(String(500), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    director: Mapped[str] = mapped_column(String(200), default="")
    director_phone: Mapped[str] = mapped_column(String(32), default="")
    accountant: Mapped[str] = mapped_column(String(200), default="")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bank_code: Mapped[str] = mapped_column(String(32), default="")
    """БИК in Russia, BIC (may be empty) where there are IBANs."""
    bank_account: Mapped[str] = mapped_column(String(64), default="")
    """Расчётный счёт (20 digits) in Russia, IBAN without spaces where there are IBANs."""
    correspondent_account: Mapped[str] = mapped_column(String(64), default="")
    """Корреспондентский счёт (20 digits); Russia only."""
    logo_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    country: Mapped[str] = mapped_column(String(2), default="RU")
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/Moscow")
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    language: Mapped[str] = mapped_column(String(5), default="ru")
    prices_include_vat: Mapped[bool] = mapped_column(Boolean, default=True)
    delivery_vat_rate: Mapped[Decimal] = mapped_column(default=Decimal("0.20"))
    """VAT on delivery as a fraction: 0.20 is 20 %."""
    rate_per_km_minor: Mapped[int] = mapped_column(Integer, default=1000)
    """Delivery tariff, minor units of the currency per kilometre: 1000 is 10 ₽. A warehouse may have its own."""
    detour_factor: Mapped[Decimal] = mapped_column(default=Decimal("1.3"))
    """Road kilometres per kilometre as the crow flies, where no router has said the way."""
    longest_way_km: Mapped[int] = mapped_column(Integer, default=1000)
    """Farther from the nearest warehouse nothing is delivered."""
    invoice_series: Mapped[str] = mapped_column(String(16), default="TB")
    invoice_due_days: Mapped[int] = mapped_column(Integer, default=14)
    credit_series: Mapped[str] = mapped_column(String(16), default="CN")
    """The credit notes' own gapless numbers."""
    mail_copy: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the company's own address gets a copy of each mailed invoice."""
    working_days: Mapped[list[int]] = mapped_column(Document, default=lambda: [0, 1, 2, 3, 4, 5])
    """The days of the week that are delivered on: Monday is 0."""
    days_off: Mapped[list[str]] = mapped_column(Document, default=list)
    """Days (ISO) that are not delivered on although their weekday is."""
    cut_off_minutes: Mapped[int | None] = mapped_column(Integer)
    """Minutes after midnight, company time: what is ordered later cannot leave the next day. None: until midnight."""
    delivery_windows: Mapped[list[str]] = mapped_column(Document, default=list)
    """``09:00-13:00``, …; empty: the whole day."""
    days_ahead: Mapped[int] = mapped_column(Integer, default=60)
    """How far ahead a delivery may be ordered."""
    ticket_tolerance: Mapped[Decimal] = mapped_column(default=Decimal("0.05"))
    """How far what was typed may be from what was read on a ticket, as a fraction of what was read."""
    ticket_languages: Mapped[list[str]] = mapped_column(Document, default=list)
    """The languages that tickets are read in; empty: the company's and English."""
    ranking_private: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether reps see only places in the ranking, and no figures of others."""
    digest_minutes: Mapped[int] = mapped_column(Integer, default=8 * 60)
    """Minutes after midnight, company time: when digests leave, those of the week on Mondays."""


class Warehouse(Model):
    """A place that goods are loaded at."""

    __tablename__ = "warehouse"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    latitude: Mapped[float] = mapped_column(Float)
    """Degrees, WGS 84."""
    longitude: Mapped[float] = mapped_column(Float)
    """Degrees, WGS 84."""
    closed: Mapped[bool] = mapped_column(Boolean, default=False)
    """Nothing new is loaded here; what was ordered from it stays."""
    tariff_base_minor: Mapped[int] = mapped_column(default=0)
    """What a delivery costs before the first kilometre. Tariffs: minor units of the company's currency."""
    tariff_per_km_minor: Mapped[int | None]
    """None: the company's."""
    tariff_minimum_minor: Mapped[int] = mapped_column(default=0)
    tariff_free_from_minor: Mapped[int | None]
    """Goods worth this much (VAT as the prices) are delivered free; None: never."""
    tariff_heavy_from_g: Mapped[int | None]
    """Above this weight each further started kilogram costs ``tariff_heavy_per_kg_minor``; None: never."""
    tariff_heavy_per_kg_minor: Mapped[int] = mapped_column(default=0)
