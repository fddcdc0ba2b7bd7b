"""The world as the page in the browser follows it: whole at first, then what changes, as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import Any

from aiohttp import web

from sandbox import views
from sandbox.botapi import encode
from sandbox.core import Core
from sandbox.world import Bot, Chat, Person, Wire, World

NEWEST = 60
"""Messages of a chat that are sent at first; older ones are asked for."""
BREATH = 0.03
"""Seconds in which changes are gathered into one event."""
HEARTBEAT = 15.0
"""Seconds after which a silent stream says that it lives."""
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(core: Core, request: web.Request) -> web.StreamResponse:
    """Tell a browser what happens until it goes away."""
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    teller = Teller(core)
    with suppress(ConnectionError):  # the tab was closed
        await response.write(_event("world", teller.whole()))
        seen = -1
        while True:
            if core.world.stirs == seen:  # nothing came while the last event was on its way
                await core.world.next_change(HEARTBEAT)
            await asyncio.sleep(BREATH)
            seen = core.world.stirs
            name, news = teller.news()
            await response.write(_event(name, news) if news else b": still here\n\n")
    return response


def _event(name: str, facts: Wire) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + encode(facts) + b"\n\n"


class Teller:
    """What one browser has been told so far."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._change = 0
        self._told: dict[str, Any] = {}

    def whole(self) -> Wire:
        """Return everything: bots, people, the newest messages of their chats, mail, trouble, stage."""
        core, world = self._core, self._core.world
        self._change = world.change
        self._told = self._states()
        return {
            **self._told,
            "chats": [_chat(bot, person, world) for bot in world.bots.values() for person in world.people.values()],
            "mails": [mail.summary() for mail in core.post.mails],
        }

    def news(self) -> tuple[str, Wire | None]:
        """Return the kind of the event and what is new since the last one; None when nothing is."""
        world = self._core.world
        newest = itertools.takewhile(lambda event: event["change"] > self._change, reversed(world.events))
        events = list(newest)[::-1]
        if world.change - self._change > len(events) or any(event["event"] in ("reset", "bot") for event in events):
            return "world", self.whole()  # more happened than is remembered, or there are other chats than before
        self._change = world.change
        states = self._states()
        changed = {name: state for name, state in states.items() if state != self._told[name]}
        self._told = states
        chats = [self._changed(bot, person, events) for bot, person in self._touched(events)]
        arrived = {event["number"] for event in events if event["event"] == "mail"}
        mails = [mail.summary() for mail in self._core.post.mails if mail.number in arrived]
        if not (changed or chats or mails or events):
            return "news", None
        return "news", {
            **changed,
            "chats": chats,
            **({"mails": mails} if mails else {}),
            "events": [self._enriched(event) for event in events],
        }

    def _states(self) -> Wire:
        core = self._core
        return {
            "bots": [{"id": bot.id, "username": bot.username, "name": bot.name} for bot in core.world.bots.values()],
            "people": [_person(person) for person in core.world.people.values()],
            "trouble": {
                "faults": [fault.view() for fault in core.faults.rules.values()],
                "held": any(bot.updates.held for bot in core.world.bots.values()),
                "mail": {"up": core.post.is_up, "faults": [fault.view() for fault in core.post.faults.values()]},
            },
            "stage": core.stage.view(),
        }

    def _touched(self, events: list[Wire]) -> list[tuple[Bot, Person]]:
        """Return the chats that the events are about; what concerns a bot or a person concerns all their chats."""
        world = self._core.world
        found: dict[tuple[int, int], tuple[Bot, Person]] = {}
        for event in events:
            if event["event"] in ("pressed", "answered", "doubled", "webhook", "undelivered", "refused"):
                continue
            bot, person = event.get("bot_id"), event.get("person_id", event.get("chat_id"))
            if bot is None and person is None:
                continue
            for each in [world.bots[bot]] if bot in world.bots else world.bots.values():
                for one in [world.people[person]] if person in world.people else world.people.values():
                    found[each.id, one.id] = (each, one)
        return list(found.values())

    def _changed(self, bot: Bot, person: Person, events: list[Wire]) -> Wire:
        chat = _chat_of(bot, person)
        numbers = {
            event["message_id"]: None
            for event in events
            if event.get("bot_id") == bot.id and event.get("chat_id") == person.id and "message_id" in event
        }
        shown = [views.bubble(chat.messages[number]) for number in numbers if number in chat.messages]
        return {**_head(chat, self._core.world.now()), "messages": shown}

    def _enriched(self, event: Wire) -> Wire:
        """An answer to a press with all that the person is shown."""
        pressed = self._core.world.callbacks.get(event.get("callback_id", ""))
        if pressed is None:
            return event
        shown = pressed.payload["message"]["message_id"]
        return {**event, "message_id": shown, "data": pressed.payload["data"], "answer": pressed.answer}


def _person(person: Person) -> Wire:
    return {**person.user(), "phone": person.phone, "about": person.about, "deactivated": person.deactivated}


def _chat_of(bot: Bot, person: Person) -> Chat:
    """Return their chat, or what it would be if it began."""
    return bot.chats.get(person.id) or Chat(bot, person)


def _chat(bot: Bot, person: Person, world: World) -> Wire:
    chat = _chat_of(bot, person)
    newest = views.newest(chat, NEWEST + 1)
    more = len(newest) > NEWEST
    return {**_head(chat, world.now()), "more": more, "messages": [views.bubble(item) for item in newest[-NEWEST:]]}


def _head(chat: Chat, now: float) -> Wire:
    return {
        "bot_id": chat.bot.id,
        "person_id": chat.person.id,
        "started": chat.started,
        "blocked": chat.blocked,
        "keyboard": chat.keyboard and {**chat.keyboard, "rows": views.rows(chat.keyboard, "keyboard")},
        "action": chat.action if chat.action_until > now else None,
        "action_seconds": max(0.0, chat.action_until - now),
        "profile": views.profile(chat),
    }
