"""Who buys, and where the goods go."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base_model import Model


class Client(Model):
    """A buyer. An empty ``email`` means that invoices are kept, not mailed."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_by_name", "search_key", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    search_key: Mapped[str] = mapped_column(String(400))
    """Of the name and the legal name (``services.client_keys``)."""
    legal_name: Mapped[str] = mapped_column(String(300), default="")
    tax_id: Mapped[str] = mapped_column(String(32), default="", index=True)
    tax_reason_code: Mapped[str] = mapped_column(String(16), default="")
    """КПП, which Russian firms have beside the ИНН; empty elsewhere."""
    country: Mapped[str] = mapped_column(String(2), default="")
    """ISO 3166 alpha-2; empty: the company's."""
    contact: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    phone_key: Mapped[str] = mapped_column(String(16), default="", index=True)
    """The phone's digits with the country's, without signs: what is searched and compared."""
    phone_end_key: Mapped[str] = mapped_column(String(16), default="", index=True)
    """The same digits from the last to the first: people search by the last ones."""
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(5), default="ru")
    version: Mapped[int] = mapped_column(Integer, default=1)
    """Grows with every change."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: by an import or the demo."""
    places: Mapped[list[Place]] = relationship(order_by="Place.id")


class Place(Model):
    """A place that a client's goods were brought to."""

    __tablename__ = "place"
    __table_args__ = (Index("ix_place_on_map", "latitude", "longitude"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    address: Mapped[str] = mapped_column(String(500), default="")
    latitude: Mapped[float] = mapped_column(Float)
    """Degrees, WGS 84."""
    longitude: Mapped[float] = mapped_column(Float)
    """Degrees, WGS 84."""


class RecentClient(Model):
    """When a rep last built an order for a client."""

    __tablename__ = "recent_client"
    __table_args__ = (Index("ix_recent_client_latest", "person_id", "used_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True)
    used_at: Mapped[datetime]
