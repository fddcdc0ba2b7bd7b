"""Hints may be lost, the truth is in the database: whatever is due is found, and stopping lets the running end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import lane
from db.session import Database
from delivery.hints import Hints
from services import lanes, outbox
from services.outbox import Item
from tests.delivery.lane_keeper import emptied

SECONDS = 10


def now() -> datetime:
    return datetime.now(UTC)


class Drained:
    """Notes which lanes were drained, and lets a test wait for one."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.then: Callable[[str], None] = lambda _key: None
        self._changed = threading.Condition()

    def __call__(self, key: str) -> None:
        with self._changed:
            self.keys.append(key)
            self._changed.notify_all()
        self.then(key)

    def wait_for(self, key: str, times: int = 1) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.keys.count(key) >= times, SECONDS), self.keys


@pytest.fixture
def database(shared_database: Database) -> Iterator[Database]:
    with emptied(shared_database) as found:
        yield found


@pytest.fixture
def hints(database: Database) -> Iterator[Hints]:
    made = Hints(transaction=database.transaction, clock=now)
    yield made
    made.stop()


def put(database: Database, key: str) -> None:
    with database.transaction() as session:
        outbox.put(session, [Item(key, "chat.notice", {})], now=now())


def test_a_kick_leads_to_the_drain_of_each_lane(hints: Hints) -> None:
    drained = Drained()
    hints.start(drained)

    hints.kick(["chat:a", "mail:1", "pdf:2"])

    for key in ("chat:a", "mail:1", "pdf:2"):
        drained.wait_for(key)


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_a_lane_that_asks_to_be_called_again_is(hints: Hints, seconds: float) -> None:
    drained = Drained()
    hints.start(drained)

    hints.come_back("chat:a", seconds)

    drained.wait_for("chat:a")


def test_what_no_hint_reached_is_found_by_the_sweeper(hints: Hints, database: Database) -> None:
    drained = Drained()
    hints.start(drained)

    put(database, "chat:lost")

    drained.wait_for("chat:lost")
    assert hints.last_sweep is not None


def test_what_is_left_from_before_the_start_is_found_though_it_was_leased(hints: Hints, database: Database) -> None:
    put(database, "chat:old")
    with database.transaction() as session:
        assert lanes.claim(session, "chat:old", "the dead one", now=now())
    drained = Drained()

    hints.start(drained)

    drained.wait_for("chat:old")
    with database.reading() as session:
        assert session.execute(select(lane.c.token, lane.c.leased_until)).all() == [(None, None)]


def test_a_lane_is_not_swept_before_it_is_due(hints: Hints, database: Database) -> None:
    drained = Drained()
    hints.start(drained)
    with database.transaction() as session:
        outbox.put(session, [Item("chat:later", "x")], now=datetime(2999, 1, 1, tzinfo=UTC))
    put(database, "chat:now")

    drained.wait_for("chat:now", times=2)

    assert "chat:later" not in drained.keys


def test_a_lane_waits_in_the_queue_only_once(hints: Hints, database: Database) -> None:
    busy, go_on = threading.Event(), threading.Event()
    drained = Drained()

    def hold(key: str) -> None:
        if key.startswith("chat:slow"):
            busy.set()
            go_on.wait(10)

    drained.then = hold
    hints.start(drained)
    hints.kick(f"chat:slow{number}" for number in range(4))
    assert busy.wait(5)

    for _ in range(100):
        hints.kick(["chat:quick"])
    go_on.set()

    drained.wait_for("chat:quick", times=1)
    hints.kick(["chat:last"])
    drained.wait_for("chat:last", times=1)
    assert drained.keys.count("chat:quick") == 1


def test_a_drain_that_fails_does_not_end_its_thread(hints: Hints) -> None:
    drained = Drained()

    def fail(key: str) -> None:
        if key == "chat:bad":
            raise RuntimeError("ours")

    drained.then = fail
    hints.start(drained)

    hints.kick(["chat:bad"] * 8)
    hints.kick(["chat:good"])

    drained.wait_for("chat:good")


def test_a_mail_server_that_hangs_delays_no_chat(hints: Hints) -> None:
    go_on, drained = threading.Event(), Drained()
    drained.then = lambda key: None if key.startswith("chat:") else go_on.wait(SECONDS) and None
    hints.start(drained)

    hints.kick([f"mail:{number}" for number in range(9)])
    drained.wait_for("mail:0")
    hints.kick(["chat:a"])

    drained.wait_for("chat:a")
    go_on.set()


def test_stopping_lets_what_is_running_finish(database: Database) -> None:
    hints = Hints(transaction=database.transaction, clock=now)
    begun, finished, drained = threading.Event(), threading.Event(), Drained()

    def slowly(_key: str) -> None:
        begun.set()
        assert stopping.wait(SECONDS)
        finished.set()

    stopping = threading.Event()
    drained.then = slowly
    hints.start(drained)
    hints.kick(["chat:a"])
    assert begun.wait(SECONDS)
    ending = threading.Thread(target=hints.stop)
    ending.start()
    stopping.set()
    ending.join(SECONDS)

    assert finished.is_set()
    assert not ending.is_alive()


@pytest.mark.parametrize("slow", ["ocr", "digest", "chart"])
def test_what_is_slow_holds_up_neither_chats_nor_jobs(hints: Hints, slow: str) -> None:
    """Many tickets, digests or pictures wait, and none of them is done before the test lets it."""
    go_on, drained = threading.Event(), Drained()
    drained.then = lambda key: None if not key.startswith(slow) else _wait(go_on)
    hints.start(drained)
    hints.kick(f"{slow}:{number}" for number in range(10))
    drained.wait_for(f"{slow}:0")

    hints.kick(["chat:a", "mail:1"])

    drained.wait_for("chat:a")
    drained.wait_for("mail:1")
    assert [key for key in drained.keys if key.startswith(slow)] == [f"{slow}:0"], "one at a time"
    go_on.set()
    drained.wait_for(f"{slow}:9")


def _wait(event: threading.Event) -> None:
    assert event.wait(SECONDS)


def test_chores_are_done_with_every_sweep_and_one_that_fails_stops_nothing(database: Database) -> None:
    drained, tried = Drained(), threading.Event()

    def fails(_session: Session, *, now: datetime) -> None:
        tried.set()
        raise RuntimeError(f"not at {now}")

    def puts(session: Session, *, now: datetime) -> None:
        outbox.put(session, [Item("digest:1", "chat.notice", {}, "once")], now=now)

    hints = Hints(transaction=database.transaction, clock=now, chores=[fails, puts])
    hints.start(drained)
    try:
        drained.wait_for("digest:1", times=2)
    finally:
        hints.stop()

    assert tried.is_set()
    with database.reading() as session:
        assert outbox.count_pending(session, "digest:1") == 1
