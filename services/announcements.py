"""What services want people to be told.

A service announces in the words of the trade; the conversation, which knows chats and languages, turns each
announcement into outbox rows before the same transaction commits. ``db.session`` refuses to commit a
transaction that has announcements left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.actor import Role


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom to tell: one person, or everybody with a role (who works with a warehouse, where one is given); or
    whoever is in one chat, staff or not, and nobody else.
    """

    person_id: int | None = None
    role: Role | None = None
    warehouse_id: int | None = None
    chat_key: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing to tell. ``name`` is the notice's template; facts are plain JSON values. ``file``: sha256, name and
    content_type of a stored file that goes with it.

    ``secret``: the facts hold a password or link, which is wiped from the outbox once it was sent.
    """

    to: Audience
    name: str
    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    secret: bool = False
    file: dict[str, Any] | None = None


def announce(
    session: Session,
    to: Audience,
    name: str,
    *,
    secret: bool = False,
    file: dict[str, Any] | None = None,
    **facts: Any,
) -> None:
    """Tell ``to`` about ``name`` if and when this transaction commits.

    ``file``: the ``sha256``, ``name`` and ``content_type`` of a stored file that the notice carries.
    """
    session.info.setdefault("announcements", []).append(Announcement(to, name, facts, secret, file))


def count(session: Session) -> int:
    """How many are waiting: the mark to return to when a savepoint is rolled back."""
    return len(session.info.get("announcements", ()))


def forget_since(session: Session, mark: int) -> None:
    """Drop what was announced after ``mark``: its savepoint was rolled back."""
    del session.info.get("announcements", [])[mark:]


def waiting(session: Session) -> list[Announcement]:
    """What is waiting to be told, to look at."""
    return list(session.info.get("announcements", ()))


def take(session: Session) -> list[Announcement]:
    """Hand over all that is waiting."""
    waiting: list[Announcement] = session.info.get("announcements", [])
    session.info["announcements"] = []
    return waiting
