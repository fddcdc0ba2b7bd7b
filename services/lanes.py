"""Who empties which lane of the outbox: leases with a token, so that a sender that was taken for dead cannot
mark what somebody else has sent since.

A lane with something to do has ``due_at``. A sender leases it, sends the rows in the order of their ids with no
transaction open, and marks each one only while the lease is still its own. Core statements throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from db.models.messaging import lane, outbox

CHAT_LEASE = timedelta(seconds=50)
"""Longer than an edit and then a send (3 + 10 s each) that run into their limits, or a file (20 + 20 s)."""
JOB_LEASE = timedelta(minutes=3)
"""Longer than a mail server that takes its 10 s for every step of a letter, or a file that takes its 60 s."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the outbox that is to leave now."""

    id: int
    lane: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    secret: bool


_MINE = (lane.c.key == bindparam("lane_key"), lane.c.token == bindparam("mine"))
_CLAIM = (
    update(lane)
    .where(
        lane.c.key == bindparam("lane_key"),
        lane.c.due_at <= bindparam("now"),
        or_(
            lane.c.leased_until.is_(None),
            lane.c.leased_until < bindparam("now"),
            lane.c.token == bindparam("mine"),
        ),
    )
    .values(leased_until=bindparam("until"), token=bindparam("mine"))
    .returning(lane.c.key)
)
_RENEW = update(lane).where(*_MINE).values(leased_until=bindparam("until")).returning(lane.c.key)
_NEXT = (
    select(
        outbox.c.id,
        outbox.c.lane,
        outbox.c.kind,
        outbox.c.payload,
        outbox.c.attempts,
        outbox.c.created_at,
        outbox.c.secret,
    )
    .where(outbox.c.lane == bindparam("lane_key"), outbox.c.status == "pending")
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), outbox.c.status == "pending")
    .values(
        status=bindparam("new_status"),
        done_at=bindparam("now"),
        provider_id=bindparam("provider"),
        last_error=bindparam("error"),
    )
)
_BLANK = update(outbox).where(outbox.c.id == bindparam("row_id"), outbox.c.secret.is_(True)).values(payload={})
_COUNT_TRY = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(attempts=outbox.c.attempts + 1, last_error=bindparam("error"))
)
_GIVE_BACK = update(lane).where(*_MINE).values(due_at=bindparam("due"), leased_until=None, token=None)
_DUE = (
    select(lane.c.key)
    .where(
        lane.c.due_at <= bindparam("now"),
        or_(lane.c.leased_until.is_(None), lane.c.leased_until < bindparam("now")),
    )
    .order_by(lane.c.due_at)
    .limit(bindparam("most"))
)


def claim(session: Session, key: str, token: str, *, now: datetime) -> bool:
    """Lease the lane if it is due and nobody else holds it."""
    values = {"lane_key": key, "mine": token, "now": now, "until": now + _lease(key)}
    return session.connection().execute(_CLAIM, values).first() is not None


def renew(session: Session, key: str, token: str, *, now: datetime) -> bool:
    """Prolong the lease, and lock the lane's row; False if it is somebody else's by now."""
    values = {"lane_key": key, "mine": token, "until": now + _lease(key)}
    return session.connection().execute(_RENEW, values).first() is not None


def next_rows(session: Session, key: str, *, most: int) -> Sequence[Row]:
    """The oldest rows that wait in the lane."""
    found = session.connection().execute(_NEXT, {"lane_key": key, "most": most})
    return [Row(*row) for row in found]


def settle(session: Session, row: Row, status: str, *, now: datetime, provider_id: str = "", error: str = "") -> None:
    """Mark a row ``sent``, ``dead`` or ``merged``, and blank what was secret in it.

    Only after ``renew`` said in the same transaction that the lane is still ours.
    """
    connection = session.connection()
    connection.execute(
        _SETTLE,
        {
            "row_id": row.id,
            "new_status": status,
            "now": now,
            "provider": provider_id[:200],
            "error": error[:2000],
        },
    )
    if row.secret:
        connection.execute(_BLANK, {"row_id": row.id})


def count_try(session: Session, row: Row, error: str) -> None:
    """Write down that sending the row failed, and why."""
    session.connection().execute(_COUNT_TRY, {"row_id": row.id, "error": error[:2000]})


def give_back(session: Session, key: str, token: str, *, due_at: datetime | None) -> None:
    """End the lease; the lane is due again at ``due_at``, None: when something is put into it.

    Only in a transaction that has claimed or renewed the lane, and None only where ``next_rows`` found nothing
    after that: the lane's row is locked, so nobody can have put anything beside us.
    """
    session.connection().execute(_GIVE_BACK, {"lane_key": key, "mine": token, "due": due_at})


def hasten(session: Session, key: str, *, now: datetime) -> None:
    """Let a lane that was put off be due at once, and be kicked after the commit. Locks the lane's row."""
    later = update(lane).where(lane.c.key == key, lane.c.due_at > now)
    session.connection().execute(later.values(due_at=now))
    session.info.setdefault("lanes", set()).add(key)


def due(session: Session, *, now: datetime, most: int = 500) -> list[str]:
    """Lanes that are worth looking at and that nobody holds."""
    return list(session.connection().scalars(_DUE, {"now": now, "most": most}))


def _lease(key: str) -> timedelta:
    return CHAT_LEASE if key.startswith("chat:") else JOB_LEASE


def start_anew(session: Session, *, now: datetime) -> None:
    """Forget all leases, and look at everything that waits: at start-up of the one process that owns the relay.

    A lane that was put off far ahead may owe that to a clock which has been set back since.
    """
    connection = session.connection()
    connection.execute(update(lane).where(lane.c.token.is_not(None)).values(leased_until=None, token=None))
    connection.execute(update(lane).where(lane.c.due_at > now).values(due_at=now))
