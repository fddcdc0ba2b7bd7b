"""The parts of one sandbox put together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from sandbox.faults import Faults, Pace
from sandbox.journal import Journal
from sandbox.methods import DOING, Call
from sandbox.parameters import read
from sandbox.postoffice import PostOffice
from sandbox.refusals import conflict
from sandbox.stage import Stage
from sandbox.story import nobody
from sandbox.updates import UpdateQueue, check_kinds
from sandbox.webhooks import Webhooks
from sandbox.world import Bot, World


class Core:
    """World, stage, journal, faults, webhooks and post office: what the HTTP interfaces work on."""

    def __init__(self, stage: Stage | None = None) -> None:
        self.world = World()
        self.stage = stage or Stage()
        self.journal = Journal(self.world.settings.journal_limit)
        self.faults = Faults()
        self.pace = Pace()
        self.post = PostOffice(self.world)
        self.webhooks = Webhooks(self.world, self._fire_and_forget)
        self._doing = {**DOING, **self.webhooks.doing()}

    def watch_stage(self) -> None:
        """Note each change of the stage from now on; to be called on the loop that serves."""
        loop = asyncio.get_running_loop()

        def note() -> None:
            with suppress(RuntimeError):  # the loop has ended: nobody is left to be told
                loop.call_soon_threadsafe(self.world.note, "stage")

        self.stage.on_change = note

    def perform(self, bot: Bot, method: str, given: dict[str, Any]) -> Any:
        """Do a method that needs no waiting; raises Refused."""
        return self._doing[method](Call(self.world, bot, read(method, given)))

    def _fire_and_forget(self, bot: Bot, method: str, given: dict[str, Any]) -> None:
        """Do a method that came in the answer of a webhook; nobody learns how it ended but the journal."""
        entry = self.journal.open(bot.id, method, given, self.world.now())
        entry.status = 200
        entry.fault = "webhook answer"
        self.perform(bot, method, given)

    def polled(self, bot: Bot, allowed: list[str] | None) -> UpdateQueue:
        """Return the updates of a bot that polls; refused while it has a webhook."""
        if bot.updates.push_to is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if allowed is not None:
            check_kinds(allowed)
            bot.updates.allowed = allowed
        return bot.updates

    async def reset(self) -> None:
        """Forget everything: bots, people, mail, faults, journal; the clock shows the time again."""
        await self.webhooks.clear()
        for bot in self.world.bots.values():
            bot.updates.terminate_poll("terminated by reset of the sandbox")
        self.world.clear()
        self.world.clock_shift = 0.0
        self.stage.forget_people()
        self.journal.clear()
        self.faults.clear()
        self.pace.clear()
        await self.post.clear()
        self.world.note("reset")

    async def close(self) -> None:
        """Stop whatever runs in the background."""
        self.stage.on_change = nobody
        await self.webhooks.clear()
        for bot in self.world.bots.values():
            bot.updates.terminate_poll("terminated by the end of the sandbox")
        await self.post.close()
