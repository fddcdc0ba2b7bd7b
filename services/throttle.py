"""How often somebody failed to get in, and how long they must wait before the next try.

Failures are counted for the chat and for the code's public part, so that neither many codes from one chat nor
many chats on one code get more tries. Core statements: the count must be right whatever else the session holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.orm import Session

from db.models.people import LoginThrottle
from db.types import UtcDateTime

FREE_OF_LONG_WAIT = 5
"""From this many failures on the wait is the long one."""
LONG_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
"""Failures are forgotten when there was none for so long."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The worst of the counters that were asked for."""

    failures: int
    blocked_until: datetime | None
    """None: nothing to wait for."""

    def wait_seconds(self, now: datetime) -> int:
        """Whole seconds to wait, rounded up; 0 when a try is free."""
        if self.blocked_until is None:
            return 0
        return max(0, ceil((self.blocked_until - now).total_seconds()))

    @property
    def tries_left(self) -> int:
        """How many more failures there may be before the long wait."""
        return max(0, FREE_OF_LONG_WAIT - self.failures)


_ROWS = select(
    LoginThrottle.failures,
    LoginThrottle.last_failed_at,
    LoginThrottle.blocked_until,
).where(LoginThrottle.key.in_(bindparam("keys", expanding=True)))
_LOCKED_ROWS = _ROWS.order_by(LoginThrottle.key).with_for_update()
_COUNT = text(
    "INSERT INTO login_throttle (key, failures, last_failed_at, blocked_until) VALUES (:key, 1, :now, :now) "
    "ON CONFLICT (key) DO UPDATE SET last_failed_at = excluded.last_failed_at, failures = "
    "CASE WHEN login_throttle.last_failed_at <= :forgotten THEN 1 ELSE login_throttle.failures + 1 END "
    "RETURNING failures"
).bindparams(bindparam("now", type_=UtcDateTime()), bindparam("forgotten", type_=UtcDateTime()))


def wait_after(failures: int) -> timedelta:
    """How long the next try must wait: 1, 2, 4, 8 s, and 15 minutes from the fifth failure on.

    Source: the table "Attackers", password brute force.
    """
    if failures <= 0:
        return timedelta(0)
    return LONG_WAIT if failures >= FREE_OF_LONG_WAIT else timedelta(seconds=2 ** (failures - 1))


def keys_of(chat_key: str, public: str) -> tuple[str, str]:
    """The counters that a try with this code from this chat goes to, in the order of locking."""
    return f"chat:{chat_key}", f"code:{public}"


def find_standing(session: Session, keys: Iterable[str], *, now: datetime) -> Standing:
    """Read the counters without locking them."""
    return _worst(session.execute(_ROWS, {"keys": list(keys)}), now)


def lock(session: Session, keys: Iterable[str], *, now: datetime) -> Standing:
    """Read the counters and hold their rows, in the order of keys, until the end of the (nested) transaction."""
    return _worst(session.execute(_LOCKED_ROWS, {"keys": list(keys)}), now)


def after_one_more(standing: Standing, *, now: datetime) -> Standing:
    """What ``count_failure`` would make of it."""
    failures = standing.failures + 1
    return Standing(failures, now + wait_after(failures))


def count_failure(session: Session, keys: Iterable[str], *, now: datetime) -> Standing:
    """Count one failure for each key and set the wait that follows.

    Locks the rows in the order of keys; simultaneous failures are all counted.
    """
    worst = 0
    for key in sorted(keys):
        counted = session.execute(_COUNT, {"key": key, "now": now, "forgotten": now - FORGOTTEN_AFTER})
        failures = int(counted.scalar_one())
        until = now + wait_after(failures)
        session.execute(
            update(LoginThrottle).where(LoginThrottle.key == key).values(blocked_until=until),
            execution_options={"synchronize_session": False},
        )
        worst = max(worst, failures)
    return Standing(worst, now + wait_after(worst))


def forget_chat(session: Session, chat_key: str) -> None:
    """Forget what a chat failed at: it has got in."""
    session.execute(
        delete(LoginThrottle).where(LoginThrottle.key == f"chat:{chat_key}"),
        execution_options={"synchronize_session": False},
    )


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete the counters that no longer count and return how many (housekeeping)."""
    gone = session.scalars(
        delete(LoginThrottle).where(LoginThrottle.last_failed_at <= now - FORGOTTEN_AFTER).returning(LoginThrottle.key),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())


def _worst(rows: Iterable[tuple[int, datetime, datetime]], now: datetime) -> Standing:
    counting = [(n, until) for n, last, until in rows if last > now - FORGOTTEN_AFTER]
    failures = max((n for n, _ in counting), default=0)
    until = max((until for _, until in counting), default=now)
    return Standing(failures, until if until > now else None)
