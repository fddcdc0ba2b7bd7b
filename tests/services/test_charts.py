"""A picture is wished for once a press, holds what the text showed, and reaches only who asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models.goals import Goal
from db.models.messaging import outbox
from db.models.people import Account
from services import charts, goal_progress, periods, ranking
from services import outbox as box
from services.actor import Actor
from services.announcements import take, waiting
from services.jobs import Job
from services.periods import Whole
from services.ranking import Metric, Ranking
from tests.builders import NOON, actor_of, make_company, make_person
from tests.services.desk import Desk
from tests.services.sold import sell

DRAWN: dict[str, Any] = {"what": "goals", "sha256": "a" * 64, "size": 9, "name": "goals.png"}


def wishes(session: Session) -> list[dict[str, Any]]:
    """What is to be drawn, oldest first."""
    rows = select(outbox.c.payload).where(outbox.c.kind == Job.DRAW_CHART).order_by(outbox.c.id)
    return [dict(payload) for payload in session.scalars(rows)]


def ranked(session: Session, by: Actor, *, size: int = 30) -> Ranking:
    month = periods.whole(Whole.MONTH, NOON.date())
    return ranking.of_period(session, month, Metric.SUM, by=by, now=NOON, size=size)


def test_goals_are_frozen_as_they_stood(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    session.add(
        Goal(person_id=desk.rita.id, metric="sum", span="month", first=date(2026, 3, 1), target=100_000,
             currency="RUB", created_at=NOON)
    )  # fmt: skip
    sell(session, desk.rita, 20_000)
    found = goal_progress.of_person(session, desk.rita.id, day=NOON.date(), now=NOON, by=by)

    for press in ("typed:1", "typed:1", "typed:2"):
        charts.request_goals(session, found * 9, press=press, by=by, now=NOON)
    charts.request_goals(session, [], press="typed:3", by=by, now=NOON)

    first, second = wishes(session)
    assert first == second
    assert (first["person_id"], first["chat_key"], first["language"]) == (by.person_id, by.origin, "en")
    assert first["facts"]["today"] == "2026-03-02"
    assert len(first["facts"]["goals"]) == charts.MOST_GOALS
    shown = first["facts"]["goals"][0]
    assert (shown["achieved"], shown["target"], shown["part"], shown["left"]) == (20_000, 100_000, "0.200", 80_000)


def test_a_private_ranking_is_frozen_without_the_figures_of_others(session: Session, desk: Desk) -> None:
    make_company(session, ranking_private=True)
    rob = make_person(session, "Rob")
    sell(session, rob, 777_000)
    sell(session, desk.rita, 20_000)
    by = actor_of(desk.rita)

    charts.request_ranking(session, ranked(session, by), press="1", by=by, now=NOON)
    charts.request_ranking(session, ranked(session, by, size=1), press="2", by=by, now=NOON)

    whole, cut = wishes(session)
    own = {"place": 2, "name": "Rita", "value": 20_000, "own": True}
    others = {"place": 1, "name": "Rob", "value": None, "own": False}
    assert (whole["facts"]["rows"], whole["facts"]["own"]) == ([others, own], None)
    assert (cut["facts"]["rows"], cut["facts"]["own"]) == ([others], own)
    assert "777" not in str(wishes(session))


def test_a_picture_goes_to_the_chat_that_asked(session: Session, desk: Desk) -> None:
    facts = {**DRAWN, "person_id": desk.rita.id, "chat_key": f"tg:1:{desk.rita.id}"}

    charts.deliver(session, facts, now=NOON)

    [said] = take(session)
    assert (said.name, said.to.chat_key, said.facts) == ("chart_ready", facts["chat_key"], {"what": "goals"})
    assert said.file == {"sha256": "a" * 64, "name": "goals.png", "content_type": "image/png"}


@pytest.mark.parametrize("lost", ["dismissed", "blocked", "of_another"])
def test_whoever_has_lost_access_gets_no_picture(session: Session, desk: Desk, lost: str) -> None:
    mine = update(Account).where(Account.person_id == desk.rita.id)
    match lost:
        case "dismissed":
            desk.rita.revoked_at = NOON
        case "blocked":
            session.execute(mine.values(blocked_at=NOON))
        case _:
            session.execute(mine.values(person_id=desk.bob.id))
    session.flush()

    charts.deliver(session, {**DRAWN, "person_id": desk.rita.id, "chat_key": f"tg:1:{desk.rita.id}"}, now=NOON)

    assert waiting(session) == []


def test_a_row_that_is_blanked_still_keeps_the_wish_from_coming_twice(session: Session, desk: Desk) -> None:
    by = actor_of(desk.rita)
    found = ranked(session, by)
    charts.request_ranking(session, found, press="1", by=by, now=NOON)
    box.blank(session, session.scalars(select(outbox.c.id).where(outbox.c.kind == Job.DRAW_CHART)).one())

    charts.request_ranking(session, found, press="1", by=by, now=NOON)

    assert wishes(session) == [{}]
