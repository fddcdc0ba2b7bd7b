"""What has to leave, written in the transaction of the change that causes it.

``put`` takes the lane's row first. Its lock makes the order of ids in a lane the order of the commits, and it is
what ``services.lanes.rest`` needs to tell that a lane is empty. Core statements: this runs on every event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from db.models.messaging import outbox
from db.types import UtcDateTime

Message = dict[str, Any]
"""A neutral message: ``{"html": …, "rows": [[{"label", "data" | "link"}]], "ask": {"kind", "label"}}``."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that has to leave.

    ``lane``: ``chat:<chat_key>``, ``pdf:<invoice>``, ``mail:<request>``. ``dedupe``: at most one row ever has it.
    ``secret``: the payload holds a password or link and is blanked once sent.
    """

    lane: str
    kind: str
    payload: dict[str, Any] = field(default_factory=dict)
    dedupe: str | None = None
    secret: bool = False


_TAKE_LANE = text(
    "INSERT INTO lane (key, due_at) VALUES (:key, :due_at) "
    "ON CONFLICT (key) DO UPDATE SET due_at = COALESCE(lane.due_at, excluded.due_at)"
).bindparams(bindparam("due_at", type_=UtcDateTime()))
_INSERT = insert(outbox).values(status="pending", attempts=0)
_KNOWN = select(outbox.c.dedupe).where(outbox.c.dedupe.in_(bindparam("keys", expanding=True)))


def put(session: Session, items: Iterable[Item], *, now: datetime) -> list[str]:
    """Queue the items and return the lanes to kick after the commit, without repeats.

    Locks each lane's row, in sorted order. An item whose ``dedupe`` is known already is left out. The lanes are
    also remembered for ``lanes_to_kick``, so that a service deep down need not hand them up.
    """
    wanted = list(items)
    if not wanted:
        return []
    connection = session.connection()
    lanes = sorted({item.lane for item in wanted})
    connection.execute(_TAKE_LANE, [{"key": key, "due_at": now} for key in lanes])
    keys = [item.dedupe for item in wanted if item.dedupe]
    known: set[str | None] = set(connection.scalars(_KNOWN, {"keys": keys})) if keys else set()
    rows = []
    for item in wanted:
        if item.dedupe in known:
            continue
        if item.dedupe:
            known.add(item.dedupe)
        rows.append(
            {
                "lane": item.lane,
                "kind": item.kind,
                "dedupe": item.dedupe,
                "payload": item.payload,
                "secret": item.secret,
                "created_at": now,
            }
        )
    if rows:
        connection.execute(_INSERT, rows)
    session.info.setdefault("lanes", set()).update(lanes)
    return lanes


def lanes_to_kick(session: Session) -> list[str]:
    """Hand over, once and sorted, the lanes that anything in this session has put something into.

    Ask inside the transaction, kick after its commit. A lane of a rolled-back savepoint may be among them: a kick
    too many finds an empty lane and does nothing.
    """
    lanes: set[str] = session.info.pop("lanes", set())
    return sorted(lanes)


def forget_before(session: Session, moment: datetime) -> None:
    """Drop what left before ``moment``. Rows with a ``dedupe`` stay: they are what keeps it from leaving twice."""
    session.connection().execute(
        delete(outbox).where(
            outbox.c.done_at < moment, outbox.c.status.in_(("sent", "merged")), outbox.c.dedupe.is_(None)
        )
    )


def blank(session: Session, row_id: int) -> None:
    """Drop what a row holds, and keep the row: its ``dedupe`` goes on saying that it was taken."""
    session.connection().execute(update(outbox).where(outbox.c.id == row_id).values(payload={}))


def count_pending(session: Session, lane: str | None = None) -> int:
    """How many rows wait, in one lane or in all."""
    query = select(func.count()).select_from(outbox).where(outbox.c.status == "pending")
    if lane is not None:
        query = query.where(outbox.c.lane == lane)
    return session.scalar(query) or 0
