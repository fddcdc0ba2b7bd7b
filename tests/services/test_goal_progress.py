"""How goals stand: reached, expected by this evening, likely at the end, missing per working day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from db.models.people import Person
from services import goal_progress, goals, teams, ticket_orders, voiding
from services.actor import NotAllowed
from services.goal_progress import Progress
from services.goals import Matter, Wanted
from services.periods import Period, Whole
from services.ticket_tags import Tags
from services.turnover import Metric
from tests.builders import (
    NOON,
    actor_of,
    make_category,
    make_client,
    make_company,
    make_draft,
    make_person,
    make_product,
    make_ticket,
)
from tests.services.desk import Desk
from tests.services.sold import at, credit, sell

FIRST, TODAY = date(2026, 3, 1), date(2026, 3, 2)


def aim(session: Session, desk: Desk, target: int, **about: Any) -> None:
    """A goal of Rita's for the sum of March, unless said."""
    matter = Matter(
        **{
            "person_id": desk.rita.id, "team_id": None, "metric": Metric.SUM, "category_id": None, "product_id": None,
            "span": Whole.MONTH,
        }
        | about
    )  # fmt: skip
    goals.set_goals(session, [Wanted(matter, NOON.date(), None, target)], by=actor_of(desk.ann), now=NOON)


def of(session: Session, person: Person, day: date = TODAY, now: datetime = NOON) -> list[Progress]:
    return goal_progress.of_person(session, person.id, day=day, now=now, by=actor_of(person))


def test_pace_forecast_and_what_is_missing_per_day(session: Session, desk: Desk) -> None:
    make_company(session, working_days=[0, 1, 2, 3, 4], days_off=["2026-03-09"])
    aim(session, desk, 2_100_00)
    sell(session, desk.rita, 900_00, when=at("2026-03-02 12:00"))
    sell(session, desk.rita, 99_00, when=at("2026-02-27 12:00"))

    (march,) = of(session, desk.rita, now=at("2026-03-10 12:00"))

    assert march.period == Period(FIRST, date(2026, 3, 31))
    assert (march.days, march.days_gone, march.days_left) == (21, 6, 16)
    assert (march.achieved, march.part) == (900_00, Decimal("0.429"))
    assert (march.pace, march.ahead) == (600_00, 300_00)
    assert (march.forecast, march.left, march.per_day) == (3_150_00, 1_200_00, 75_00)
    assert march.is_over is False


def test_per_day_is_never_too_little_and_pieces_are_whole(session: Session, desk: Desk) -> None:
    milk, honey = make_product(session, "Milk"), make_product(session, "Honey", base=("kg", 3))
    aim(session, desk, 100, metric=Metric.ORDERS)
    aim(session, desk, 100_000, metric=Metric.UNITS, product_id=milk.id)
    aim(session, desk, 10_000, metric=Metric.UNITS, product_id=honey.id)

    orders, pieces, kilos = sorted(of(session, desk.rita), key=lambda one: (one.metric, one.unit_code != "pcs"))

    assert orders.days_left == 26
    assert (orders.per_day, orders.pace) == (4, 4)
    assert (pieces.per_day, pieces.pace, pieces.unit_code) == (4_000, 4_000, "pcs")
    assert (kilos.per_day, kilos.pace, kilos.unit_code) == (385, 385, "kg")


def test_before_within_and_after_a_period(session: Session, desk: Desk) -> None:
    aim(session, desk, 1000)
    (coming,) = of(session, desk.rita, date(2026, 4, 5))
    assert (coming.achieved, coming.pace, coming.forecast, coming.days_left) == (0, 0, None, coming.days)
    sell(session, desk.rita, 400)

    (over,) = of(session, desk.rita, now=at("2026-04-01 12:00"))

    assert (over.pace, over.forecast, over.left, over.per_day, over.is_over) == (1000, 400, 600, None, True)
    assert of(session, desk.rita, date(2026, 2, 27)) == []


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        ("2026-03-01 20:59:59", 0),  # still Sunday, a day off, in Moscow
        ("2026-03-01 21:00", 1),
        ("2026-03-31 20:59:59", 26),
        ("2026-03-31 21:00", 26),
    ],
)
def test_days_turn_at_the_companys_midnight(session: Session, desk: Desk, now: str, gone: int) -> None:
    aim(session, desk, 1000)

    (march,) = of(session, desk.rita, now=at(now))

    assert (march.days, march.days_gone) == (26, gone)


def test_a_month_without_a_working_day_divides_by_nothing(session: Session, desk: Desk) -> None:
    make_company(session, days_off=[date(2026, 3, day).isoformat() for day in range(1, 32)])
    aim(session, desk, 1000)
    sell(session, desk.rita, 400)

    (march,) = of(session, desk.rita)

    assert (march.days, march.pace, march.forecast, march.per_day, march.is_over) == (0, 0, None, None, False)


def test_own_goals_those_of_teams_and_of_all(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    rob, roy = make_person(session, "Rob"), make_person(session, "Roy")
    north, south = (teams.add(session, name, by=by, now=NOON) for name in ("North", "South"))
    for team, person in ((north, desk.rita), (north, rob), (south, desk.rita)):
        teams.set_member(session, team.id, person.id, on=True, by=by, now=NOON)
    for about in ({}, {"person_id": None, "team_id": north.id}, {"person_id": None, "team_id": south.id},
                  {"person_id": None}, {"person_id": rob.id}):  # fmt: skip
        aim(session, desk, 1000, **about)
    for person, amount in ((desk.rita, 100), (rob, 20), (roy, 3)):
        sell(session, person, amount)

    def seen(person: Person) -> list[tuple[str, str, int]]:
        return [(one.whose, one.who, one.achieved) for one in of(session, person)]

    assert seen(desk.rita) == [
        ("person", "Rita", 100),
        ("team", "North", 120),
        ("team", "South", 100),
        ("all", "", 123),
    ]
    assert seen(rob) == [("person", "Rob", 20), ("team", "North", 120), ("all", "", 123)]
    assert seen(roy) == [("all", "", 123)]
    with pytest.raises(NotAllowed):
        goal_progress.of_person(session, rob.id, day=NOON.date(), now=NOON, by=actor_of(roy))
    assert len(goal_progress.of_person(session, rob.id, day=NOON.date(), now=NOON, by=by)) == 3


def test_in_private_a_small_group_has_parts_and_no_figures(session: Session, desk: Desk) -> None:
    """Of two, what is not one's own is the other's."""
    by = actor_of(desk.ann)
    company = make_company(session, ranking_private=True)
    rob = make_person(session, "Rob")
    north = teams.add(session, "North", by=by, now=NOON)
    for person in (desk.rita, rob):
        teams.set_member(session, north.id, person.id, on=True, by=by, now=NOON)
    aim(session, desk, 1_000_00)
    aim(session, desk, 1_000_00, person_id=None, team_id=north.id)
    aim(session, desk, 200_000, person_id=None, metric=Metric.UNITS)
    sell(session, desk.rita, 100_00)
    sell(session, rob, 298_76)

    own, team, everybody = of(session, desk.rita)
    assert (own.shown, own.achieved, own.target) == (True, 100_00, 1_000_00)
    assert (team.shown, team.achieved, team.target, team.part) == (False, 39, 100, Decimal("0.39"))
    assert (team.pace, team.ahead, team.left, team.per_day, team.forecast) == (4, 35, 61, 3, 1014)
    assert (team.currency, everybody.shown, everybody.unit_code) == ("", False, "")

    assert all(one.shown for one in goal_progress.of_person(session, rob.id, day=TODAY, now=NOON, by=by))
    teams.set_member(session, north.id, make_person(session, "Roy").id, on=True, by=by, now=NOON)
    assert [one.achieved for one in of(session, desk.rita)][:2] == [100_00, 398_76]
    rob.roles = ["storekeeper"]
    assert [one.shown for one in of(session, desk.rita)] == [True, False, False]
    company.ranking_private = False
    assert all(one.shown for one in of(session, desk.rita))


def test_in_private_almost_reached_is_not_reached(session: Session, desk: Desk) -> None:
    make_company(session, ranking_private=True)
    aim(session, desk, 1_000_00, person_id=None)
    sell(session, desk.rita, 999_99)

    (march,) = of(session, desk.rita)

    assert (march.achieved, march.left) == (99, 1)


def test_in_private_a_draft_does_not_measure_the_goal_of_a_small_team(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    company = make_company(session, ranking_private=True)
    team = teams.add(session, "North", by=by, now=NOON)
    teams.set_member(session, team.id, desk.rita.id, on=True, by=by, now=NOON)
    aim(session, desk, 10_000_00)
    aim(session, desk, 10_000_00, person_id=None, team_id=team.id)
    order = make_draft(session, desk.rita, {make_product(session): 3})

    def moved(person: Person) -> list[str]:
        found = goal_progress.with_order(session, order, now=NOON, by=actor_of(person))
        return [before.whose for before, _ in found]

    assert moved(desk.rita) == ["person"]
    company.ranking_private = False
    assert moved(desk.rita) == ["person", "team"]


def test_a_goal_can_fall_below_nothing_when_more_is_credited_than_sold(session: Session, desk: Desk) -> None:
    aim(session, desk, 1000)
    order = sell(session, desk.rita, 700, when=at("2026-02-20 12:00"))
    credit(session, order, 300, when=at("2026-03-02 10:00"))

    (march,) = of(session, desk.rita)

    assert (march.achieved, march.part, march.left, march.forecast) == (-300, Decimal("-0.3"), 1300, None)


def test_what_a_draft_does_to_goals(session: Session, desk: Desk) -> None:
    dairy, bakery = make_category(session, "Dairy"), make_category(session, "Bakery")
    milk = make_product(session, "Milk", category=dairy, price_minor=100_00)
    bread = make_product(session, "Bread", category=bakery, price_minor=50_00)
    aim(session, desk, 10_000_00)
    aim(session, desk, 1_000_00, category_id=dairy.id)
    aim(session, desk, 10_000, metric=Metric.UNITS, product_id=milk.id)
    aim(session, desk, 4, metric=Metric.ORDERS)
    aim(session, desk, 2, metric=Metric.NEW_CLIENTS)
    aim(session, desk, 9, metric=Metric.UNITS, category_id=make_category(session, "Soap").id)
    sell(session, desk.rita, 500_00)
    order = make_draft(session, desk.rita, {milk: 3, bread: 1}, client=make_client(session, "New one"))

    moved = goal_progress.with_order(session, order, now=NOON, by=actor_of(desk.rita))

    assert [(after.metric, after.scope_name, before.achieved, after.achieved) for before, after in moved] == [
        (Metric.SUM, "", 500_00, 500_00 + order.total_minor),
        (Metric.SUM, "Dairy", 0, 300_00),
        (Metric.UNITS, "Milk", 0, 3_000),
        (Metric.ORDERS, "", 1, 2),
        (Metric.NEW_CLIENTS, "", 1, 2),
    ]


def test_what_a_recorded_sale_has_done_to_goals_is_what_changed(session: Session, desk: Desk) -> None:
    dye, soap = make_category(session, "Dye"), make_category(session, "Soap")
    dye.counts_units = True
    tube = make_product(session, "Tube", category=dye)
    make_client(session, "Salon")
    aim(session, desk, 10_000_00)
    aim(session, desk, 1_000_00, category_id=dye.id)
    aim(session, desk, 10_000, metric=Metric.UNITS)
    aim(session, desk, 10_000, metric=Metric.UNITS, product_id=tube.id)
    aim(session, desk, 10_000, metric=Metric.UNITS, category_id=soap.id)
    aim(session, desk, 4, metric=Metric.ORDERS)
    aim(session, desk, 2, metric=Metric.NEW_CLIENTS)
    sell(session, desk.rita, 500_00)
    before = {one.goal_id: one.achieved for one in of(session, desk.rita)}
    ticket = make_ticket(session, desk.rita, tags=Tags(amount_minor=150_000, client="Salon", units_milli=5_000))

    by = actor_of(desk.rita)
    sale = ticket_orders.record_sale(session, ticket.id, ticket.version, by=by, now=NOON)

    moved = goal_progress.with_sale(session, sale, by=by, now=NOON)
    assert [(after.metric, was.achieved, after.achieved) for was, after in moved] == [
        (Metric.SUM, 500_00, 2_000_00),
        (Metric.UNITS, 0, 5_000),
        (Metric.ORDERS, 1, 2),
        (Metric.NEW_CLIENTS, 1, 2),
    ]
    after = {one.goal_id: one.achieved for one in of(session, desk.rita)}
    changed = {goal_id: (before[goal_id], after[goal_id]) for goal_id in after if after[goal_id] != before[goal_id]}
    assert {was.goal_id: (was.achieved, now.achieved) for was, now in moved} == changed

    voiding.void_sale(session, sale.id, sale.version, reason="twice", by=actor_of(desk.ann), now=NOON)
    assert goal_progress.with_sale(session, sale, by=by, now=NOON) == []


def test_an_empty_draft_moves_nothing(session: Session, desk: Desk) -> None:
    aim(session, desk, 4, metric=Metric.ORDERS)
    order = make_draft(session, desk.rita, {make_product(session): 1})
    order.lines.clear()

    assert goal_progress.with_order(session, order, now=NOON, by=actor_of(desk.rita)) == []


FIGURES = st.integers(1, 10**14)


@given(target=FIGURES, achieved=st.integers(-(10**14), 10**14), days=st.integers(0, 92), gone=st.integers(0, 92),
       today=st.booleans(), metric=st.sampled_from(list(Metric)))  # fmt: skip
def test_the_days_that_are_left_are_enough_at_that_pace(  # noqa: PLR0917
    target: int,
    achieved: int,
    days: int,
    gone: int,
    today: bool,  # noqa: FBT001
    metric: Metric,
) -> None:
    gone = min(gone, days)
    left = days - gone + (1 if today and gone else 0)
    progress = Progress(
        1, "person", "", metric, "", Whole.MONTH, Period(FIRST, FIRST), target, achieved, "RUB", "", 0, days, left, gone
    )

    assert progress.left >= 0
    if progress.per_day is not None:
        assert progress.per_day * left >= progress.left
    assert 0 <= progress.pace <= target + 500
    assert progress.forecast is None or progress.forecast >= 0
