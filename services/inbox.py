"""The guard at the door: every update is done once, and one that keeps failing is put aside.

Core statements: this runs on every event. Whether a row was taken is read from RETURNING, never from
``rowcount``, which psycopg does not know after ON CONFLICT.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, text
from sqlalchemy.orm import Session

from db.models.messaging import dead_letter, inbox
from db.types import UtcDateTime

TRIES = 3
"""How often an update may fail for a reason that is not the database."""

_ACCEPT = text(
    "INSERT INTO inbox (source, update_id, chat_key, received_at, status, attempts) "
    "VALUES (:source, :update_id, :chat_key, :now, 'done', 1) "
    "ON CONFLICT (source, update_id) DO UPDATE SET status = 'done' WHERE inbox.status = 'failed' "
    "RETURNING update_id"
).bindparams(bindparam("now", type_=UtcDateTime()))

_FAIL = text(
    "INSERT INTO inbox (source, update_id, chat_key, received_at, status, attempts, error) "
    "VALUES (:source, :update_id, :chat_key, :now, 'failed', 1, :error) "
    "ON CONFLICT (source, update_id) DO UPDATE SET attempts = inbox.attempts + 1, error = excluded.error "
    "WHERE inbox.status = 'failed' RETURNING attempts"
).bindparams(bindparam("now", type_=UtcDateTime()))

_BURY = text("UPDATE inbox SET status = 'dead' WHERE source = :source AND update_id = :update_id")


def accept(session: Session, source: str, update_id: int, *, chat_key: str, now: datetime) -> bool:
    """Take this update for good, unless it was taken before. Locks its row until the end of the transaction."""
    taken = session.connection().execute(
        _ACCEPT, {"source": source, "update_id": update_id, "chat_key": chat_key, "now": now}
    )
    return taken.first() is not None


def count_failure(
    session: Session, source: str, update_id: int, *, chat_key: str, error: str, now: datetime
) -> int | None:
    """Count one failed try and return how many there were; None if the update was settled meanwhile."""
    failed = session.connection().execute(
        _FAIL,
        {"source": source, "update_id": update_id, "chat_key": chat_key, "error": _storable(error), "now": now},
    )
    row = failed.first()
    return None if row is None else int(row[0])


def bury(
    session: Session, source: str, update_id: int, *, chat_key: str, raw: dict[str, Any], error: str, now: datetime
) -> None:
    """Put the update aside, whole, for an admin to look at. It will not be tried again by itself."""
    connection = session.connection()
    connection.execute(_BURY, {"source": source, "update_id": update_id})
    connection.execute(
        insert(dead_letter).values(
            source=source, update_id=update_id, chat_key=chat_key, raw=raw, error=_storable(error), at=now
        )
    )


def _storable(error: str) -> str:
    """The text as any database keeps it: an error may quote what somebody wrote."""
    return error[:2000].replace("\x00", "").encode("utf-8", "replace").decode()


def forget_before(session: Session, moment: datetime) -> None:
    """Drop rows older than ``moment``: messengers redeliver for a day, we keep a week."""
    session.connection().execute(delete(inbox).where(inbox.c.received_at < moment))
