"""Kills the door with SIGKILL at moments drawn by chance and starts it again at once."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from tests.journeys.house import House

EARLY = 0.2
"""How many kills fall into the start or into the catching up."""
LONGEST_WAIT = 30.0
ANSWERS = {"sendMessage", "editMessageText"}


@dataclass
class Killer:
    """``kill(times)`` leaves the door running. ``to_first_answer``: seconds from each start that lived so long."""

    house: House
    chance: random.Random
    kills: int = 0
    to_first_answer: list[float] = field(default_factory=list)

    def kill(self, times: int) -> None:
        """Kill and start again, so many times."""
        for _ in range(times):
            time.sleep(self._moment())
            self._assert_alive()
            self.house.kill()
            self.kills += 1
            self._launch()

    def _launch(self) -> None:
        self._requests_before = int(self.house.box.control("state")["requests"])
        self._started = time.monotonic()
        self.house.launch()

    def _moment(self) -> float:
        """Seconds until the next kill: sometimes soon after the start, mostly some time after the first answer."""
        if self.kills and self.chance.random() < EARLY:
            return self.chance.uniform(0.2, 1.5)
        if self.kills:
            self.wait_for_answer()
        return self.chance.uniform(0.05, 2.5)

    def wait_for_answer(self) -> None:
        """Wait until the process that was started last has answered somebody, and note how long that took."""
        while time.monotonic() - self._started < LONGEST_WAIT:
            self._assert_alive()
            since = self.house.box.requests(self.house.bot, since=self._requests_before)
            if any(request.method in ANSWERS and request.status == 200 for request in since):
                self.to_first_answer.append(time.monotonic() - self._started)
                return
            time.sleep(0.02)
        raise AssertionError(f"nobody was answered within {LONGEST_WAIT} s:\n{self.house.log()[-4000:]}")

    def _assert_alive(self) -> None:
        process = self.house.process
        if process is None or process.poll() is not None:
            raise AssertionError(f"the door ended by itself:\n{self.house.log()[-4000:]}")
