"""How fast a way out may be used: the generic cell rate algorithm (GCRA, ITU-T I.371) in one upsert per use.

A name's *theoretical arrival time* says when it would next be free if it were used at exactly its rate. A use
is allowed while that moment is at most ``(burst - 1)`` intervals ahead of now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

CLOCK_SLACK = 1.0
"""Seconds by which the clocks of two processes may differ."""

_USE = text(
    "INSERT INTO rate (name, tat) VALUES (:name, :fresh) "
    "ON CONFLICT (name) DO UPDATE SET "
    "tat = CASE WHEN rate.tat > :now AND rate.tat <= :honest THEN rate.tat ELSE :now END + :interval "
    "WHERE rate.tat <= :latest OR rate.tat > :honest RETURNING tat"
)
_GIVE_BACK = text("UPDATE rate SET tat = tat - :interval WHERE name = :name")
_TAT = text("SELECT tat FROM rate WHERE name = :name")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``burst`` at once and then ``per_second``. A rate of 0 means no limit."""

    name: str
    per_second: float
    burst: int = 1


def wait_for_all(session: Session, limits: Sequence[Limit], *, now: datetime) -> float:
    """Use all limits once if all allow it now, and return 0; else the longest wait, having used none."""
    waits = [wait(session, limit, now=now) for limit in limits]
    longest = max(waits, default=0.0)
    if longest:
        for limit, seconds in zip(limits, waits, strict=True):
            if not seconds and limit.per_second > 0:
                session.connection().execute(_GIVE_BACK, {"name": limit.name, "interval": 1.0 / limit.per_second})
    return longest


def wait(session: Session, limit: Limit, *, now: datetime) -> float:
    """Use the limit once if that is allowed now, and return 0; else the seconds to wait, having used nothing."""
    if limit.per_second <= 0:
        return 0.0
    moment = now.timestamp()
    interval = 1.0 / limit.per_second
    latest = moment + interval * (limit.burst - 1)
    honest = latest + interval + CLOCK_SLACK  # beyond it, it was written before the clock was set back
    values = {
        "name": limit.name,
        "now": moment,
        "fresh": moment + interval,
        "interval": interval,
        "latest": latest,
        "honest": honest,
    }
    connection = session.connection()
    if connection.execute(_USE, values).first() is not None:
        return 0.0
    known = connection.execute(_TAT, {"name": limit.name}).scalar_one()
    return max(float(known) - latest, 0.001)
