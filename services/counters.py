"""Gapless numbers. A number is taken in the transaction that uses it: a rollback gives it back."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_TAKE = text(
    "INSERT INTO counter (name, n) VALUES (:name, 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1 RETURNING n"
)


def take(session: Session, name: str) -> int:
    """Take the next number of ``name``, from 1 on. Locks its row until the end of the transaction.

    Taken after all stock locks and before the lanes (the lock order of docs/architecture.md).
    """
    return int(session.connection().execute(_TAKE, {"name": name}).scalar_one())
