"""The loop over updates: chats side by side, each in order, and the offset only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from bot.events import Handled, Incoming, Kind, Sender, TryAgain
from bot.polling import Polling
from services.ways_out import NeverAgain, TryLater

SECONDS = 10
"""How long a thread may wait for another one before the test has failed."""


class Source:
    """Hands out batches in turn, notes the offsets that were asked for, and then has the loop stopped."""

    def __init__(self, *batches: list[tuple[int, int]] | Exception) -> None:
        self.batches = list(batches)
        self.offsets: list[int] = []
        self.stop: Callable[[], None] = lambda: None

    def updates(self, offset: int, *, seconds: int) -> list[dict[str, Any]]:  # noqa: ARG002
        self.offsets.append(offset)
        if not self.batches:
            self.stop()
            raise AssertionError("stopping breaks off the wait")
        batch = self.batches.pop(0)
        if isinstance(batch, Exception):
            raise batch
        return [{"update_id": number, "chat": chat} for number, chat in batch]

    def read(self, update: Mapping[str, Any]) -> Incoming | None:
        if update["chat"] == 0:
            return None
        chat = f"tg:1:{update['chat']}"
        return Incoming("tg:1", update["update_id"], chat, Sender("tg", str(update["chat"]), "N"), Kind.TEXT)


class Desk:
    """Takes events; ``refuse`` says how often an update is not taken before it is."""

    def __init__(self, refuse: dict[int, int] | None = None) -> None:
        self.refuse = dict(refuse or {})
        self.taken: list[tuple[str, int]] = []
        self.after: list[Handled] = []

    def handle(self, event: Incoming) -> Handled:
        if self.refuse.get(event.update_id, 0):
            self.refuse[event.update_id] -= 1
            raise TryAgain(0.001)
        self.taken.append((event.chat_key, event.update_id))
        return Handled(lanes=[event.chat_key])


def polled(
    source: Source, handle: Callable[[Incoming], Handled], after: Callable[[Handled], None] = lambda _: None
) -> None:
    """Run the loop in this thread until the source has nothing left."""
    polling = Polling(source, handle, after)
    source.stop = polling.stop
    polling.run()


def test_each_chat_in_order_and_the_offset_behind_all_of_them() -> None:
    source, desk = Source([(5, 1), (6, 2), (7, 1), (8, 2), (9, 1)], [(10, 1)]), Desk()

    polled(source, desk.handle, desk.after.append)

    assert [number for chat, number in desk.taken if chat == "tg:1:1"] == [5, 7, 9, 10]
    assert [number for chat, number in desk.taken if chat == "tg:1:2"] == [6, 8]
    assert source.offsets == [0, 10, 11]
    assert len(desk.after) == 6


def test_the_chats_of_a_batch_run_side_by_side() -> None:
    together = threading.Barrier(3)

    def handle(event: Incoming) -> Handled:
        together.wait(SECONDS)  # broken, and the test with it, unless all three are here at once
        return Handled()

    source = Source([(1, 1), (2, 2), (3, 3)])
    polled(source, handle)

    assert source.offsets == [0, 4]


def test_the_offset_does_not_move_while_an_event_is_in_hand() -> None:
    begun, go_on = threading.Event(), threading.Event()
    seen: list[list[int]] = []

    def handle(event: Incoming) -> Handled:
        begun.set()
        assert go_on.wait(SECONDS)
        seen.append(list(source.offsets))
        return Handled()

    source = Source([(1, 1), (2, 2)])
    thread = threading.Thread(target=polled, args=(source, handle))
    thread.start()
    assert begun.wait(SECONDS)
    assert source.offsets == [0]
    go_on.set()
    thread.join(SECONDS)

    assert seen == [[0], [0]]
    assert source.offsets == [0, 3]


def test_what_was_not_taken_is_handed_in_again_before_anything_later_of_its_chat() -> None:
    source, desk = Source([(1, 1), (2, 1), (3, 2)]), Desk(refuse={1: 3})

    polled(source, desk.handle)

    assert [number for chat, number in desk.taken if chat == "tg:1:1"] == [1, 2]
    assert ("tg:1:2", 3) in desk.taken
    assert source.offsets == [0, 4]


def test_what_cannot_be_read_is_passed_over() -> None:
    source, desk = Source([(1, 0), (2, 1)], [(3, 0)]), Desk()

    polled(source, desk.handle)

    assert desk.taken == [("tg:1:1", 2)]
    assert source.offsets == [0, 3, 4]


@pytest.mark.parametrize("trouble", [TryLater("HTTP 502", 0.001), TryLater("cut", 0.002), TryLater("429", 0.001)])
def test_trouble_with_the_messenger_is_waited_out(trouble: Exception) -> None:
    source, desk = Source(trouble, [(1, 1)], trouble, [(2, 1)]), Desk()

    polled(source, desk.handle)

    assert desk.taken == [("tg:1:1", 1), ("tg:1:1", 2)]
    assert source.offsets == [0, 0, 2, 2, 3]


def test_a_refusal_of_the_poll_itself_does_not_end_the_loop() -> None:
    source, desk = Source(NeverAgain("Bad Request"), [(1, 1)]), Desk()

    polled(source, desk.handle)

    assert desk.taken == [("tg:1:1", 1)]


def test_stopping_while_an_event_waits_to_be_taken_acknowledges_nothing() -> None:
    tried = threading.Event()

    def handle(event: Incoming) -> Handled:
        tried.set()
        raise TryAgain(SECONDS)

    source = Source([(1, 1), (2, 1)])
    polling = Polling(source, handle, lambda _: None)
    thread = threading.Thread(target=polling.run)
    thread.start()
    assert tried.wait(SECONDS)
    polling.stop()
    thread.join(SECONDS)

    assert not thread.is_alive()
    assert source.offsets == [0]


def test_stopping_lets_the_event_in_hand_finish() -> None:
    desk = Desk()

    def handle(event: Incoming) -> Handled:
        polling.stop()
        return desk.handle(event)

    source = Source([(1, 1), (2, 1)])
    polling = Polling(source, handle, lambda _: None)
    polling.run()

    assert desk.taken == [("tg:1:1", 1), ("tg:1:1", 2)]


def test_an_event_that_cannot_even_be_put_aside_is_tried_until_it_can() -> None:
    desk, failures = Desk(), iter([ValueError("once")])

    def handle(event: Incoming) -> Handled:
        for failure in failures:
            raise failure
        return desk.handle(event)

    source = Source([(1, 1)])
    polled(source, handle)

    assert desk.taken == [("tg:1:1", 1)]
    assert source.offsets == [0, 2]
