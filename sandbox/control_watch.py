"""Control: looking at chats, mail and requests, and waiting for them."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from sandbox import views
from sandbox.control_people import bot_of, chat_of
from sandbox.core import Core
from sandbox.refusals import Refused, WrongControl
from sandbox.world import Wire


def _state(core: Core) -> Wire:
    world = core.world
    return {
        "change": world.change,
        "bots": [{"id": bot.id, "username": bot.username, "name": bot.name} for bot in world.bots.values()],
        "people": [person.user() for person in world.people.values()],
        "mails": len(core.post.mails),
        "requests": core.journal.count,
    }


async def _changes(core: Core, *, since: int, seconds: float = 10.0) -> Wire:
    await core.world.until(lambda: True if core.world.change > since else None, seconds)
    return {"change": core.world.change}


def _events(core: Core, *, since: int = 0, limit: int = 1000) -> list[Wire]:
    newest: list[Wire] = []
    for event in reversed(core.world.events):
        if event["change"] <= since:
            break
        newest.append(event)
    newest.reverse()
    return newest[:limit]


def _chats(core: Core, *, bot_id: int) -> list[Wire]:
    return [
        {"person": chat.person.user(), "started": chat.started, "blocked": chat.blocked, "last": chat.last_message_id}
        for chat in bot_of(core, bot_id).chats.values()
    ]


def _messages(core: Core, *, bot_id: int, person_id: int, limit: int | None = None) -> list[Wire]:
    chat = chat_of(core, bot_id, person_id)
    return [views.message(item) for item in views.newest(chat, limit or len(chat.messages))]


def _earlier(core: Core, *, bot_id: int, person_id: int, before: int, limit: int = 60) -> Wire:
    """So many messages before a number, as the page shows them, and whether there are still others before."""
    found = views.newest(chat_of(core, bot_id, person_id), limit + 1, before)
    return {"messages": [views.bubble(item) for item in found[-limit:]], "more": len(found) > limit}


def _history(core: Core, *, bot_id: int, person_id: int) -> list[Wire]:
    return [views.history(item) for item in chat_of(core, bot_id, person_id).messages.values()]


def _keyboard(core: Core, *, bot_id: int, person_id: int) -> Wire:
    keyboard = chat_of(core, bot_id, person_id).keyboard
    return {"rows": views.rows(keyboard, "keyboard") if keyboard else None, "markup": keyboard}


def _typing(core: Core, *, bot_id: int, person_id: int) -> Wire:
    chat = chat_of(core, bot_id, person_id)
    return {"action": chat.action if chat.action_until > core.world.now() else None}


def _transcript(core: Core, *, bot_id: int, person_id: int) -> Wire:
    return {"transcript": views.transcript(chat_of(core, bot_id, person_id))}


async def _wait_for_text(
    core: Core, *, bot_id: int, person_id: int, text: str, seconds: float = 10.0, after: int = 0
) -> Wire:
    """Wait for a visible message above `after` that contains the text; null when time is up."""
    chat = chat_of(core, bot_id, person_id)

    def look() -> Wire | None:
        for item in reversed(chat.messages.values()):
            if item.id <= after:
                return None
            if item.deleted_at is None and item.from_bot and text in views.told(item):
                return views.message(item)
        return None

    return {"message": await core.world.until(look, seconds), "transcript": views.transcript(chat)}


async def _wait_for_answer(core: Core, *, callback_query_id: str, seconds: float = 5.0) -> Wire:
    callback = core.world.callbacks.get(callback_query_id)
    if callback is None:
        raise WrongControl(f"no press {callback_query_id}")
    return {"answer": await core.world.until(lambda: callback.answer, seconds)}


def _busy(core: Core, bot_id: int | None) -> str | None:
    """Tell what still goes on; None when nothing does."""
    world = core.world
    if world.in_flight:
        return f"{world.in_flight} requests in flight"
    bots = [world.bots[bot_id]] if bot_id is not None else list(world.bots.values())
    for bot in bots:
        if bot.updates.unsettled():
            return f"{bot.username} has {len(bot.updates.pending)} updates to acknowledge"
    return "a webhook delivery is under way" if core.webhooks.unsettled(bot_id) else None


async def _wait_until_quiet(
    core: Core, *, seconds: float = 20.0, idle: float = 0.15, bot_id: int | None = None
) -> Wire:
    world = core.world
    if bot_id is not None:
        bot_of(core, bot_id)
    deadline = time.monotonic() + seconds
    while True:
        reason = _busy(core, bot_id)
        now = time.monotonic()
        still = idle - (now - world.last_activity)
        if reason is None and still <= 0:
            return {"quiet": True}
        if now >= deadline:
            return {"quiet": False, "reason": reason or "something happens all the time"}
        await world.next_change(min(deadline - now, max(still, 0.001) if reason is None else 60.0))


def _pending_updates(core: Core, *, bot_id: int) -> list[Wire]:
    queue = bot_of(core, bot_id).updates
    return [update.wire() for update in [*queue.again, *queue.pending.values()]]


def _requests(
    core: Core, *, bot_id: int | None = None, method: str | None = None, since: int = 0, limit: int | None = None
) -> list[Wire]:
    return core.journal.find(bot_id, method, since, limit)


def _mail(core: Core, *, to: str | None = None, since: int = 0) -> list[Wire]:
    return [mail.view() for mail in core.post.find(to) if mail.number > since]


async def _wait_for_mail(core: Core, *, to: str | None = None, count: int = 1, seconds: float = 20.0) -> Wire:
    def look() -> list[Any] | None:
        found = core.post.find(to)
        return found if len(found) >= count else None

    found = await core.world.until(look, seconds)
    return {"arrived": found is not None, "mails": [mail.view() for mail in found or core.post.find(to)]}


def _download(core: Core, *, bot_id: int, file_id: str) -> Wire:
    stored = bot_of(core, bot_id).files.by_id.get(file_id)
    if stored is None:
        raise WrongControl("no such file")
    return {"content": base64.b64encode(stored.content).decode(), "size": len(stored.content)}


def _profile(core: Core, *, bot_id: int) -> Wire:
    bot = bot_of(core, bot_id)
    commands = [
        {"scope": scope, "language_code": code, "commands": found} for (scope, code), found in bot.commands.items()
    ]
    texts = [{"field": name, "language_code": code, "text": text} for (name, code), text in bot.texts.items()]
    return {"commands": commands, "texts": texts, "menu_button": bot.menu_button}


def _seen_profile(core: Core, *, bot_id: int, person_id: int) -> Wire:
    return views.profile(chat_of(core, bot_id, person_id))


def _webhook(core: Core, *, bot_id: int) -> Wire:
    try:
        info: Wire = core.perform(bot_of(core, bot_id), "getWebhookInfo", {})
    except Refused as refused:
        raise WrongControl(refused.description) from None
    return info


ACTIONS: dict[str, Callable[..., Any]] = {
    "state": _state,
    "changes": _changes,
    "events": _events,
    "chats": _chats,
    "messages": _messages,
    "earlier": _earlier,
    "history": _history,
    "keyboard": _keyboard,
    "typing": _typing,
    "transcript": _transcript,
    "wait_for_text": _wait_for_text,
    "wait_for_answer": _wait_for_answer,
    "wait_until_quiet": _wait_until_quiet,
    "pending_updates": _pending_updates,
    "requests": _requests,
    "mail": _mail,
    "wait_for_mail": _wait_for_mail,
    "download": _download,
    "profile": _profile,
    "seen_profile": _seen_profile,
    "webhook": _webhook,
}
