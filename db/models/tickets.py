"""Tickets: what a rep photographed or typed of a sale, what was read on it, and what became of it.

Money: minor units of the ticket's currency. Quantities: thousandths of the base unit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model
from db.models.clients import Client
from db.models.orders import Order
from db.models.people import Person
from db.types import BigId

WANTED = text("review = 'wanted'")
"""The condition of the index that the admins' queue is read by. SQLite uses it only for the same words."""


class Ticket(Model):
    """A ticket in one of the states of ``services.ticket_states.MOVES``. ``version`` grows with every change."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_of_person", "person_id", "touched_at", "id"),
        Index("ix_ticket_album", "chat_key", "album"),
        Index("ix_ticket_sale", "client_id", "amount_minor"),
        Index("ix_ticket_to_review", "done_at", "id", sqlite_where=WANTED, postgresql_where=WANTED),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    chat_key: Mapped[str] = mapped_column(String(128))
    message_ref: Mapped[str] = mapped_column(String(64))
    """The messenger's id of the first message, in that chat."""
    album: Mapped[str] = mapped_column(String(64), default="")
    """What the messenger calls the album that its photos came in; empty: no album."""
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer, default=1)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    """How many photos were sent; a reading of an older revision counts no more."""
    read_revision: Mapped[int] = mapped_column(Integer, default=0)
    """The revision that ``reading`` is of."""
    awaited: Mapped[int] = mapped_column(Integer, default=0)
    """Photos that were sent and are not fetched yet."""
    due_at: Mapped[datetime | None]
    """Not read before: more photos of the album may come. None: at once."""
    join_until: Mapped[datetime | None]
    """Until then the next photo of this chat belongs to it."""
    caption: Mapped[str] = mapped_column(Text, default="")
    """What the rep wrote beside the photos, as it came."""
    note: Mapped[str] = mapped_column(Text, default="")
    client_text: Mapped[str] = mapped_column(String(200), default="")
    """How the rep named the client."""
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int | None]
    """The one that counts: typed, else read."""
    typed_minor: Mapped[int | None]
    read_minor: Mapped[int | None]
    """Only where the reading may be believed."""
    sold_on: Mapped[date | None] = mapped_column(Date)
    """The one that counts: typed, else read. In the company's time zone."""
    typed_on: Mapped[date | None] = mapped_column(Date)
    shop: Mapped[str] = mapped_column(String(200), default="")
    fiscal_id: Mapped[str] = mapped_column(String(128), default="", index=True)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was read, as ``ticket_reading`` understands it; empty: nothing yet."""
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By a read line's number (from 0, as text), the id of the product that the rep chose; 0: left out."""
    likely: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By a read line's number, the id of the product that its name is like (0: none), and 1 where that is sure."""
    trouble: Mapped[str] = mapped_column(String(32), default="")
    """Why it could not be read, or not well; empty: nothing is wrong."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why the rep counts what was not read so."""
    review: Mapped[str] = mapped_column(String(16), default="")
    """``wanted``, ``accepted``, ``questioned``; empty: nobody needs to look."""
    review_words: Mapped[str] = mapped_column(Text, default="")
    """What the admin asks."""
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id", ondelete="SET NULL"), index=True)
    """The draft or the sale that it became; a draft may be thrown away."""
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    photos: Mapped[list[TicketPhoto]] = relationship(order_by="TicketPhoto.position", passive_deletes=True)
    units: Mapped[list[TicketUnits]] = relationship(order_by="TicketUnits.category_id", passive_deletes=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    client: Mapped[Client | None] = relationship()
    order: Mapped[Order | None] = relationship(passive_deletes=True)


class TicketPhoto(Model):
    """A file that belongs to a ticket, as it was sent."""

    __tablename__ = "ticket_photo"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(Integer)
    """Counted from 0."""
    picture_hash: Mapped[str] = mapped_column(String(16), default="")
    """64 bits of what it looks like, as hex digits; empty: not known."""


class TicketPictureBand(Model):
    """One band of a photo's picture hash: pictures that look alike have at least one in common."""

    __tablename__ = "ticket_picture_band"

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """The band's number and its bits (``services.picture_bands``)."""
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), primary_key=True)


class TicketUnits(Model):
    """How many units of one category a ticket is about. None: not typed, not read."""

    __tablename__ = "ticket_units"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"), primary_key=True)
    typed_milli: Mapped[int | None]
    read_milli: Mapped[int | None]
    counts_milli: Mapped[int | None]
    """The one that counts: typed, else read."""


class TicketCorrection(Model):
    """What a rep said of a ticket, and what stood there before: append-only."""

    __tablename__ = "ticket_correction"
    __table_args__ = (Index("ix_ticket_correction_history", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str] = mapped_column(String(32))
    """``amount``, ``units:<category>``, ``day``, ``client``, ``note``, ``line:<number>``."""
    before: Mapped[str | None] = mapped_column(Text)
    """Amounts in minor units, quantities in thousandths, days in ISO, clients and products by id; None: nothing."""
    after: Mapped[str | None] = mapped_column(Text)


class ProductSynonym(Model):
    """What tickets call a product, as reps have said."""

    __tablename__ = "product_synonym"

    key: Mapped[str] = mapped_column(String(400), primary_key=True)
    """The ``search_key`` of what a ticket says."""
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    """How often it has put goods into a draft."""
    learned_from: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    learned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    learned_at: Mapped[datetime]


class SaleUnits(Model):
    """How many units of one category a recorded sale had; the category's name is copied, as papers do."""

    __tablename__ = "sale_units"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Counted from 0."""
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="SET NULL"), index=True)
    """None: the category is gone."""
    name: Mapped[str] = mapped_column(String(200))
    quantity_milli: Mapped[int]
