"""A digest says what the screens of the same figures say, to each role its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.events import Internal
from db.models.goals import Goal
from db.models.messaging import outbox
from delivery.digests import DigestWay
from services import digest_contents, digests
from services.actor import Role
from services.announcements import take
from services.digests import Kind
from services.jobs import Job
from services.lanes import Row
from tests.builders import NOON, actor_of, make_company, make_person
from tests.services.desk import Desk
from tests.services.sold import at, credit, sell

SUNDAY = date(2026, 3, 1)
MONDAY = date(2026, 3, 2)
MORNING = at("2026-03-03 05:00")
"""Eight in Moscow, on the day after NOON."""


def read(session: Session, person: Any, kind: Kind = Kind.DAILY, day: date = MONDAY) -> dict[str, Any]:
    return digest_contents.read(session, kind, day, by=actor_of(person), now=MORNING)


def goal(session: Session, target: int, **over: Any) -> Goal:
    made = Goal(
        **{"metric": "sum", "span": "month", "first": SUNDAY, "target": target, "currency": "RUB", "created_at": NOON}
        | over
    )
    session.add(made)
    session.flush()
    return made


def test_a_rep_hears_of_the_own_day_alone(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    for total, when in (
        (30_000, "2026-03-01 20:59:59"),  # Sunday's last second in Moscow
        (20_000, "2026-03-01 21:00"),
        (10_000, "2026-03-02 20:59:59"),
        (70_000, "2026-03-02 21:00"),
    ):
        sell(session, desk.rita, total, when=at(when))
    sell(session, rob, 500_000)

    found = read(session, desk.rita)

    assert (found["company"], found["loadings"], found["is_quiet"]) == (None, None, False)
    assert found["own"] == {
        "sold": [{"currency": "RUB", "orders": 2, "total_minor": 30_000, "before_minor": None}],
        "place": 2,
        "people": 2,
        "span": "month",
    }


def test_what_was_credited_on_the_day_is_taken_off(session: Session, desk: Desk) -> None:
    old = sell(session, desk.rita, 50_000, when=at("2026-02-20 12:00"))
    sell(session, desk.rita, 20_000)
    credit(session, old, 5_000, when=NOON)

    assert [one["total_minor"] for one in read(session, desk.rita)["own"]["sold"]] == [15_000]


def test_a_week_is_compared_with_the_one_before(session: Session, desk: Desk) -> None:
    for total, when in ((10_000, "2026-02-16 12:00"), (12_500, "2026-02-23 12:00"), (99_900, "2026-03-02 12:00")):
        sell(session, desk.rita, total, when=at(when))

    found = read(session, desk.rita, Kind.WEEKLY, SUNDAY)

    assert (found["first"], found["last"]) == ("2026-02-23", "2026-03-01")
    assert found["own"]["sold"] == [{"currency": "RUB", "orders": 1, "total_minor": 12_500, "before_minor": 10_000}]
    assert found["own"]["span"] == "week"


def test_goals_are_those_of_the_day_that_is_told_of(session: Session, desk: Desk) -> None:
    """On the first of a month they say how the last one ended."""
    goal(session, 100_000, person_id=desk.rita.id, first=date(2026, 2, 1))
    sell(session, desk.rita, 80_000, when=at("2026-02-20 12:00"))
    sell(session, desk.rita, 7_000)

    [ended] = read(session, desk.rita, Kind.WEEKLY, date(2026, 2, 28))["goals"]
    [running] = read(session, desk.rita)["goals"]

    assert (ended["first"], ended["achieved"], ended["left"], ended["over"]) == ("2026-02-01", 80_000, 20_000, True)
    assert (running["first"], running["achieved"], running["part"]) == ("2026-03-01", 7_000, "0.070")


def test_an_admin_hears_of_the_company_and_of_what_waits(session: Session, desk: Desk) -> None:
    rob = make_person(session, "Rob")
    sell(session, desk.rita, 20_000)
    sell(session, rob, 40_000)
    waits = sell(session, rob, 5_000)
    waits.status, waits.loaded_at = "submitted", None
    session.flush()

    found = read(session, desk.ann)

    assert found["own"] is None
    assert found["company"]["sold"] == [{"currency": "RUB", "orders": 2, "total_minor": 60_000, "before_minor": None}]
    assert found["company"]["formed"] == [{"currency": "RUB", "orders": 3, "total_minor": 65_000}]
    assert [(row["place"], row["name"], row["value"]) for row in found["company"]["top"]] == [
        (1, "Rob", 40_000),
        (2, "Rita", 20_000),
    ]
    assert found["company"]["open"]["submitted"] == 1


def test_a_storekeeper_hears_of_the_own_loadings(session: Session, desk: Desk) -> None:
    other = make_person(session, "Boris", roles=[Role.STOREKEEPER])
    for person, weight in ((desk.bob, 1_500), (desk.bob, 500), (other, 9_000)):
        sell(session, desk.rita, 10_000, claimed_by=person.id, weight_g=weight, warehouse_id=desk.warehouse.id)

    found = read(session, desk.bob)

    assert found["loadings"] == {"orders": 2, "weight_g": 2_000, "waiting": 0}
    assert (found["own"], found["company"], found["goals"]) == (None, None, [])


@pytest.mark.parametrize(
    ("day", "sold", "is_quiet"), [(SUNDAY, False, True), (SUNDAY, True, False), (MONDAY, False, False)]
)
def test_only_a_day_off_on_which_nothing_happened_is_quiet(
    session: Session, desk: Desk, day: date, *, sold: bool, is_quiet: bool
) -> None:
    if sold:
        sell(session, desk.rita, 1_000, when=at(f"{day.isoformat()} 10:00"))

    assert read(session, desk.rita, day=day)["is_quiet"] is is_quiet


@contextmanager
def inside(session: Session) -> Iterator[Session]:
    yield session


def delivered(session: Session, person: Any, *, day: date = MONDAY, asked: bool = False) -> list[Internal]:
    """What the way out hands back for a row, twice delivered."""
    handed: list[Internal] = []
    way = DigestWay(lambda: inside(session), handed.append, clock=lambda: MORNING)
    payload = {"person_id": person.id, "kind": "daily", "day": day.isoformat(), "asked": asked}
    row = Row(id=7, lane="digest:1", kind=Job.TELL_DIGEST, payload=payload, attempts=0, created_at=NOON, secret=False)
    for _ in range(2):
        way.deliver(row, way.prepare(session, row))
    assert all(event == handed[0] for event in handed), "the same event, which the door takes once"
    return handed


def test_a_digest_comes_as_a_text_and_the_goals_as_a_picture_after_it(session: Session, desk: Desk) -> None:
    goal(session, 100_000, person_id=desk.rita.id)
    sell(session, desk.rita, 20_000)
    digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=NOON)

    event = delivered(session, desk.rita)[0]
    digests.deliver(session, event.facts, now=MORNING)

    [said] = take(session)
    assert (said.name, said.to.person_id) == ("digest", desk.rita.id)
    assert said.facts["own"]["sold"][0]["total_minor"] == 20_000
    [wish] = session.scalars(select(outbox.c.payload).where(outbox.c.kind == Job.DRAW_CHART)).all()
    assert wish["chat_key"] == f"tg:1:{desk.rita.id}"
    assert [one["achieved"] for one in wish["facts"]["goals"]] == [20_000]


def test_nothing_is_handed_back_for_a_quiet_day_unless_asked_for(session: Session, desk: Desk) -> None:
    digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=NOON)

    assert delivered(session, desk.rita, day=SUNDAY) == []
    assert len(delivered(session, desk.rita, day=SUNDAY, asked=True)) == 2


def test_nothing_is_handed_back_for_whoever_has_left(session: Session, desk: Desk) -> None:
    digests.switch(session, Kind.DAILY, on=True, by=actor_of(desk.rita), now=NOON)
    desk.rita.revoked_at = NOON
    session.flush()

    assert delivered(session, desk.rita, asked=True) == []


def test_private_rankings_give_a_rep_no_figures_of_others(session: Session, desk: Desk) -> None:
    make_company(session, ranking_private=True)
    sell(session, make_person(session, "Rob"), 777_000)
    sell(session, desk.rita, 1_000)

    assert "777" not in str(read(session, desk.rita))
