"""All that the sandbox knows: bots, people, their chats, and what has happened. In memory only."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sandbox.files import FileStore
from sandbox.updates import UpdateQueue

Wire = dict[str, Any]
T = TypeVar("T")

FIRST_BOT_ID = 7_000_000_001
FIRST_PERSON_ID = 500_000_001
FIRST_UPDATE_ID = 100_000_000
EVENT_LIMIT = 100_000


@dataclass(slots=True)
class Settings:
    """What a test may change while the sandbox runs. Times in seconds."""

    callback_ttl: float = 150.0
    message_ttl: float = 86_400.0
    retry_scale: float = 1.0
    journal_limit: int = 200_000
    pace: bool = False


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str
    last_name: str | None
    username: str | None
    language_code: str | None
    phone: str
    about: str | None = None
    """What the person is in a story, for whoever watches; Telegram knows nothing of it."""
    deactivated: bool = False

    def user(self) -> Wire:
        """Return the person as a User object."""
        wire: Wire = {"id": self.id, "is_bot": False, **self.names()}
        if self.language_code:
            wire["language_code"] = self.language_code
        return wire

    def names(self) -> Wire:
        """Return the fields that User and Chat share."""
        wire: Wire = {"first_name": self.first_name}
        if self.last_name:
            wire["last_name"] = self.last_name
        if self.username:
            wire["username"] = self.username
        return wire

    def chat(self) -> Wire:
        """Return the private chat with this person as a Chat object."""
        return {"id": self.id, "type": "private", **self.names()}


@dataclass(slots=True)
class Message:
    """One message of a chat; `wire` is replaced, never changed, so that old answers stay what they were."""

    id: int
    from_bot: bool
    kind: str
    wire: Wire
    at: float
    versions: list[tuple[float, Wire]] = field(default_factory=list)
    deleted_at: float | None = None
    deleted_by: str | None = None
    reactions: list[str] = field(default_factory=list)
    editable: bool = True

    def replace(self, wire: Wire, at: float) -> None:
        """Put a new version in place of the present one, which is kept."""
        self.versions.append((at, self.wire))
        self.wire = wire


@dataclass(slots=True)
class Chat:
    """The private chat of one person with one bot."""

    bot: Bot
    person: Person
    started: bool = False
    blocked: bool = False
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0
    keyboard: Wire | None = None
    action: str | None = None
    action_until: float = 0.0
    menu_button: Wire | None = None

    @property
    def id(self) -> int:
        """The identifier of a private chat is that of its person."""
        return self.person.id

    def next_id(self) -> int:
        """Take the next message number."""
        self.last_message_id += 1
        return self.last_message_id


@dataclass(slots=True)
class Callback:
    """One press of an inline button, waiting for its answer."""

    id: str
    chat: Chat
    at: float
    payload: Wire
    answer: Wire | None = None
    answered: bool = False


@dataclass(slots=True)
class Bot:
    """A bot account, its profile and its updates."""

    id: int
    token: str
    name: str
    username: str
    updates: UpdateQueue
    files: FileStore
    chats: dict[int, Chat] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Wire]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_button: Wire = field(default_factory=lambda: {"type": "default"})

    def user(self) -> Wire:
        """Return the bot as a User object."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


class World:
    """The state of one sandbox, and the waiting for its changes."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.clock_shift = 0.0
        self.change = 0
        self.last_activity = time.monotonic()
        self.in_flight = 0
        self.stirs = 0
        self._waiters: set[asyncio.Future[None]] = set()
        self._first_update = FIRST_UPDATE_ID
        self.bots: dict[int, Bot] = {}
        self.clear()

    def clear(self) -> None:
        """Forget everybody and everything, but not the settings.

        Updates are numbered on: a bot that remembers which it has seen must not take new ones for those.
        """
        self._first_update = max([self._first_update, *(bot.updates.next_id for bot in self.bots.values())])
        self.bots = {}
        self.bots_by_token: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.callbacks: dict[str, Callback] = {}
        self.events: deque[Wire] = deque(maxlen=EVENT_LIMIT)

    def now(self) -> float:
        """Return the time of the sandbox, in seconds since 1970."""
        return time.time() + self.clock_shift

    def new_bot(self, username: str, name: str, token: str | None = None) -> Bot:
        """Register a bot; its token is made unless one is given."""
        bot_id = int(token.split(":")[0]) if token else FIRST_BOT_ID + len(self.bots)
        token = token or f"{bot_id}:{secrets.token_urlsafe(26)[:35]}"
        updates = UpdateQueue(first_id=self._first_update + 1000 * len(self.bots))
        bot = Bot(bot_id, token, name, username, updates, FileStore())
        self.bots[bot.id] = bot
        self.bots_by_token[token] = bot
        self.note("bot", bot_id=bot.id)
        return bot

    def new_person(self, first_name: str, **facts: Any) -> Person:
        """Register a person with the given names and telephone."""
        person_id = FIRST_PERSON_ID + len(self.people)
        phone = facts.get("phone") or f"+7900{person_id % 10_000_000:07d}"
        person = Person(
            person_id,
            first_name,
            facts.get("last_name"),
            facts.get("username"),
            facts.get("language_code"),
            phone,
            facts.get("about"),
        )
        self.people[person.id] = person
        self.note("person", person_id=person.id)
        return person

    def chat(self, bot: Bot, person: Person) -> Chat:
        """Return the chat of the two, which exists from the first look."""
        chat = bot.chats.get(person.id)
        if chat is None:
            chat = bot.chats[person.id] = Chat(bot, person)
        return chat

    def note(self, event: str, **facts: Any) -> None:
        """Write an event down and wake whoever waits for a change."""
        self.change += 1
        self.events.append({"change": self.change, "at": self.now(), "event": event, **facts})
        self.stir()

    def stir(self) -> None:
        """Wake the waiting without an event: something was delivered or came to its end."""
        self.last_activity = time.monotonic()
        self.stirs += 1
        if self._waiters:
            waiters, self._waiters = self._waiters, set()
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def next_change(self, seconds: float) -> None:
        """Wait until something happens, at most so many seconds."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=seconds)
        finally:
            self._waiters.discard(waiter)

    async def until(self, found: Callable[[], T | None], seconds: float) -> T | None:
        """Return the first thing found, looking again after each change; None when time is up."""
        deadline = time.monotonic() + seconds
        while True:
            result = found()
            left = deadline - time.monotonic()
            if result is not None or left <= 0:
                return result
            await self.next_change(left)
