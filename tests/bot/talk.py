"""The conversation without a messenger: events go in, and what was written is read from the tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Table, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.buttons import Button, pack
from bot.conversation import Conversation
from bot.events import Handled, Incoming, Kind, Sender
from bot.screens import registry
from bot.screens.registry import Registry
from db.models.base_model import Model
from db.models.messaging import outbox
from db.session import Transaction
from services.access_codes import CodeHasher
from templates.environment import Texts
from tests.builders import NOON

SOURCE = "tg:1"
ENGINE_ROOM = {"inbox", "dialogue", "posted", "outbox", "lane", "rate", "counter", "dead_letter", "audit_entry"}
"""Tables that a refusal may write: the conversation's own, and the record of what was tried."""


@cache
def screens() -> Registry:
    """All screens of the product."""
    return registry.load()


@cache
def texts() -> Texts:
    """All texts of the product."""
    return Texts.load()


class QuickHasher(CodeHasher):
    """Hashes as the real one does, but in a moment: these tests are about what happens around it."""

    def __init__(self) -> None:
        super().__init__()
        self._argon2 = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self._nobodys = self.hash("nobody")


@cache
def hasher() -> QuickHasher:
    """One for all tests."""
    return QuickHasher()


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def transaction_inside(connection: Connection) -> Transaction:
    """Transactions that commit into a connection which will be rolled back."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
            assert not session.info.get("announcements"), "announced, but not written to the outbox"
            session.commit()

    return transaction


@dataclass
class Talk:
    """One conversation, and the chats ``tg:1:<number>`` in it."""

    transaction: Transaction
    reading: Transaction
    clock: Clock = field(default_factory=Clock)
    hasher: CodeHasher = field(default_factory=hasher)
    registry: Registry = field(default_factory=screens)
    texts: Texts = field(default_factory=texts)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))

    def __post_init__(self) -> None:
        self.conversation = Conversation(
            transaction=self.transaction,
            reading=self.reading,
            registry=self.registry,
            texts=self.texts,
            hasher=self.hasher,
            clock=self.clock,
            entry_link=lambda payload: f"https://t.me/desk_bot?start={payload}",
        )

    # what people do

    def event(self, chat: int, kind: Kind, **content: Any) -> Incoming:
        """Something that the person whose chat it is does, under a new number unless ``update_id`` says which."""
        number = content.pop("update_id", None) or next(self._numbers)
        sender = Sender("tg", str(chat), content.pop("name", "Somebody"), language=content.pop("language", "en"))
        return Incoming(SOURCE, number, f"{SOURCE}:{chat}", sender, kind, raw={"update_id": number}, **content)

    def say(self, chat: int, text: str, **content: Any) -> Handled:
        """Type a text or a command."""
        kind = Kind.COMMAND if text.startswith("/") else Kind.TEXT
        content.setdefault("message_id", "5")
        return self.conversation.handle(self.event(chat, kind, text=text, **content))

    def press(self, chat: int, verb: str, *ids: int, version: int = 0, **content: Any) -> Handled:
        """Press a button as we make it."""
        data = pack(Button("", verb, ids, version))
        return self.press_data(chat, data, **content)

    def press_data(self, chat: int, data: str, **content: Any) -> Handled:
        """Press a button that carries whatever was forged."""
        content = {"message_id": "7", "press_id": "p1", **content}
        return self.conversation.handle(self.event(chat, Kind.PRESS, data=data, **content))

    # what is in the tables

    def read(self, query: Any) -> list[Any]:
        """The rows of a query."""
        with self.reading() as session:
            return list(session.execute(query))

    def scalar(self, query: Any) -> Any:
        """One value."""
        with self.reading() as session:
            return session.scalar(query)

    def left(self, chat: int | None = None) -> list[tuple[str, dict[str, Any]]]:
        """What waits in the outbox, or in one chat's lane of it, as (kind, payload), the oldest first."""
        query = select(outbox.c.kind, outbox.c.payload).where(outbox.c.status == "pending").order_by(outbox.c.id)
        if chat is not None:
            query = query.where(outbox.c.lane == f"chat:{SOURCE}:{chat}")
        return [(row.kind, row.payload) for row in self.read(query)]

    def kinds(self, chat: int) -> list[str]:
        """The kinds of what waits in one chat's lane."""
        return [kind for kind, _ in self.left(chat)]

    def screen(self, chat: int) -> dict[str, Any]:
        """The newest screen that was written for a chat."""
        return [payload for kind, payload in self.left(chat) if kind == "chat.screen"][-1]

    def clear_outbox(self) -> None:
        """Forget what waits, so that a test sees only what comes from now on."""
        with self.transaction() as session:
            session.execute(outbox.delete().where(outbox.c.status == "pending"))


def talk_inside(connection: Connection) -> Talk:
    """A talk in a connection that will be rolled back."""
    return Talk(transaction_inside(connection), reading_inside(connection))


def reading_inside(connection: Connection) -> Transaction:
    """Readers of the same connection."""

    @contextmanager
    def reading() -> Iterator[Session]:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session

    return reading


def fingerprint(reading: Transaction, tables: list[Table] | None = None) -> Mapping[str, list[Any]]:
    """Every row of the business: what a refusal must leave as it was."""
    wanted = tables or [table for table in Model.metadata.sorted_tables if table.name not in ENGINE_ROOM]
    with reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for table in wanted
        }


def undone(connection: Connection) -> AbstractContextManager[Any]:
    """A block whose work is thrown away at its end."""

    @contextmanager
    def block() -> Iterator[None]:
        savepoint = connection.begin_nested()
        try:
            yield
        finally:
            savepoint.rollback()

    return block()
