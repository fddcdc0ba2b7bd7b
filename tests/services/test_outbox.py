"""What has to leave: once per dedupe, in the order of the commits of its lane, and nothing of what was rolled back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import lane
from db.models.messaging import outbox as table
from db.session import Database
from services import lanes, outbox
from services.outbox import Item
from tests.builders import NOON, later


def put(session: Session, *items: Item, now: Any = NOON) -> list[str]:
    return outbox.put(session, items, now=now)


def left(session: Session) -> list[tuple[str, str]]:
    return [tuple(row) for row in session.execute(select(table.c.lane, table.c.kind).order_by(table.c.id))]


def test_rows_wait_in_the_order_of_putting(session: Session) -> None:
    kicked = put(session, Item("chat:b", "one"), Item("chat:a", "two"), Item("chat:b", "three"))

    assert kicked == ["chat:a", "chat:b"]
    assert left(session) == [("chat:b", "one"), ("chat:a", "two"), ("chat:b", "three")]
    assert (outbox.count_pending(session), outbox.count_pending(session, "chat:b")) == (3, 2)
    assert set(session.execute(select(lane.c.key, lane.c.due_at)).all()) == {("chat:a", NOON), ("chat:b", NOON)}


def test_nothing_put_is_nothing_written(session: Session) -> None:
    assert put(session) == []
    assert (left(session), outbox.lanes_to_kick(session)) == ([], [])


def test_at_most_one_row_ever_has_a_dedupe(session: Session) -> None:
    item = Item("pdf:1", "invoice.draw", {"invoice_id": 1}, dedupe="pdf:1")
    put(session, item)
    put(session, item, Item("pdf:1", "other"))
    [row, _] = lanes.next_rows(session, "pdf:1", most=9)
    lanes.claim(session, "pdf:1", "me", now=NOON)
    lanes.settle(session, row, "sent", now=NOON)

    put(session, item)

    assert left(session) == [("pdf:1", "invoice.draw"), ("pdf:1", "other")]


def test_a_repeat_within_one_put_is_left_out_too(session: Session) -> None:
    put(session, Item("pdf:1", "one", dedupe="d"), Item("pdf:1", "two", dedupe="d"), Item("pdf:1", "three"))

    assert left(session) == [("pdf:1", "one"), ("pdf:1", "three")]


def test_a_lane_that_rests_is_not_woken_by_what_comes_behind(session: Session) -> None:
    put(session, Item("chat:a", "one"))
    lanes.claim(session, "chat:a", "me", now=NOON)
    lanes.give_back(session, "chat:a", "me", due_at=later(minutes=1))

    put(session, Item("chat:a", "two"), now=later(seconds=5))

    assert session.scalar(select(lane.c.due_at)) == later(minutes=1)
    assert lanes.due(session, now=later(seconds=30)) == []


def test_the_lanes_to_kick_are_told_once(session: Session) -> None:
    put(session, Item("chat:b", "x"))
    put(session, Item("chat:a", "x"), Item("chat:b", "x"))

    assert outbox.lanes_to_kick(session) == ["chat:a", "chat:b"]
    assert outbox.lanes_to_kick(session) == []


def test_what_is_rolled_back_never_waits(session: Session) -> None:
    put(session, Item("chat:a", "stays"))
    block = session.begin_nested()
    put(session, Item("chat:a", "goes"), Item("chat:b", "goes", dedupe="d"))
    block.rollback()

    assert left(session) == [("chat:a", "stays")]
    put(session, Item("chat:b", "now", dedupe="d"))
    assert left(session)[-1] == ("chat:b", "now")


def test_what_left_long_ago_is_forgotten_but_for_what_guards_against_repeats(session: Session) -> None:
    put(session, Item("a", "old"), Item("a", "kept", dedupe="d"), Item("a", "dead"), Item("a", "waits"))
    lanes.claim(session, "a", "me", now=NOON)
    for row, status in zip(lanes.next_rows(session, "a", most=3), ("sent", "sent", "dead"), strict=True):
        lanes.settle(session, row, status, now=NOON)

    outbox.forget_before(session, later(days=30))

    assert [kind for _, kind in left(session)] == ["kept", "dead", "waits"]


def test_the_order_of_ids_in_a_lane_is_the_order_of_commits(database: Database) -> None:
    """The second writer of a lane waits for the first one's commit before it gets its ids."""
    first_has_put, commits = threading.Event(), list[str]()

    def first() -> None:
        with database.transaction() as session:
            put(session, Item("chat:a", "first"))
            first_has_put.set()
            second_waits.wait(0.2)  # as long as it may: the second one cannot get past the lane's lock
            commits.append("first")

    def second() -> None:
        assert first_has_put.wait(10)
        with database.transaction() as session:
            put(session, Item("chat:a", "second"))
            second_waits.set()
            commits.append("second")

    second_waits = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(first), pool.submit(second)]:
            done.result(20)

    assert commits == ["first", "second"]
    with database.reading() as session:
        assert [kind for _, kind in left(session)] == ["first", "second"]


def test_writers_of_the_same_lanes_in_any_order_do_not_lock_each_other_out(database: Database) -> None:
    def write(number: int) -> None:
        keys = ["chat:a", "chat:b", "chat:c"]
        with database.transaction() as session:
            put(session, *(Item(key, str(number)) for key in (keys if number % 2 else reversed(keys))))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(32)))

    with database.reading() as session:
        assert outbox.count_pending(session) == 96
        orders = {key: [kind for lane_key, kind in left(session) if lane_key == key] for key in ("chat:a", "chat:c")}
    assert orders["chat:a"] == orders["chat:c"]
