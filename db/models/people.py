"""Staff: people, the messenger accounts they use, and how they get in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base_model import Model
from db.types import Document


class Person(Model):
    """Somebody of the staff. ``warehouse_ids`` empty means all warehouses."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5))
    roles: Mapped[list[str]] = mapped_column(Document)
    warehouse_ids: Mapped[list[int]] = mapped_column(Document, default=list)
    phone: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Account(Model):
    """A person's account on a messenger. ``external_id`` is text: platforms number their users as they like."""

    __tablename__ = "account"

    platform: Mapped[str] = mapped_column(String(16), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    chat_key: Mapped[str] = mapped_column(String(128), index=True)
    """Where to write to this person: ``tg:<bot>:<chat>``."""
    linked_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    """Set when the messenger says that the person does not want to hear from us."""


class AccessCode(Model):
    """A one-time password, or the same as a link, that the admin hands to a person."""

    __tablename__ = "access_code"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public: Mapped[str] = mapped_column(String(16), unique=True)
    """The part that finds the row; it is no secret."""
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id of the secret that is typed."""
    link_hash: Mapped[str] = mapped_column(String(200))
    """argon2id of the secret that the deep link carries."""
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    warehouse_ids: Mapped[list[int]] = mapped_column(Document, default=list)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whom it lets in again; None: somebody new."""
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: issued at the server's command line."""
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class LoginThrottle(Model):
    """How often a chat, or a password's public part, has failed, and until when it must wait."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """``chat:<chat_key>`` or ``code:<public>``."""
    failures: Mapped[int] = mapped_column(Integer)
    last_failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime]


class ContactRequest(Model):
    """A stranger asked the admins to get in touch. One open request per chat."""

    __tablename__ = "contact_request"
    __table_args__ = (Index("ix_contact_request_open", "handled_at", "asked_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    chat_key: Mapped[str] = mapped_column(String(128), index=True)
    platform: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    username: Mapped[str] = mapped_column(String(64), default="")
    phone: Mapped[str] = mapped_column(String(32), default="")
    """What the person has shared; may be empty."""
    asked_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
