"""What lies where, what is promised to whom, and every change of it. Quantities: thousandths of the base unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model
from db.types import BigId

LOW = text("low_since IS NOT NULL")
"""The condition of the index that the list of what is low is read by."""


class Stock(Model):
    """How much of a product lies in a warehouse. Available is ``on_hand_milli - reserved_milli``."""

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("on_hand_milli >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved_milli >= 0", name="reserved_not_negative"),
        CheckConstraint("reserved_milli <= on_hand_milli", name="reserved_is_there"),
        Index("ix_stock_low", "warehouse_id", "low_since", "product_id", sqlite_where=LOW, postgresql_where=LOW),
    )

    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True, index=True)
    on_hand_milli: Mapped[int]
    reserved_milli: Mapped[int] = mapped_column(default=0)
    low_since: Mapped[datetime | None]
    """Since when fewer are available than the product's ``low_stock_milli``; the admins were told then."""


class Reservation(Model):
    """What is promised to one line of one order. The sum per warehouse and product is ``stock.reserved_milli``."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("quantity_milli > 0", name="quantity_positive"),
        Index("ix_reservation_goods", "warehouse_id", "product_id"),
    )

    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity_milli: Mapped[int]


class StockMovement(Model):
    """One change of ``on_hand``. The sum of all movements is the balance."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("ix_stock_movement_goods", "warehouse_id", "product_id", "id"),
        Index("ix_stock_movement_latest", "warehouse_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(ForeignKey("warehouse.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    delta_milli: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32))
    """``receipt``, ``shipment``, ``adjustment``."""
    cause: Mapped[str] = mapped_column(String(16), default="")
    """Of an adjustment: ``count``, ``damaged``, ``lost``, ``found``, ``short_pick``."""
    note: Mapped[str] = mapped_column(String(500), default="")
    """What the person wrote: the supplier's paper, what has happened."""
    order_id: Mapped[int | None] = mapped_column(Integer, index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
