"""People for the benchmark. They live in the sandbox's own process, so that looking costs nobody a request, and
note the moment when the first answer to what they did comes in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox import people
from sandbox.journal import Journal, Request
from sandbox.world import Chat, World

ANSWER_SECONDS = 30.0
ANSWERS = ("sendMessage", "editMessageText")


class Watching(Journal):
    """A journal that tells whoever waits for the first answer in a chat."""

    def __init__(self) -> None:
        super().__init__(limit=1000)
        self.waiting: dict[int, asyncio.Future[float]] = {}

    def open(self, bot_id: int | None, method: str, given: dict[str, Any], at: float) -> Request:
        """Enter a request; if it is an answer that is waited for, note when it came."""
        if method in ANSWERS:
            found = self.waiting.pop(int(given.get("chat_id", 0)), None)
            if found is not None and not found.done():
                found.set_result(time.perf_counter())
        return super().open(bot_id, method, given, at)


@dataclass
class Visitor:
    """Somebody with a chat who does one thing after the other and waits for the answer to each."""

    world: World
    journal: Watching
    chat: Chat

    async def _do(self, deed: Callable[[], object]) -> float:
        """Do something; returns the moment of the first answer."""
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.journal.waiting[self.chat.id] = answered
        deed()
        return await asyncio.wait_for(answered, ANSWER_SECONDS)

    async def say(self, text: str) -> float:
        """Write a text."""
        return await self._do(lambda: people.send(self.world, self.chat, "text", people.text_content(text)))

    async def send_place(self) -> float:
        """Send a pin."""
        place = {"location": {"latitude": 55.7601, "longitude": 37.6402}}
        return await self._do(lambda: people.send(self.world, self.chat, "location", place))

    async def press(self, verb: str, index: int = 0) -> float:
        """Press the button with that verb, as soon as it is there; several have it: the one at ``index``."""
        number, data = await self._button(verb, index)
        return await self._do(lambda: people.press(self.world, self.chat, number, data))

    async def _button(self, verb: str, index: int) -> tuple[int, str]:
        deadline = time.perf_counter() + ANSWER_SECONDS
        while (found := self._find(verb, index)) is None:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"no button {verb} in chat {self.chat.id}")
            await asyncio.sleep(0.001)
        return found

    def _find(self, verb: str, index: int) -> tuple[int, str] | None:
        for item in reversed(self.chat.messages.values()):
            fitting = [data for data in _buttons(item.wire) if data.startswith(f"{verb}.")]
            if fitting:
                return item.id, fitting[index % len(fitting)]
        return None


def _buttons(wire: dict[str, Any]) -> Iterator[str]:
    for row in wire.get("reply_markup", {}).get("inline_keyboard", []):
        yield from (button["callback_data"] for button in row if "callback_data" in button)


Deed = Callable[[], Any]
Walk = Callable[[Visitor], AsyncIterator[Deed]]
"""What somebody does again and again: each deed, awaited, returns the moment of its first answer."""


async def menu_walk(who: Visitor) -> AsyncIterator[Deed]:
    """Down the catalogue to a product and back to the menu."""
    yield lambda: who.say("/menu")
    while True:
        for verb, index in (
            ("category", 0),
            ("category", 0),
            ("product", 0),
            ("category", 0),
            ("category", -1),
            ("home", 0),
        ):
            yield lambda verb=verb, index=index: who.press(verb, index)  # type: ignore[misc]


async def full_order(who: Visitor) -> AsyncIterator[Deed]:
    """One order after the other, from the menu to the submit."""
    while True:
        yield lambda: who.say("/menu")
        for verb, index in (("category", 0), ("category", 0), ("product", 0), ("set_quantity", -1), ("cart", 0)):
            yield lambda verb=verb, index=index: who.press(verb, index)  # type: ignore[misc]
        yield lambda: who.press("clients")
        yield lambda: who.press("client")
        yield who.send_place
        yield lambda: who.press("day")
        yield lambda: who.press("submit")


async def echo_walk(who: Visitor) -> AsyncIterator[Deed]:
    """As many presses as in the menu walk, for the bot to compare with."""
    yield lambda: who.say("/menu")
    while True:
        yield lambda: who.press("echo")


async def echo_order(who: Visitor) -> AsyncIterator[Deed]:
    """A text, a place and nine presses, as in an order."""
    while True:
        yield lambda: who.say("/menu")
        for _ in range(7):
            yield lambda: who.press("echo")
        yield who.send_place
        for _ in range(2):
            yield lambda: who.press("echo")


@dataclass
class Figures:
    """What was measured: seconds per answer, and for how long."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the answers came."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1000


async def saturate(visitors: list[Visitor], walk: Walk, seconds: float) -> Figures:
    """Everybody does the next thing as soon as the last one was answered."""
    figures, began = Figures(), time.perf_counter()

    async def live(who: Visitor) -> None:
        async for deed in walk(who):
            start = time.perf_counter()
            if start - began > seconds:
                return
            figures.latencies.append(await deed() - start)

    await asyncio.gather(*(live(who) for who in visitors))
    figures.seconds = time.perf_counter() - began
    return figures


async def at_rate(visitors: list[Visitor], walk: Walk, per_second: float, seconds: float) -> Figures:
    """So many deeds per second, spread over all. A deed that finds nobody free starts late, and counts from when
    it was due."""
    figures, began = Figures(), time.perf_counter()
    due: asyncio.Queue[float] = asyncio.Queue()

    async def live(who: Visitor) -> None:
        async for deed in walk(who):
            moment = await due.get()
            if moment < 0:
                return
            figures.latencies.append(await deed() - moment)

    lives = [asyncio.ensure_future(live(who)) for who in visitors]
    for number in range(int(per_second * seconds)):
        moment = began + number / per_second
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        due.put_nowait(moment)
    for _ in visitors:
        due.put_nowait(-1.0)
    await asyncio.gather(*lives)
    figures.seconds = time.perf_counter() - began
    return figures
