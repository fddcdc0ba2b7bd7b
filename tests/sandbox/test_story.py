"""A story: played in order at a pace, held, stopped, failed, gone on with. The stories here touch nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from sandbox.refusals import WrongControl
from sandbox.story import Step, StepFailed, Stopped, Story

SOON = 5.0
"""Seconds within which what must come has come; nothing here takes that long."""


class Tale:
    """A story whose steps each do so many actions, and which writes down what was done."""

    def __init__(self, *actions: int, pace: float = 0.0) -> None:
        self.done: list[str] = []
        self.times: list[float] = []
        self.trouble: Exception | None = None
        self.moments: dict[str, Callable[[], None]] = {}
        steps = [Step(_words(f"step {number}"), self._step(number, count)) for number, count in enumerate(actions, 1)]
        self.story = Story(steps, pace=pace)

    def _step(self, number: int, count: int) -> Callable[[], None]:
        def play() -> None:
            for action in range(1, count + 1):
                self.story.turn()
                self.times.append(time.monotonic())
                self.done.append(f"{number}.{action}")
                self.moments.pop(f"{number}.{action}", lambda: None)()
            if self.trouble is not None:
                raise self.trouble

        return play

    def seen(self) -> tuple[str, int]:
        view = self.story.view()
        return view["state"], view["done"]

    def until(self, state: str) -> None:
        deadline = time.monotonic() + SOON
        while self.story.view()["state"] != state:
            assert time.monotonic() < deadline, self.seen()
            time.sleep(0.005)


def _words(text: str) -> dict[str, str]:
    return {"en": text, "es": text, "ru": text}


def _threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "story"]


def test_it_is_played_in_order_at_its_pace_and_tells_of_each_change() -> None:
    tale = Tale(1, 2, pace=0.1)
    seen: list[tuple[str, int]] = []
    tale.story.on_change = lambda: seen.append(tale.seen())

    tale.story.play()
    tale.until("done")

    assert tale.done == ["1.1", "2.1", "2.2"]
    assert tale.times[2] - tale.times[0] >= 0.2
    assert seen[0] == ("playing", 0)
    assert ("playing", 1) in seen
    assert tale.story.view() == {
        "steps": [_words("step 1"), _words("step 2")],
        "state": "done",
        "done": 2,
        "begun": False,
        "pace": 0.1,
        "error": None,
    }


def test_it_holds_between_two_actions_and_goes_on_where_it_stood() -> None:
    tale = Tale(3, 1)
    tale.moments["1.2"] = tale.story.pause

    tale.story.play()
    tale.until("paused")
    time.sleep(0.1)  # long enough for the actions that must not come
    assert tale.done == ["1.1", "1.2"]
    tale.story.play()
    tale.until("done")

    assert tale.done == ["1.1", "1.2", "1.3", "2.1"]


def test_a_new_pace_counts_from_the_action_that_is_being_waited_for() -> None:
    tale = Tale(2, pace=60)
    tale.story.play()

    tale.story.set_pace(0)
    tale.until("done")

    assert tale.done == ["1.1", "1.2"]


@pytest.mark.parametrize("pace", [-1, 61, float("nan")])
def test_a_pace_that_nobody_could_watch_is_refused_and_plays_nothing(pace: float) -> None:
    tale = Tale(1)

    with pytest.raises(WrongControl, match="0 to 60"):
        tale.story.play(pace)
    with pytest.raises(WrongControl, match="0 to 60"):
        tale.story.set_pace(pace)

    assert (tale.seen(), tale.done, tale.story.view()["pace"]) == (("idle", 0), [], 0)


def test_stopped_between_two_steps_it_goes_on_with_the_next_one() -> None:
    tale = Tale(1, 1)
    tale.story.on_change = lambda: tale.story.pause() if tale.seen() == ("playing", 1) else None

    tale.story.play()
    tale.until("paused")
    tale.story.stop()
    assert tale.seen() == ("idle", 1)
    tale.story.on_change = lambda: None
    tale.story.play()
    tale.until("done")

    assert tale.done == ["1.1", "2.1"]


def test_a_step_that_was_broken_off_is_not_played_twice() -> None:
    tale = Tale(1, 2, pace=60)
    tale.moments["2.1"] = tale.story.pause
    tale.story.play(0)
    tale.until("paused")

    tale.story.stop()

    assert (tale.seen(), tale.done) == (("idle", 1), ["1.1", "2.1"])
    with pytest.raises(WrongControl, match="step 2 was broken off in the middle: go on by hand, or put all back"):
        tale.story.play()
    assert (tale.seen(), tale.done) == (("idle", 1), ["1.1", "2.1"])
    tale.story.rewind()
    tale.story.play()
    tale.until("done")
    assert tale.done[2:] == ["1.1", "2.1", "2.2"]


def test_stop_cuts_the_wait_for_the_next_action_short_and_leaves_no_thread() -> None:
    tale = Tale(2, pace=60)
    acted = threading.Event()
    tale.moments["1.1"] = acted.set
    tale.story.play()
    assert acted.wait(SOON)

    begun = time.monotonic()
    tale.story.stop()

    assert time.monotonic() - begun < SOON
    assert (tale.seen(), tale.done) == (("idle", 0), ["1.1"])
    for thread in _threads():
        thread.join(SOON)
    assert _threads() == []


def test_a_step_that_only_waits_learns_of_the_stop_when_it_looks() -> None:
    waiting = threading.Event()

    def wait() -> None:
        while True:
            waiting.set()
            story.check()
            time.sleep(0.005)

    story = Story([Step(_words("waits"), wait)])
    story.play()
    assert waiting.wait(SOON)

    story.rewind()

    assert (story.view()["state"], story.view()["done"]) == ("idle", 0)


def test_a_step_that_fails_ends_it_with_the_reason() -> None:
    tale = Tale(1, 1)
    tale.trouble = ValueError("the bot is silent")

    tale.story.play()
    tale.until("failed")

    assert tale.story.view()["error"] == "step 1 (step 1): the bot is silent"
    assert (tale.story.over, tale.done) == (True, ["1.1"])
    with pytest.raises(WrongControl, match="over: put all back"):
        tale.story.play()
    tale.story.rewind()
    assert (tale.seen(), tale.story.view()["error"]) == (("idle", 0), None)


def test_a_part_is_played_at_full_speed_in_this_thread_and_the_rest_later() -> None:
    tale = Tale(2, 1, 1, pace=60)

    tale.story.run(until=2)
    assert (tale.seen(), tale.done) == (("idle", 2), ["1.1", "1.2", "2.1"])
    tale.story.play()
    tale.until("done")

    assert tale.done[3:] == ["3.1"]


def test_what_ends_a_run_before_its_time_is_raised() -> None:
    failing, stopped = Tale(1), Tale(2)
    failing.trouble = AssertionError("no answer")
    ends = threading.Thread(target=stopped.story.stop)

    def begin_to_stop() -> None:
        stopped.story.pause()
        ends.start()

    stopped.moments["1.1"] = begin_to_stop

    with pytest.raises(StepFailed, match="no answer"):
        failing.story.run()
    with pytest.raises(Stopped):
        stopped.story.run()

    ends.join(SOON)
    assert (failing.seen(), stopped.seen()) == (("failed", 0), ("idle", 0))


def test_what_makes_no_sense_now_is_refused() -> None:
    tale = Tale(2)
    tale.moments["1.1"] = tale.story.pause
    for act in (tale.story.pause, tale.story.stop):
        with pytest.raises(WrongControl, match="does not play now"):
            act()

    tale.story.play()
    tale.until("paused")

    with pytest.raises(WrongControl, match="does not play now"):
        tale.story.pause()
    with pytest.raises(WrongControl, match="plays already"):
        tale.story.run()
    tale.story.stop()
