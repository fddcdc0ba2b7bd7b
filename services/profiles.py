"""What a messenger knows of our bot: each piece of it is told once, and again only when it has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from db.models.messaging import told_profile
from db.types import UtcDateTime
from services import outbox
from services.jobs import Job
from services.outbox import Item


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that the bot says of itself, to readers of a language; ``language`` empty: to all others."""

    what: str
    language: str
    value: Any

    @property
    def digest(self) -> str:
        """Changes with the value."""
        return hashlib.sha256(json.dumps(self.value, ensure_ascii=False).encode()).hexdigest()


_NOTE = text(
    "INSERT INTO told_profile (account, digest, at) VALUES (:key, :digest, :now) "
    "ON CONFLICT (account) DO UPDATE SET digest = excluded.digest, at = excluded.at"
).bindparams(bindparam("now", type_=UtcDateTime()))


def tell(session: Session, account: str, pieces: Sequence[Piece], *, now: datetime) -> None:
    """Queue what the messenger has not taken yet, in the lane ``profile:<account>``. Locks the lane."""
    known = {row.account: row.digest for row in session.execute(select(told_profile))}
    items = []
    for piece in pieces:
        key = f"{account}:{piece.what}:{piece.language}"
        if known.get(key) != piece.digest:
            told = {"what": piece.what, "language": piece.language, "value": piece.value}
            items.append(Item(f"profile:{account}", Job.SET_PROFILE, {**told, "key": key, "digest": piece.digest}))
    outbox.put(session, items, now=now)


def is_told(session: Session, key: str, digest: str) -> bool:
    """Whether the messenger has taken exactly this."""
    found = session.scalar(select(told_profile.c.digest).where(told_profile.c.account == key))
    return found == digest


def note(session: Session, key: str, digest: str, *, now: datetime) -> None:
    """Remember that the messenger has taken it."""
    session.connection().execute(_NOTE, {"key": key, "digest": digest, "now": now})
