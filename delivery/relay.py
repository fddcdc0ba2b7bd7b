"""Empties lanes: claim, read, send with no transaction open, mark - and again until the lane is empty.

The mark of one row and the reading of the next share a transaction. A row is marked only while the lease is
still ours; a lane that was taken over meanwhile is left alone.
"""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db.session import Transaction, in_short, is_away
from delivery.ways import Way
from services import lanes, pace
from services.jobs import Job
from services.lanes import Row
from services.ways_out import NeverAgain, TryLater

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between two tries, at most."""
PATIENCE = timedelta(days=3)
"""How long a row may be tried before it is given up."""
SCREEN_PATIENCE = timedelta(hours=1)
"""The same for a screen, since everything that the chat is told later waits behind it, and for a file that somebody
waits to see taken."""
BUG_TRIES = 10
"""How often a row may fail because of a mistake of ours."""


@dataclass(slots=True)
class _Outcome:
    """What became of one row: its new status (None: still pending) and when the lane is due again."""

    status: str | None
    provider_id: str = ""
    error: str = ""
    pause: float = 0.0


@dataclass(slots=True)
class _Job:
    """A row that leaves now; ``broken``: what its delivery needs could not even be read."""

    row: Row
    way: Way
    prepared: Any = None
    broken: Exception | None = None


class Relay:
    """Drains one lane at a time. ``come_back(lane, seconds)`` asks to be called again."""

    def __init__(
        self,
        *,
        transaction: Transaction,
        ways: Mapping[str, Way],
        clock: Callable[[], datetime],
        come_back: Callable[[str, float], None],
    ) -> None:
        self._transaction = transaction
        self._ways = ways
        self._clock = clock
        self._come_back = come_back

    def drain(self, key: str) -> None:
        """Send all that waits in the lane, unless somebody else is at it or it is not due."""
        token = uuid.uuid4().hex
        with self._transaction() as session:
            if not lanes.claim(session, key, token, now=self._clock()):
                return
            job = self._next(session, key, token)
        while job is not None:
            job = self._mark(key, token, job, self._send(job))

    def _next(self, session: Session, key: str, token: str) -> _Job | None:
        """Read the row that leaves next, or give the lane back: it is empty, or the pace says to wait."""
        while rows := lanes.next_rows(session, key, most=20):
            for position, row in enumerate(rows):
                way = self._ways.get(row.kind)
                if way is None or _is_overtaken(row, rows[position + 1 :]):
                    self._pass_over(session, row, known=way is not None)
                    continue
                seconds = pace.wait_for_all(session, way.limits(row), now=self._clock())
                if seconds:
                    self._put_off(session, key, token, seconds)
                    return None
                return _prepared(session, row, way)
        lanes.give_back(session, key, token, due_at=None)
        return None

    def _pass_over(self, session: Session, row: Row, *, known: bool) -> None:
        if not known:
            log.error("outbox row %s: nothing here delivers %r", row.id, row.kind)
        lanes.settle(session, row, "merged" if known else "dead", now=self._clock())

    def _put_off(self, session: Session, key: str, token: str, seconds: float) -> None:
        lanes.give_back(session, key, token, due_at=self._clock() + timedelta(seconds=seconds))
        self._come_back(key, seconds)

    def _send(self, job: _Job) -> _Outcome:
        """Deliver one row with no transaction open; sort what went wrong by what to do next."""
        try:
            return self._delivered(job)
        except Exception as bug:  # noqa: BLE001 - logged and counted there
            return self._failed(job, bug)

    def _delivered(self, job: _Job) -> _Outcome:
        row = job.row
        if job.broken is not None:
            raise job.broken
        try:
            return _Outcome("sent", provider_id=job.way.deliver(row, job.prepared))
        except TryLater as later:
            if self._clock() - row.created_at > _patience(row):
                return self._give_up(job, later.reason)
            job.way.put_off(row, later.reason)
            pause = later.seconds if later.seconds is not None else _pause(row.attempts)
            return _Outcome(None, error=later.reason, pause=pause)
        except NeverAgain as refusal:
            return self._give_up(job, refusal.reason)

    def _failed(self, job: _Job, bug: Exception) -> _Outcome:
        """A mistake of ours: tried again for a while, since it may be gone after the next restart."""
        row = job.row
        log.error("outbox row %s (%s) failed", row.id, row.kind, exc_info=bug)
        if row.attempts + 1 >= BUG_TRIES:
            return self._give_up(job, type(bug).__name__)
        return _Outcome(None, error=in_short(bug), pause=_pause(row.attempts))

    @staticmethod
    def _give_up(job: _Job, reason: str) -> _Outcome:
        log.error("outbox row %s (%s) is given up: %s", job.row.id, job.row.kind, reason)
        try:
            job.way.given_up(job.row, reason)
        except Exception:
            log.exception("nobody could be told that row %s is given up", job.row.id)
        return _Outcome("dead", error=reason)

    def _mark(self, key: str, token: str, job: _Job, outcome: _Outcome) -> _Job | None:
        """Write down what became of the row. If what was learnt from it cannot be written, it counts as failed."""
        try:
            with self._transaction() as session:
                return self._close(session, key, token, job, outcome)
        except Exception as bug:
            if outcome.status != "sent" or is_away(bug):
                raise
            with self._transaction() as session:
                return self._close(session, key, token, job, self._failed(job, bug))

    def _close(self, session: Session, key: str, token: str, job: _Job, outcome: _Outcome) -> _Job | None:
        """Mark what became of the row, if the lane is still ours, and read the next one."""
        now = self._clock()
        if not lanes.renew(session, key, token, now=now):
            log.warning("lane %s was taken over while row %s was on its way", key, job.row.id)
            return None
        if outcome.status is None:
            lanes.count_try(session, job.row, outcome.error)
            self._put_off(session, key, token, outcome.pause)
            return None
        if outcome.status == "sent":
            job.way.settle(session, job.row, outcome.provider_id)
        lanes.settle(session, job.row, outcome.status, now=now, provider_id=outcome.provider_id, error=outcome.error)
        return self._next(session, key, token)


def _prepared(session: Session, row: Row, way: Way) -> _Job:
    """Read what the delivery needs. If that fails, only it is undone: the mark of the row before stands."""
    try:
        with session.begin_nested():
            return _Job(row, way, way.prepare(session, row))
    except Exception as bug:  # noqa: BLE001 - it is raised again where failed deliveries are counted
        return _Job(row, way, broken=bug)


def _is_overtaken(row: Row, waiting: Sequence[Row]) -> bool:
    """A later picture of the same screen waits already: the older one need not be sent."""
    return row.kind == "chat.screen" and any(
        later.kind == "chat.screen" and later.payload["slot"] == row.payload["slot"] for later in waiting
    )


def _patience(row: Row) -> timedelta:
    in_a_chat = row.kind.startswith("chat.") and row.kind != "chat.notice"
    return SCREEN_PATIENCE if in_a_chat or row.kind == Job.FETCH_FILE else PATIENCE


def _pause(attempts: int) -> float:
    """1, 2, 4 … seconds with up to half as much again by chance, so that lanes do not come back in step."""
    return min(LONGEST_PAUSE, 2.0 ** min(attempts, 10) * random.uniform(1.0, 1.5))  # noqa: S311 - no secret
