"""Whether all is well: the database, the relay's age, and what the messenger says of the webhook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db.session import Database
from services import outbox
from services.outbox import Item
from services.ways_out import TryLater
from tests.builders import NOON
from tests.delivery.lane_keeper import Clock, emptied
from web.health import Health


@dataclass
class Relay:
    last_sweep: datetime | None = NOON


@dataclass
class Messenger:
    answers: list[Any] = field(default_factory=list)
    asked: int = 0

    def webhook(self) -> dict[str, Any]:
        self.asked += 1
        answer = self.answers[min(self.asked, len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return dict(answer)


TOLD = {"url": "https://x", "pending_update_count": 3, "last_error_message": "Connection refused", "ip_address": "1"}


def test_all_is_well(shared_database: Database) -> None:
    messenger = Messenger([TOLD])
    with emptied(shared_database) as database:
        with database.transaction() as session:
            outbox.put(session, [Item("chat:a", "x"), Item("chat:a", "x")], now=NOON)
        health = Health(database, Relay(), messenger.webhook, Clock())

        assert health() == {
            "ok": True,
            "database": "ok",
            "outbox_pending": 2,
            "relay_age_seconds": 0.0,
            "webhook": {
                "pending_update_count": 3,
                "last_error_date": None,
                "last_error_message": "Connection refused",
            },
        }


def test_a_relay_that_stands_still_is_not_well(shared_database: Database) -> None:
    clock, relay = Clock(), Relay()
    health = Health(shared_database, relay, Messenger([TOLD]).webhook, clock)

    clock.forward(14)
    assert (health()["ok"], health()["relay_age_seconds"]) == (True, 14.0)
    clock.forward(1)
    assert not health()["ok"]
    relay.last_sweep = None
    assert (health()["ok"], health()["relay_age_seconds"]) == (False, None)


def test_a_database_that_is_away_is_not_well(tmp_path: Path) -> None:
    away = Database(f"sqlite:///{tmp_path}")
    report = Health(away, Relay(), Messenger([TOLD]).webhook, Clock())()

    assert (report["ok"], report["database"], report["outbox_pending"]) == (False, "away", None)
    away.dispose()


def test_the_messenger_is_asked_seldom_and_its_trouble_is_not_ours(shared_database: Database) -> None:
    clock, messenger = Clock(), Messenger([TryLater("HTTP 502"), TOLD])
    relay = Relay()
    health = Health(shared_database, relay, messenger.webhook, clock)

    first = [health() for _ in range(5)]
    assert messenger.asked == 1
    assert {report["ok"] for report in first} == {True}
    assert first[-1]["webhook"] == {"error": "TryLater"}

    clock.forward(31)
    relay.last_sweep = clock() - timedelta(seconds=1)
    assert health()["webhook"]["pending_update_count"] == 3
    assert messenger.asked == 2
