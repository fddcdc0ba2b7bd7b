"""A relay on a real database with a way out that does as it is told, and a clock that stands still."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models.messaging import lane, outbox, rate
from db.session import Database
from delivery.relay import Relay
from services import outbox as outboxes
from services.lanes import Row
from services.outbox import Item
from services.pace import Limit
from tests.builders import NOON

LANE = "chat:tg:1:5"


@contextmanager
def emptied(database: Database) -> Iterator[Database]:
    """The shared database for tests that commit to the outbox: what they leave there is taken away again."""
    yield database
    with database.transaction() as session:
        for table in (outbox, lane, rate):
            session.execute(table.delete())


@dataclass
class Clock:
    """Moves only when told."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class ToldWay:
    """Sends what it is given, unless ``troubles`` has something for that row; notes everything."""

    troubles: dict[int, list[BaseException]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    """Rows whose preparation breaks the transaction it runs in."""
    unwritable: set[int] = field(default_factory=set)
    meanwhile: Callable[[Row], None] = lambda _row: None
    limit: Limit | None = None
    sent: list[int] = field(default_factory=list)
    payloads: list[dict[str, Any]] = field(default_factory=list)
    noted: list[tuple[str, int, str]] = field(default_factory=list)

    def limits(self, row: Row) -> Sequence[Limit]:  # noqa: ARG002
        return (self.limit,) if self.limit else ()

    def prepare(self, session: Session, row: Row) -> str:
        if row.id in self.unreadable:
            session.execute(text("SELECT nothing FROM nowhere"))
        return f"prepared {row.id}"

    def deliver(self, row: Row, prepared: str) -> str:
        assert prepared == f"prepared {row.id}"
        waiting = self.troubles.get(row.id)
        if waiting:
            raise waiting.pop(0)
        self.meanwhile(row)
        self.sent.append(row.id)
        self.payloads.append(row.payload)
        return f"message {row.id}"

    def settle(self, session: Session, row: Row, provider_id: str) -> None:  # noqa: ARG002
        if row.id in self.unwritable:
            raise KeyError("what was learnt cannot be written")
        self.noted.append(("settled", row.id, provider_id))

    def put_off(self, row: Row, reason: str) -> None:
        self.noted.append(("put off", row.id, reason))

    def given_up(self, row: Row, reason: str) -> None:
        self.noted.append(("given up", row.id, reason))


class Keeper:
    """Puts rows into lanes, drains them, and reads how they stand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.way = ToldWay()
        self.asked: list[tuple[str, float]] = []
        """What the relay wants to be called again for."""
        self.relay = self.another()
        self._numbers = itertools.count(1)

    def another(self) -> Relay:
        """One more relay, as another process would have it."""
        ways = dict.fromkeys(("chat.screen", "chat.notice", "chat.strip"), self.way)
        return Relay(
            transaction=self.database.transaction,
            ways=ways,
            clock=self.clock,
            come_back=lambda key, seconds: self.asked.append((key, seconds)),
        )

    def put(self, *items: Item) -> None:
        with self.database.transaction() as session:
            outboxes.put(session, items, now=self.clock())

    def notices(self, count: int, key: str = LANE) -> list[int]:
        """So many notices into one lane; the ids of their rows."""
        self.put(*(Item(key, "chat.notice", {"html": str(number)}) for number in range(count)))
        return [row.id for row in self.rows() if row.lane == key][-count:]

    def screen(self, slot: int, html: str, **payload: Any) -> None:
        self.put(Item(LANE, "chat.screen", {"slot": slot, "html": html, **payload}))

    def drain(self, key: str = LANE) -> None:
        self.relay.drain(key)

    def rows(self) -> list[Any]:
        with self.database.reading() as session:
            return list(session.execute(select(outbox).order_by(outbox.c.id)))

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows()]

    def lane(self, key: str = LANE) -> Any:
        with self.database.reading() as session:
            return session.execute(select(lane).where(lane.c.key == key)).one()
