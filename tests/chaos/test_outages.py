"""What is away for a while comes back, and nothing was lost, doubled or swapped: Telegram, the database, the mail."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import ColumnElement, func, make_url, select

from db.models.invoices import MailRequest
from db.models.messaging import inbox
from sandbox.client import Box
from tests.chaos.invariants import count_duplicate_letters, count_duplicate_messages, violations
from tests.chaos.shift import Shift
from tests.conftest import EmptyDatabases

AWAY_SECONDS = 3.0
LETTERS_HELD_UP = 2
TELEGRAM_AWAY: list[tuple[str, dict[str, Any]]] = [
    ("error", {"code": 500}),
    ("html", {"code": 502}),
    ("too_many", {"retry_after": 1}),
]


@contextmanager
def shift_at_work(box: Box, databases: EmptyDatabases, backend: str, folder: Path, mode: str) -> Iterator[Shift]:
    """A crowd at work, whose door is ended afterwards."""
    shift = Shift.open(box, databases.new(backend), folder / "house", mode, seed=7)
    try:
        shift.crowd.begin()
        shift.wait_for_updates(30, within=20)
        yield shift
    finally:
        shift.house.kill()


def test_all_messages_arrive_in_order_after_telegram_was_away(
    box: Box, empty_databases: EmptyDatabases, tmp_path: Path
) -> None:
    with shift_at_work(box, empty_databases, "sqlite", tmp_path, "webhook") as shift:
        for kind, options in TELEGRAM_AWAY:
            sending = [box.fault(kind, method=method, **options) for method in ("sendMessage", "editMessageText")]
            time.sleep(AWAY_SECONDS / 2)
            assert sum(fault.hits() for fault in sending) > 0
            box.clear_faults()
        world = shift.close()

        assert violations(world) == []
        assert count_duplicate_messages(shift.house, world.chats) == 0


@pytest.mark.parametrize(("backend", "mode"), [("sqlite", "webhook"), ("postgresql", "polling")])
def test_updates_wait_while_the_database_is_locked_and_none_counts_as_failed(
    backend: str, mode: str, box: Box, empty_databases: EmptyDatabases, tmp_path: Path
) -> None:
    with shift_at_work(box, empty_databases, backend, tmp_path, mode) as shift:
        with locked(shift.house.database_url):
            began = shift.house.updates_taken()
            time.sleep(AWAY_SECONDS)
            taken = shift.house.updates_taken()
        world = shift.close()

        assert taken == began
        assert violations(world) == []
        tries = shift.house.scalar(select(func.max(inbox.c.attempts)))
        assert tries == 1


def test_letters_leave_once_a_hanging_mail_server_is_well_and_chats_do_not_wait_for_it(
    box: Box, empty_databases: EmptyDatabases, tmp_path: Path
) -> None:
    with shift_at_work(box, empty_databases, "sqlite", tmp_path, "polling") as shift:
        hanging = box.mail_fault("hang", stage="rcpt", seconds=30)
        wait_for(lambda: hanging.hits() >= LETTERS_HELD_UP, "letters that hang", within=40)
        before = shift.house.updates_taken()
        shift.wait_for_updates(before + 40, within=10)
        assert _count(shift, MailRequest.state == "accepted") == 0
        world = shift.close()

        assert violations(world) == []
        assert count_duplicate_letters(shift.house) == 0
        assert _count(shift, MailRequest.state == "accepted") >= LETTERS_HELD_UP


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Nobody else can write to the database inside the block."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(url.database), isolation_level=None, timeout=30)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as holder:
        _lock(holder)
        yield
        holder.rollback()


def _lock(holder: psycopg.Connection[tuple[object, ...]]) -> None:
    """Take the tables; the product at work may stand in the way with some of them, then the server ends our try."""
    while True:
        try:
            holder.execute("LOCK TABLE inbox, outbox, lane IN EXCLUSIVE MODE")
        except psycopg.errors.DeadlockDetected:
            holder.rollback()
        else:
            return


def wait_for(condition: Callable[[], bool], what: str, *, within: float) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"no {what} within {within} s"
        time.sleep(0.05)


def _count(shift: Shift, condition: ColumnElement[bool]) -> int:
    return int(shift.house.scalar(select(func.count()).where(condition)))
