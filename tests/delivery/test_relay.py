"""What the relay promises of each row: in order, once as far as anybody can know, and never silently lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from db.session import Database
from delivery.relay import BUG_TRIES, PATIENCE
from services.outbox import Item
from services.pace import Limit
from services.ways_out import NeverAgain, TryLater, Unreachable
from tests.builders import NOON
from tests.delivery.lane_keeper import LANE, Keeper, emptied


@pytest.fixture
def keeper(shared_database: Database) -> Iterator[Keeper]:
    with emptied(shared_database) as database:
        yield Keeper(database)


def test_a_lane_is_emptied_in_the_order_it_was_filled(keeper: Keeper) -> None:
    ids = keeper.notices(5)

    keeper.drain()

    assert keeper.way.sent == ids == sorted(ids)
    assert keeper.statuses() == ["sent"] * 5
    assert [row.provider_id for row in keeper.rows()] == [f"message {number}" for number in ids]
    assert keeper.way.noted == [("settled", number, f"message {number}") for number in ids]
    assert (keeper.lane().due_at, keeper.lane().token, keeper.asked) == (None, None, [])


def test_an_empty_or_unknown_lane_is_left_alone(keeper: Keeper) -> None:
    keeper.notices(1)
    keeper.drain()
    keeper.drain()
    keeper.drain("chat:nobody")

    assert len(keeper.way.sent) == 1


def test_what_comes_while_the_lane_is_being_emptied_goes_along(keeper: Keeper) -> None:
    keeper.notices(1)
    late = iter([True])
    keeper.way.meanwhile = lambda _row: [keeper.notices(1) for _ in late] and None

    keeper.drain()

    assert keeper.statuses() == ["sent", "sent"]
    assert keeper.lane().due_at is None


@pytest.mark.parametrize(("seconds", "least", "most"), [(7.0, 7.0, 7.0), (None, 1.0, 1.5)])
def test_what_cannot_leave_now_waits_and_nothing_overtakes_it(
    keeper: Keeper, seconds: float | None, least: float, most: float
) -> None:
    first, second = keeper.notices(2)
    keeper.way.troubles[first] = [TryLater("HTTP 502", seconds)]

    keeper.drain()

    [(key, pause)] = keeper.asked
    assert key == LANE
    assert least <= pause <= most
    assert keeper.way.sent == []
    assert [(row.status, row.attempts, row.last_error) for row in keeper.rows()] == [
        ("pending", 1, "HTTP 502"),
        ("pending", 0, ""),
    ]
    assert keeper.way.noted == [("put off", first, "HTTP 502")]
    assert keeper.lane().due_at == NOON + timedelta(seconds=pause)

    keeper.clock.forward(least - 0.5)
    keeper.drain()
    assert keeper.way.sent == [], "it is not due yet"

    keeper.clock.forward(most)
    keeper.drain()
    assert keeper.way.sent == [first, second]


def test_the_pauses_grow_to_a_minute(keeper: Keeper) -> None:
    [row] = keeper.notices(1)
    keeper.way.troubles[row] = [TryLater("no") for _ in range(9)]

    for _ in range(9):
        keeper.drain()
        keeper.clock.forward(61)

    pauses = [pause for _, pause in keeper.asked]
    assert all(2.0**tries <= pause <= 1.5 * 2.0**tries for tries, pause in enumerate(pauses[:5]))
    assert pauses[6:] == [60.0, 60.0, 60.0]


def test_what_will_never_leave_is_dead_and_does_not_block_its_lane(keeper: Keeper) -> None:
    first, second, third = keeper.notices(3)
    keeper.way.troubles = {first: [NeverAgain("Bad Request: no")], second: [Unreachable("Forbidden: blocked")]}

    keeper.drain()

    assert keeper.way.sent == [third]
    assert [(row.status, row.last_error) for row in keeper.rows()] == [
        ("dead", "Bad Request: no"),
        ("dead", "Forbidden: blocked"),
        ("sent", ""),
    ]
    assert keeper.way.noted[:2] == [("given up", first, "Bad Request: no"), ("given up", second, "Forbidden: blocked")]


def test_after_three_days_it_is_given_up(keeper: Keeper) -> None:
    first, second = keeper.notices(2)
    keeper.way.troubles[first] = [TryLater("away"), TryLater("still away")]
    keeper.drain()
    keeper.clock.now = NOON + PATIENCE + timedelta(seconds=1)

    keeper.drain()

    assert keeper.statuses() == ["dead", "sent"]
    assert keeper.way.noted[1] == ("given up", first, "still away")
    assert keeper.way.sent == [second]


def test_a_mistake_of_ours_is_tried_ten_times(keeper: Keeper) -> None:
    first, second = keeper.notices(2)
    keeper.way.troubles[first] = [KeyError("ours") for _ in range(BUG_TRIES)]

    for _ in range(BUG_TRIES - 1):
        keeper.drain()
        keeper.clock.forward(100)
    assert keeper.statuses() == ["pending", "pending"]
    assert keeper.rows()[0].attempts == 9
    keeper.drain()

    assert keeper.statuses() == ["dead", "sent"]
    assert keeper.way.noted[-2:] == [("given up", first, "KeyError"), ("settled", second, f"message {second}")]


def test_a_row_that_cannot_be_read_is_counted_and_the_one_before_it_stays_sent(keeper: Keeper) -> None:
    first, second, third = keeper.notices(3)
    keeper.way.unreadable = {second}

    for _ in range(BUG_TRIES):
        keeper.drain()
        keeper.clock.forward(100)

    assert keeper.way.sent == [first, third]
    assert keeper.statuses() == ["sent", "dead", "sent"]
    assert ("given up", second) in [note[:2] for note in keeper.way.noted]


def test_a_row_whose_outcome_cannot_be_written_is_given_up_in_the_end(keeper: Keeper) -> None:
    first, second = keeper.notices(2)
    keeper.way.unwritable = {first}

    for _ in range(BUG_TRIES):
        keeper.drain()
        keeper.clock.forward(100)

    assert keeper.statuses() == ["dead", "sent"]
    assert keeper.way.sent == [first] * BUG_TRIES + [second]


def test_a_screen_that_never_leaves_holds_its_chat_for_an_hour_at_most(keeper: Keeper) -> None:
    keeper.screen(1, "never")
    (screen,) = [row.id for row in keeper.rows()]
    (notice,) = keeper.notices(1)
    keeper.way.troubles[screen] = [TryLater("502"), TryLater("502")]
    keeper.drain()
    keeper.clock.forward(3601)

    keeper.drain()

    assert keeper.statuses() == ["dead", "sent"]
    assert keeper.way.sent == [notice]


def test_a_kind_that_nobody_delivers_is_dead_and_does_not_block_its_lane(keeper: Keeper) -> None:
    keeper.put(Item(LANE, "chat.unheard_of", {}))
    known = keeper.notices(1)

    keeper.drain()

    assert keeper.statuses() == ["dead", "sent"]
    assert keeper.way.sent == known


# coalescing


def test_of_unsent_pictures_of_one_screen_the_latest_wins(keeper: Keeper) -> None:
    for number in range(4):
        keeper.screen(1, f"picture {number}", message_id="10")

    keeper.drain()

    assert [payload["html"] for payload in keeper.way.payloads] == ["picture 3"]
    assert keeper.statuses() == ["merged", "merged", "merged", "sent"]


def test_a_first_send_is_not_lost_when_an_edit_overtakes_it(keeper: Keeper) -> None:
    keeper.screen(1, "new")
    keeper.screen(1, "edited")

    keeper.drain()

    assert keeper.way.payloads == [{"slot": 1, "html": "edited"}]


def test_other_screens_and_notices_are_not_merged(keeper: Keeper) -> None:
    keeper.screen(1, "one")
    keeper.notices(1)
    keeper.put(Item(LANE, "chat.strip", {"slot": 1}))
    keeper.screen(2, "two")

    keeper.drain()

    assert keeper.statuses() == ["sent"] * 4
    assert [payload.get("html") for payload in keeper.way.payloads] == ["one", "0", None, "two"]


# secrets, pace, leases


def test_what_was_secret_is_blanked_once_it_left_or_is_dead(keeper: Keeper) -> None:
    keeper.put(Item(LANE, "chat.notice", {"html": "K7QF2-SECRET"}, secret=True))
    keeper.put(Item(LANE, "chat.notice", {"html": "open"}))
    keeper.put(Item(LANE, "chat.notice", {"html": "K7QF2-SECRET"}, secret=True))
    first, _, third = (row.id for row in keeper.rows())
    keeper.way.troubles = {first: [TryLater("wait")], third: [NeverAgain("no")]}

    keeper.drain()
    assert keeper.rows()[0].payload == {"html": "K7QF2-SECRET"}, "it has still to be sent"
    keeper.clock.forward(5)
    keeper.drain()

    assert [row.payload for row in keeper.rows()] == [{}, {"html": "open"}, {}]
    assert keeper.way.payloads == [{"html": "K7QF2-SECRET"}, {"html": "open"}]


def test_the_pace_is_kept_and_the_rest_goes_on_later(keeper: Keeper) -> None:
    keeper.way.limit = Limit(LANE, 1.0, burst=2)
    ids = keeper.notices(4)

    keeper.drain()
    assert keeper.way.sent == ids[:2]
    assert keeper.asked == [(LANE, 1.0)]

    keeper.clock.forward(1)
    keeper.drain()
    keeper.clock.forward(1)
    keeper.drain()
    assert keeper.way.sent == ids


def test_two_relays_do_not_send_the_same_row(keeper: Keeper) -> None:
    keeper.notices(20)
    start = threading.Barrier(4)

    def drain() -> None:
        start.wait(10)
        keeper.another().drain(LANE)

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(keeper.way.sent) == 20
    assert keeper.way.sent == sorted(keeper.way.sent)
    assert keeper.statuses() == ["sent"] * 20


def test_whoever_comes_back_after_the_lease_was_taken_over_marks_nothing(keeper: Keeper) -> None:
    """The first sender hangs past its lease; the second sends all; then the first one's mark is refused."""
    first, second = keeper.notices(2)
    other = keeper.another()

    def hang(row: object) -> None:
        keeper.way.meanwhile = lambda _row: None
        keeper.clock.forward(61)
        other.drain(LANE)

    keeper.way.meanwhile = hang
    keeper.drain()

    assert keeper.way.sent == [first, second, first], "the late one had left already: this is the one double"
    assert keeper.statuses() == ["sent", "sent"]
    assert keeper.way.noted == [("settled", first, f"message {first}"), ("settled", second, f"message {second}")]
    assert keeper.lane().due_at is None


def test_nobody_takes_over_before_the_lease_is_over(keeper: Keeper) -> None:
    [row] = keeper.notices(1)
    other = keeper.another()

    def hang(_row: object) -> None:
        keeper.clock.forward(29)
        other.drain(LANE)

    keeper.way.meanwhile = hang
    keeper.drain()

    assert keeper.way.sent == [row]


def test_a_relay_that_dies_before_its_mark_leaves_the_row_to_the_next(keeper: Keeper) -> None:
    [row] = keeper.notices(1)
    keeper.way.troubles[row] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        keeper.drain()
    assert keeper.statuses() == ["pending"]

    keeper.drain()
    assert keeper.way.sent == [], "the dead one's lease still runs"
    keeper.clock.forward(61)
    keeper.drain()

    assert keeper.way.sent == [row]
