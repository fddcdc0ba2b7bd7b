"""Orders: from the draft that a rep builds to what was loaded. Money: minor units of the order's currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model
from db.models.clients import Client
from db.models.company import Warehouse
from db.models.people import Person

TO_LOAD = text("status IN ('submitted', 'loading')")
"""The condition of the index that the loading queue is read by. SQLite uses it only for the same words."""

OPEN = text("status IN ('submitted', 'waiting', 'loading')")
"""The same for the orders of a rep that are under way."""

CANCELLED = text("cancelled_at IS NOT NULL")
"""The same for what the figures count as cancelled."""


class Order(Model):
    """An order in one of the states of ``services.order_states.MOVES``; a draft is an order that was not submitted yet.

    ``version`` grows with every change, so that a button made for an older state can be told.
    """

    __tablename__ = "order"
    __table_args__ = (
        Index("ix_order_drafts", "rep_id", "status", "touched_at"),
        Index("ix_order_of_rep", "rep_id", "touched_at", "id"),
        Index("ix_order_open_of_rep", "rep_id", "touched_at", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_order_waiting", "status", "warehouse_id"),
        Index("ix_order_in_state", "status", "touched_at", "id"),
        Index("ix_order_touched", "touched_at", "id"),
        Index("ix_order_of_client", "client_id", "submitted_at", "id"),
        Index("ix_order_loaded", "loaded_at", "id"),
        Index("ix_order_loaded_of_rep", "rep_id", "loaded_at"),
        Index("ix_order_from_warehouse", "warehouse_id", "loaded_at", "id"),
        Index("ix_order_submitted", "submitted_at", "id"),
        Index("ix_order_submitted_of_rep", "rep_id", "submitted_at"),
        Index("ix_order_cancelled", "cancelled_at", sqlite_where=CANCELLED, postgresql_where=CANCELLED),
        Index(
            "ix_order_cancelled_of_rep", "rep_id", "cancelled_at", sqlite_where=CANCELLED, postgresql_where=CANCELLED
        ),
        Index(
            "ix_order_to_load",
            "delivery_date",
            "delivery_window",
            "id",
            sqlite_where=TO_LOAD,
            postgresql_where=TO_LOAD,
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), default="order")
    """``order``, or ``sale``: recorded from a ticket, with a sum but no lines; no warehouse ever has to do with it."""
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer, default=1)
    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    """The order whose back-order this is."""
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"), index=True)
    """Of a draft: the submitted order that it will replace the content of."""
    revision: Mapped[int] = mapped_column(Integer, default=0)
    """How often its content was sent to the warehouse: 1 when submitted, one more with each edit."""
    shortage: Mapped[str] = mapped_column(String(16), default="")
    """What the rep wants where stock is short: ``cut`` to what is there, ``back_order`` the rest; empty: be asked."""
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    warehouse_id: Mapped[int | None] = mapped_column(ForeignKey("warehouse.id"))
    address: Mapped[str] = mapped_column(String(500), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    delivery_date: Mapped[date | None] = mapped_column(Date)
    """In the company's time zone."""
    delivery_window: Mapped[str] = mapped_column(String(16), default="")
    """``09:00-13:00`` in the company's time zone; empty: the whole day."""
    note: Mapped[str] = mapped_column(Text, default="")
    currency: Mapped[str] = mapped_column(String(3))
    prices_include_vat: Mapped[bool] = mapped_column(Boolean)
    distance_m: Mapped[int | None] = mapped_column(Integer)
    """Metres from the warehouse to the place."""
    distance_source: Mapped[str] = mapped_column(String(16), default="")
    """``router``: by road; ``detour``: as the crow flies on the ellipsoid times the company's detour factor;
    ``geodesic``: as the crow flies."""
    has_all_goods: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the warehouse had everything when the draft was last priced."""
    rate_per_km_minor: Mapped[int | None] = mapped_column(Integer)
    tariff: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How the delivery's price came about: the tariff's parts as they were used (``logistics.Price``)."""
    weight_g: Mapped[int] = mapped_column(default=0)
    """Of all goods, in grams."""
    goods_minor: Mapped[int] = mapped_column(default=0)
    """Sum of the goods' totals, VAT included."""
    delivery_minor: Mapped[int] = mapped_column(default=0)
    """Total of the delivery line, VAT included."""
    net_minor: Mapped[int] = mapped_column(default=0)
    vat_minor: Mapped[int] = mapped_column(default=0)
    total_minor: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None]
    loaded_at: Mapped[datetime | None]
    vehicle: Mapped[str] = mapped_column(String(32), default="")
    """The registration number of what it was loaded into."""
    driver: Mapped[str] = mapped_column(String(200), default="")
    cancelled_at: Mapped[datetime | None]
    """Also when a recorded sale was voided."""
    credited_minor: Mapped[int] = mapped_column(default=0)
    """What credit notes have taken back of the total, VAT included."""

    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.position", back_populates="order", cascade="all, delete-orphan"
    )
    taxes: Mapped[list[OrderTax]] = relationship(order_by="OrderTax.vat_rate", cascade="all, delete-orphan")
    client: Mapped[Client | None] = relationship()
    warehouse: Mapped[Warehouse | None] = relationship()
    rep: Mapped[Person] = relationship(foreign_keys=[rep_id])


class OrderLine(Model):
    """Goods, or the delivery (``kind``), with everything a paper prints copied onto it."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "unit_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16), default="goods")
    """``goods`` or ``delivery``."""
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    article: Mapped[str] = mapped_column(String(64), default="")
    name: Mapped[str] = mapped_column(String(200), default="")
    unit_code: Mapped[str] = mapped_column(String(16), default="")
    factor_milli: Mapped[int] = mapped_column(default=1000)
    decimals: Mapped[int] = mapped_column(Integer, default=0)
    quantity_milli: Mapped[int]
    """Thousandths of the base unit; in units of this line: quantity_milli / factor_milli."""
    list_price_minor: Mapped[int] = mapped_column(default=0)
    """Per unit of this line."""
    discount: Mapped[Decimal] = mapped_column(default=Decimal(0))
    """As a fraction of the list price."""
    price_minor: Mapped[int] = mapped_column(default=0)
    """Per unit of this line, after discount, with or without VAT as the order says."""
    vat_rate: Mapped[Decimal] = mapped_column(default=Decimal(0))
    net_minor: Mapped[int] = mapped_column(default=0)
    vat_minor: Mapped[int] = mapped_column(default=0)
    total_minor: Mapped[int] = mapped_column(default=0)
    weight_g: Mapped[int] = mapped_column(default=0)
    """Weight of the whole line in grams."""
    ordered_milli: Mapped[int | None]
    """What was ordered, where less was loaded and ``quantity_milli`` was brought down to that."""
    loaded_milli: Mapped[int | None]
    """What was picked; None while it was not."""
    short_cause: Mapped[str] = mapped_column(String(16), default="")
    """Where less was picked: ``missing`` (the shelf has less than the books say) or ``left`` (it is there, but
    stays: damaged, no room); empty: nothing is short."""
    credited_milli: Mapped[int] = mapped_column(default=0)
    """What credit notes have taken back, in thousandths of the base unit."""
    note: Mapped[str] = mapped_column(Text, default="")

    order: Mapped[Order] = relationship(back_populates="lines")


class OrderTax(Model):
    """What an order owes at one VAT rate."""

    __tablename__ = "order_tax"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    vat_rate: Mapped[Decimal] = mapped_column(primary_key=True)
    net_minor: Mapped[int]
    vat_minor: Mapped[int]


class OrderEvent(Model):
    """One step in an order's history."""

    __tablename__ = "order_event"
    __table_args__ = (Index("ix_order_event_history", "order_id", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    from_status: Mapped[str] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class OrderRevision(Model):
    """What an order held each time it was sent to the warehouse, and how that differs from the time before."""

    __tablename__ = "order_revision"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    content: Mapped[dict[str, Any]]
    difference: Mapped[dict[str, Any]]
    """Empty for the first one."""


class OrderFile(Model):
    """A file that belongs to an order."""

    __tablename__ = "order_file"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """``loading``: a photo of the loading."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
