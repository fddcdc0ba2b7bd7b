"""Who empties which lane: one at a time, for as long as the lease runs, and fenced off afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import lane
from db.models.messaging import outbox as table
from db.session import Database
from services import lanes, outbox
from services.lanes import CHAT_LEASE, JOB_LEASE
from services.outbox import Item
from tests.builders import NOON, later

KEY = "chat:tg:1:5"


def fill(session: Session, count: int = 1, key: str = KEY, *, secret: bool = False) -> None:
    outbox.put(session, [Item(key, str(number), {"n": number}, secret=secret) for number in range(count)], now=NOON)


def test_one_holds_the_lane_until_the_lease_is_over(session: Session) -> None:
    fill(session)

    assert lanes.claim(session, KEY, "one", now=NOON)
    assert not lanes.claim(session, KEY, "two", now=NOON)
    assert not lanes.claim(session, KEY, "two", now=NOON + CHAT_LEASE)
    assert lanes.claim(session, KEY, "one", now=NOON), "the holder may take it again"
    assert lanes.claim(session, KEY, "two", now=NOON + CHAT_LEASE + timedelta(seconds=1))


@pytest.mark.parametrize(("key", "lease"), [(KEY, CHAT_LEASE), ("mail:1", JOB_LEASE), ("pdf:1", JOB_LEASE)])
def test_a_lease_is_longer_than_its_way_out_may_take(session: Session, key: str, lease: timedelta) -> None:
    fill(session, key=key)
    lanes.claim(session, key, "one", now=NOON)

    assert session.scalar(select(lane.c.leased_until)) == NOON + lease
    assert lanes.renew(session, key, "one", now=later(seconds=20))
    assert session.scalar(select(lane.c.leased_until)) == later(seconds=20) + lease


def test_a_lane_with_nothing_due_cannot_be_claimed(session: Session) -> None:
    assert not lanes.claim(session, "chat:unknown", "one", now=NOON)
    fill(session)
    lanes.claim(session, KEY, "one", now=NOON)
    lanes.give_back(session, KEY, "one", due_at=later(seconds=9))

    assert not lanes.claim(session, KEY, "one", now=later(seconds=8))
    assert lanes.claim(session, KEY, "one", now=later(seconds=9))


def test_whoever_lost_the_lease_can_neither_renew_nor_give_back(session: Session) -> None:
    fill(session)
    lanes.claim(session, KEY, "one", now=NOON)
    lanes.claim(session, KEY, "two", now=later(minutes=1))

    assert not lanes.renew(session, KEY, "one", now=later(minutes=1))
    lanes.give_back(session, KEY, "one", due_at=None)
    assert session.execute(select(lane.c.token, lane.c.due_at)).one() == ("two", NOON)


def test_rows_come_in_order_and_only_while_they_wait(session: Session) -> None:
    fill(session, 3)
    fill(session, 1, key="chat:other")
    lanes.claim(session, KEY, "one", now=NOON)
    first, second = lanes.next_rows(session, KEY, most=2)
    assert [row.payload for row in (first, second)] == [{"n": 0}, {"n": 1}]

    lanes.settle(session, first, "sent", now=later(seconds=1), provider_id="m1")
    lanes.count_try(session, second, "HTTP 502")

    [again, third] = lanes.next_rows(session, KEY, most=9)
    assert (again.id, again.attempts, third.payload) == (second.id, 1, {"n": 2})
    row = session.execute(select(table).where(table.c.id == first.id)).one()
    assert (row.status, row.provider_id, row.done_at) == ("sent", "m1", later(seconds=1))


def test_a_settled_row_is_not_settled_again(session: Session) -> None:
    fill(session)
    [row] = lanes.next_rows(session, KEY, most=1)
    lanes.settle(session, row, "sent", now=NOON, provider_id="m1")

    lanes.settle(session, row, "dead", now=NOON, error="late")

    assert session.execute(select(table.c.status, table.c.provider_id, table.c.last_error)).one() == ("sent", "m1", "")


@pytest.mark.parametrize("status", ["sent", "dead", "merged"])
def test_secrets_are_blanked_when_their_row_is_settled(session: Session, status: str) -> None:
    fill(session, secret=True)
    [row] = lanes.next_rows(session, KEY, most=1)
    lanes.count_try(session, row, "not yet")
    assert session.scalar(select(table.c.payload)) == {"n": 0}

    lanes.settle(session, row, status, now=NOON)

    assert session.scalar(select(table.c.payload)) == {}


def test_a_lane_that_was_given_back_is_due_again_when_something_is_put_into_it(session: Session) -> None:
    fill(session)
    lanes.claim(session, KEY, "one", now=NOON)
    lanes.settle(session, lanes.next_rows(session, KEY, most=1)[0], "sent", now=NOON)
    lanes.give_back(session, KEY, "one", due_at=None)
    assert session.execute(select(lane.c.due_at, lane.c.leased_until, lane.c.token)).one() == (None, None, None)

    outbox.put(session, [Item(KEY, "x")], now=later(seconds=2))

    assert session.scalar(select(lane.c.due_at)) == later(seconds=2)
    assert lanes.claim(session, KEY, "two", now=later(seconds=2))


def test_the_due_lanes_the_longest_waiting_first(session: Session) -> None:
    for number, key in enumerate(("chat:c", "chat:b", "chat:a", "chat:later")):
        outbox.put(session, [Item(key, "x")], now=later(seconds=number))
    lanes.claim(session, "chat:b", "one", now=later(seconds=2))

    assert lanes.due(session, now=later(seconds=2)) == ["chat:c", "chat:a"]
    assert lanes.due(session, now=later(seconds=2), most=1) == ["chat:c"]
    assert "chat:b" in lanes.due(session, now=later(minutes=1)), "its holder must be dead"


def test_at_start_up_nobody_holds_anything(session: Session) -> None:
    fill(session)
    lanes.claim(session, KEY, "dead", now=NOON)

    lanes.start_anew(session, now=NOON)

    assert lanes.claim(session, KEY, "new", now=NOON)
    assert not lanes.renew(session, KEY, "dead", now=NOON)


def test_at_start_up_a_lane_that_a_wrong_clock_put_off_is_looked_at(session: Session) -> None:
    fill(session)
    lanes.claim(session, KEY, "dead", now=NOON)
    lanes.give_back(session, KEY, "dead", due_at=later(hours=1))

    lanes.start_anew(session, now=NOON)

    assert lanes.due(session, now=NOON) == [KEY]


def test_of_many_at_once_one_gets_the_lane(database: Database) -> None:
    with database.transaction() as session:
        fill(session)

    def claim(number: int) -> bool:
        with database.transaction() as session:
            return lanes.claim(session, KEY, f"drainer {number}", now=NOON)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(claim, range(24))).count(True) == 1


def test_nothing_is_left_behind_between_the_last_look_and_the_rest(database: Database) -> None:
    """Writers put while drainers give the lane back: whatever waits at the end has a due time."""

    def write(number: int) -> None:
        with database.transaction() as session:
            outbox.put(session, [Item(KEY, str(number))], now=NOON)

    def drain(number: int) -> None:
        with database.transaction() as session:
            if not lanes.claim(session, KEY, str(number), now=NOON):
                return
        while True:
            with database.transaction() as session:
                lanes.renew(session, KEY, str(number), now=NOON)
                for row in lanes.next_rows(session, KEY, most=1):
                    lanes.settle(session, row, "sent", now=NOON)
                if not lanes.next_rows(session, KEY, most=1):
                    lanes.give_back(session, KEY, str(number), due_at=None)
                    return

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(write if number % 2 else drain, number) for number in range(60)]
        for done in work:
            done.result(20)

    with database.reading() as session:
        waiting = outbox.count_pending(session, KEY)
        assert (session.scalar(select(lane.c.due_at)) is not None) == bool(waiting)
