"""Hints that a lane may have something to do, carried by Dramatiq. The truth stays in the database: every hint
could be lost, and the sweeper would find the lane within a second.

Embedded: Dramatiq's StubBroker and its worker threads in this process; chats, slow jobs, the reading of tickets, and
digests with their pictures have a broker each, so that neither a mail server that hangs, nor a hundred photos, nor the
hour of the digests delay anybody's menu or invoice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import dramatiq
from dramatiq.brokers.stub import StubBroker
from sqlalchemy.orm import Session

from db.session import Transaction
from services import inbox, lanes, outbox, throttle

log = logging.getLogger(__name__)

CHATS, JOBS, READING, DIGESTS = "chats", "jobs", "reading", "digests"
_QUEUES = {"chat": CHATS, "ocr": READING, "chart": DIGESTS, "digest": DIGESTS}
"""By what a lane's key begins with; all the rest are jobs."""
JOB_THREADS = 3
READING_THREADS = 1
"""Reading a photo fills a core; one at a time leaves the others to those who wait for a menu."""
DIGEST_THREADS = 1
"""At the hour of the digests everybody's come at once, most with a picture, which is drawn one at a time."""
SWEEP_SECONDS = 1.0
TIDY_EVERY = timedelta(hours=1)
INBOX_KEPT = timedelta(days=7)
OUTBOX_KEPT = timedelta(days=30)


class Chore(Protocol):
    """What the time of day asks for: puts into the outbox what is due by ``now``, in a transaction of its own."""

    def __call__(self, session: Session, *, now: datetime) -> None:
        """Do it."""


class Hints:
    """Carries hints to the drain and sweeps up what no hint reached. ``start`` after any fork, ``stop`` at the end.

    ``chores`` are done by the sweeper, every time before it looks.
    """

    def __init__(
        self,
        *,
        transaction: Transaction,
        clock: Callable[[], datetime],
        chat_threads: int = 4,
        chores: Sequence[Chore] = (),
    ) -> None:
        self._transaction = transaction
        self._clock = clock
        self._chores = chores
        self._drain: Callable[[str], None] | None = None
        brokers = {queue: StubBroker(middleware=[]) for queue in (CHATS, JOBS, READING, DIGESTS)}
        self._poke = {
            queue: dramatiq.actor(self._poked, broker=broker, actor_name="poke", queue_name=queue)
            for queue, broker in brokers.items()
        }
        threads = {CHATS: chat_threads, JOBS: JOB_THREADS, READING: READING_THREADS, DIGESTS: DIGEST_THREADS}
        self._workers = [
            dramatiq.Worker(broker, worker_threads=threads[queue], worker_timeout=100)
            for queue, broker in brokers.items()
        ]
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
        self._stopping = threading.Event()
        self._queued: set[str] = set()
        self._queued_lock = threading.Lock()
        self.last_sweep: datetime | None = None
        """When the sweeper last looked, UTC; None before the start."""

    def start(self, drain: Callable[[str], None]) -> None:
        """Begin: forget the leases of the process that was here before, and look at everything that is due."""
        self._drain = drain
        with self._transaction() as session:
            lanes.start_anew(session, now=self._clock())
        for worker in self._workers:
            worker.start()
        self._sweeper.start()

    def stop(self) -> None:
        """Let the running deliveries finish, then end all threads."""
        self._stopping.set()
        for worker in self._workers:
            worker.stop(timeout=15_000)
        if self._sweeper.is_alive():
            self._sweeper.join(timeout=15)

    def kick(self, keys: Iterable[str]) -> None:
        """Hint that these lanes have something to do now."""
        for key in keys:
            with self._queued_lock:
                if key in self._queued:
                    continue  # whoever takes that hint up looks at all that is there by then
                self._queued.add(key)
            self._actor(key).send(key)

    def come_back(self, key: str, seconds: float) -> None:
        """Hint the same again after some seconds. Up to the sweeper where it is far off."""
        if seconds <= 0:
            self.kick([key])
        elif seconds < 2 * SWEEP_SECONDS:
            self._actor(key).send_with_options(args=(key,), delay=int(seconds * 1000) + 1)

    def _actor(self, key: str) -> Any:
        return self._poke[_QUEUES.get(key.partition(":")[0], JOBS)]

    def _poked(self, key: str) -> None:
        """Dramatiq's worker lands here. Whatever fails is left to the sweeper."""
        with self._queued_lock:
            self._queued.discard(key)
        if self._drain is None or self._stopping.is_set():
            return
        try:
            self._drain(key)
        except Exception:
            log.exception("draining %s failed; the sweeper will come back to it", key)

    def _do_chores(self) -> None:
        """One that fails is tried again with the next sweep, and keeps nobody from being looked after."""
        for chore in self._chores:
            try:
                with self._transaction() as session:
                    chore(session, now=self._clock())
            except Exception:
                log.exception("a chore failed; it is done again with the next sweep")

    def _sweep(self) -> None:
        tidied = datetime.min.replace(tzinfo=UTC)
        while not self._stopping.is_set():
            self._do_chores()
            try:
                now = self._clock()
                with self._transaction() as session:
                    due = lanes.due(session, now=now)
                    if now - tidied > TIDY_EVERY:
                        inbox.forget_before(session, now - INBOX_KEPT)
                        outbox.forget_before(session, now - OUTBOX_KEPT)
                        throttle.forget_old(session, now=now)
                        tidied = now
                self.kick(due)
                self.last_sweep = now
            except Exception:
                log.exception("the sweep failed")
            self._stopping.wait(SWEEP_SECONDS)
