"""Files: a row each; the bytes lie by content hash in one store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model


class File(Model):
    """A stored file. ``name`` is only shown, never used as a path."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    """Bytes."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: made by the product itself."""
    created_at: Mapped[datetime]
