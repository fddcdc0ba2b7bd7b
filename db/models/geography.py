"""What geocoders and routers have said, so that nobody is asked twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model
from db.types import Document


class KnownAddress(Model):
    """Where an address that somebody typed lies, or that nobody knows it."""

    __tablename__ = "known_address"

    query_key: Mapped[str] = mapped_column(String(400), primary_key=True)
    """The country and the typed address in the form of ``services.search``."""
    found: Mapped[str] = mapped_column(String(500), default="")
    """The address as the geocoder writes it; empty: not found."""
    latitude: Mapped[float | None] = mapped_column(Float)
    """Degrees, WGS 84."""
    longitude: Mapped[float | None] = mapped_column(Float)
    """Degrees, WGS 84."""
    others: Mapped[list[dict[str, Any]]] = mapped_column(Document, default=list)
    """What else it may mean, the likeliest first: found, latitude, longitude."""
    source: Mapped[str] = mapped_column(String(16))
    """``geocoder``, or ``towns``: the table of our own."""
    at: Mapped[datetime]


class KnownRoad(Model):
    """How far it is by road from a warehouse to a place."""

    __tablename__ = "known_road"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    """Both ends in degrees, rounded to four places (about 10 m)."""
    distance_m: Mapped[int] = mapped_column(Integer)
    """Metres; -1: the router has not said."""
    at: Mapped[datetime]
