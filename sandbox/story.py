"""A story played in the sandbox: steps with a title each, at a watchable pace, that can be paused and stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.refusals import WrongControl

WATCHABLE = 1.2
"""Seconds from one action to the next at which somebody can follow."""
SLOWEST = 60.0
LONGEST_ERROR = 500
TIME_TO_END = 30.0
"""Seconds for a step that is broken off to come to its next action or to a look at the gate."""

Words = dict[str, str]
"""The same in each language of the page: `en`, `es`, `ru`."""


def nobody() -> None:
    """Whom to tell of a change while nobody wants to know."""


class Stopped(Exception):
    """The story was stopped; raised out of the step that is being played."""


class StepFailed(Exception):
    """A step did not work; the text says which one and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, in the words of somebody who watches."""

    words: Words
    play: Callable[[], object]


class Story:
    """Steps that are played in order, and the gate through which each action of theirs goes.

    A step calls `turn` before each action and `check` while it waits. All methods may be called from any thread.
    """

    def __init__(self, steps: Sequence[Step], *, pace: float = WATCHABLE) -> None:
        self.steps = tuple(steps)
        self.on_change: Callable[[], None] = nobody
        self._gate = threading.Condition()
        self._state = "idle"
        self._done = 0
        self._pace = pace
        self._hurry = False  # at full speed, whatever the pace
        self._stopping = False
        self._playing = False  # a thread is in `_play`; stays so while paused
        self._begun = False  # an action of the present step was done, so that the step cannot be played again
        self._last_action = 0.0
        self._error: str | None = None

    def view(self) -> dict[str, Any]:
        """Return titles, state, how many steps are over, whether the next was broken off, pace (s), what went wrong."""
        with self._gate:
            return {
                "steps": [step.words for step in self.steps],
                "state": self._state,
                "done": self._done,
                "begun": self._begun and not self._playing,
                "pace": self._pace,
                "error": self._error,
            }

    @property
    def over(self) -> bool:
        """Whether it has come to its end, good or bad, so that it can only begin anew."""
        with self._gate:
            return self._state in ("failed", "done")

    def play(self, pace: float | None = None) -> None:
        """Go on from where it stands, in a thread of its own, so many seconds from action to action.

        Raises WrongControl while it plays, when it is over, and when a step was broken off after its first action:
        nobody can tell what is left of such a step.
        """
        pace = None if pace is None else _checked(pace)
        with self._gate:
            if self._state == "paused":
                self._state = "playing"
                self._gate.notify_all()
            else:
                self._begin(hurry=False)
                threading.Thread(target=self._play, args=(len(self.steps),), name="story", daemon=True).start()
            if pace is not None:
                self._pace, self._hurry = pace, False
        self.on_change()

    def run(self, until: int | None = None) -> None:
        """Play at full speed in this thread, until so many steps are over (all of them by default).

        Raises WrongControl as `play` does, StepFailed, and Stopped where somebody stops it.
        """
        with self._gate:
            self._begin(hurry=True)
        self.on_change()
        trouble = self._play(len(self.steps) if until is None else until)
        if trouble is not None:
            raise trouble

    def pause(self) -> None:
        """Hold before the next action; raises WrongControl when it does not play."""
        with self._gate:
            if self._state != "playing":
                raise WrongControl("the story does not play now")
            self._state = "paused"
        self.on_change()

    def stop(self) -> None:
        """End before the next action and return when it has; what is over stays over. Raises WrongControl."""
        with self._gate:
            if not self._playing:
                raise WrongControl("the story does not play now")
        self._end()

    def rewind(self) -> None:
        """Stop if it plays, and stand at the beginning."""
        self._end()
        with self._gate:
            self._state, self._done, self._begun, self._error = "idle", 0, False, None
        self.on_change()

    def set_pace(self, pace: float) -> None:
        """Change the seconds from action to action, from the next one on; raises WrongControl."""
        pace = _checked(pace)
        with self._gate:
            self._pace, self._hurry = pace, False
            self._gate.notify_all()
        self.on_change()

    def turn(self) -> None:
        """Wait until the next action may be done; called by a step before each. Raises Stopped."""
        with self._gate:
            self._wait_while_paused()
            while (left := self._last_action + self._seconds() - time.monotonic()) > 0:
                self._gate.wait(left)
                self._wait_while_paused()
            self._last_action = time.monotonic()
            self._begun = True

    def check(self) -> None:
        """Raise Stopped when the story is to end; called by a step while it waits."""
        with self._gate:
            if self._stopping:
                raise Stopped

    def _seconds(self) -> float:
        return 0.0 if self._hurry else self._pace

    def _wait_while_paused(self) -> None:
        while self._state == "paused" and not self._stopping:
            self._gate.wait()
        if self._stopping:
            raise Stopped

    def _begin(self, *, hurry: bool) -> None:
        if self._playing:
            raise WrongControl("the story plays already")
        if self._state in ("failed", "done"):
            raise WrongControl("the story is over: put all back to play it again")
        if self._begun:
            raise WrongControl(
                f"step {self._done + 1} was broken off in the middle: go on by hand, "
                "or put all back and play from the beginning"
            )
        self._playing, self._state, self._stopping, self._hurry = True, "playing", False, hurry
        self._last_action = 0.0

    def _play(self, until: int) -> StepFailed | Stopped | None:
        """Play up to there; returns what ended it before."""
        ended: StepFailed | Stopped | None = None
        state = "idle"
        try:
            while self._done < until:
                self._one()
            state = "done" if self._done == len(self.steps) else "idle"
        except Stopped as stopped:
            ended = stopped
        except StepFailed as failure:
            ended, state = failure, "failed"
        finally:
            with self._gate:
                self._state, self._playing, self._stopping = state, False, False
                self._error = str(ended)[:LONGEST_ERROR] if state == "failed" else None
                self._gate.notify_all()
            self.on_change()
        return ended

    def _one(self) -> None:
        with self._gate:
            self._wait_while_paused()
            step = self.steps[self._done]
        try:
            step.play()
        except Stopped:
            raise
        except Exception as trouble:  # a step is anybody's code: whatever it raises ends the story, and is told
            raise StepFailed(f"step {self._done + 1} ({step.words['en']}): {trouble or repr(trouble)}") from trouble
        with self._gate:
            self._done += 1
            self._begun = False
        self.on_change()

    def _end(self) -> None:
        """Break off what plays and wait until its thread is out of it."""
        with self._gate:
            if not self._playing:
                return
            self._stopping = True
            self._gate.notify_all()
            if not self._gate.wait_for(lambda: not self._playing, TIME_TO_END):
                raise WrongControl(f"the step that plays did not end within {TIME_TO_END:.0f} s")


def _checked(pace: float) -> float:
    if not 0 <= pace <= SLOWEST:
        raise WrongControl(f"the pace is 0 to {SLOWEST:.0f} seconds")
    return float(pace)
