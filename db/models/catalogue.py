"""What is sold: categories, products and the units they are sold in."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model


class Category(Model):
    """A node of the catalogue's tree."""

    __tablename__ = "category"
    __table_args__ = (Index("ix_category_children", "parent_id", "position", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer, default=0)
    counts_units: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the company counts the units of it, and of what lies below it, that tickets tell of."""
    unit_words: Mapped[str] = mapped_column(String(500), default="")
    """What tickets call such a unit, with commas: ``tubos, tubes, тюбик``."""


class Product(Model):
    """Something that is sold. Its price is per base unit, in minor units of the company's currency."""

    __tablename__ = "product"
    __table_args__ = (Index("ix_product_in_category", "category_id", "hidden", "name", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    article: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(400))
    """Article and name in the form that searches are compared with."""
    description: Mapped[str] = mapped_column(Text, default="")
    price_minor: Mapped[int]
    vat_rate: Mapped[Decimal]
    """As a fraction: 0.20 is 20 %."""
    weight_g: Mapped[int] = mapped_column(Integer, default=0)
    """Weight of one base unit in grams."""
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    photo_file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id"))
    low_stock_milli: Mapped[int | None]
    """Admins are told when a warehouse has fewer available than this; None: never."""
    units: Mapped[list[Unit]] = relationship(
        back_populates="product",
        order_by="Unit.factor_milli",
        primaryjoin="and_(Product.id == Unit.product_id, Unit.hidden.is_(False))",
    )
    """What it can be ordered in now."""


class Unit(Model):
    """A unit that a product is sold in: the base unit (factor 1000) or a pack of it."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("product_id", "code"),
        CheckConstraint("factor_milli > 0", name="factor_positive"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    code: Mapped[str] = mapped_column(String(16))
    """``pcs``, ``kg``, ``box``, ``pallet``, …"""
    factor_milli: Mapped[int]
    """Thousandths of the base unit in one of this unit: a box of 12 has 12000."""
    decimals: Mapped[int] = mapped_column(Integer, default=0)
    """Digits after the point that a quantity may have: pcs 0, kg 3."""
    price_minor: Mapped[int | None]
    """Price of one such pack; None means the product's price times the factor."""
    minimum_milli: Mapped[int] = mapped_column(default=0)
    """The least that may be ordered in this unit, in thousandths of the base unit; 0: anything."""
    multiple_milli: Mapped[int] = mapped_column(default=0)
    """Only multiples of this may be ordered in this unit, in thousandths of the base unit; 0: anything."""
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    """Not ordered in any more; the orders that have it stay as they are."""
    product: Mapped[Product] = relationship(back_populates="units")


class Favourite(Model):
    """A product that a rep has marked."""

    __tablename__ = "favourite"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    added_at: Mapped[datetime]


class RecentProduct(Model):
    """When a rep last put a product into an order."""

    __tablename__ = "recent_product"
    __table_args__ = (Index("ix_recent_product_latest", "person_id", "used_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    used_at: Mapped[datetime]
