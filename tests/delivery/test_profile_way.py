"""What the bot says of itself: each piece told once, again only when it changes, and never in the way of the desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.messaging import outbox
from delivery.profile import ProfileWay
from services import profiles
from services.lanes import Row
from services.profiles import Piece
from services.ways_out import TryLater
from tests.builders import NOON

ACCOUNT = "tg:1"
NAME, HELP = Piece("name", "ru", "Заказы"), Piece("commands", "", [{"command": "help", "description": "Help"}])


@dataclass
class Messenger:
    """Takes what it is told, or raises."""

    told: list[tuple[Any, ...]] = field(default_factory=list)
    trouble: Exception | None = None

    def tell_profile(self, what: str, language: str, value: Any) -> None:
        if self.trouble:
            raise self.trouble
        self.told.append((what, language, value))


@dataclass
class Desk:
    session: Session
    messenger: Messenger = field(default_factory=Messenger)

    def start(self, *pieces: Piece) -> list[Row]:
        """Ask for the pieces; the rows that came of it."""
        newest = self.session.scalar(select(outbox.c.id).order_by(outbox.c.id.desc()).limit(1)) or 0
        profiles.tell(self.session, ACCOUNT, pieces, now=NOON)
        rows = self.session.execute(select(outbox).where(outbox.c.id > newest).order_by(outbox.c.id))
        return [Row(row.id, row.lane, row.kind, row.payload, 0, NOON, secret=False) for row in rows]

    def deliver(self, rows: list[Row]) -> None:
        way = ProfileWay({"tg": self.messenger}, lambda: NOON)  # type: ignore[dict-item]
        for row in rows:
            given = way.deliver(row, way.prepare(self.session, row))
            way.settle(self.session, row, given)


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def test_it_is_told_once_over_two_starts(desk: Desk) -> None:
    rows = desk.start(NAME, HELP)
    assert {(row.lane, row.kind) for row in rows} == {("profile:tg:1", "profile.set")}
    desk.deliver(rows)

    assert desk.start(NAME, HELP) == []
    assert desk.messenger.told == [("name", "ru", "Заказы"), ("commands", "", HELP.value)]


def test_two_starts_before_it_left_tell_it_once(desk: Desk) -> None:
    rows = desk.start(NAME)
    rows += desk.start(NAME)
    assert len(rows) == 2

    desk.deliver(rows)

    assert desk.messenger.told == [("name", "ru", "Заказы")]


def test_only_what_changed_is_told_again(desk: Desk) -> None:
    desk.deliver(desk.start(NAME, HELP))
    changed = Piece("name", "ru", "Склад")

    desk.deliver(desk.start(changed, HELP))
    desk.deliver(desk.start(NAME, HELP))

    assert [told[2] for told in desk.messenger.told[2:]] == ["Склад", "Заказы"]


def test_trouble_is_put_off_and_what_was_not_told_is_told_at_the_next_start(desk: Desk) -> None:
    desk.messenger.trouble = TryLater("Too Many Requests: retry after 3600", 3600)
    rows = desk.start(NAME)
    with pytest.raises(TryLater) as later:
        desk.deliver(rows)
    assert later.value.seconds == 3600

    assert len(desk.start(NAME)) == 1


def test_another_bot_is_told_for_itself(desk: Desk) -> None:
    desk.deliver(desk.start(NAME))
    profiles.tell(desk.session, "tg:2", [NAME], now=NOON)

    lanes = desk.session.scalars(select(outbox.c.lane).order_by(outbox.c.id)).all()
    assert lanes == ["profile:tg:1", "profile:tg:2"]
