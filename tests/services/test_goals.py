"""Goals: set, changed, ended; of one matter never two at once, and what held before stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.goals import Goal
from db.models.record import AuditEntry
from db.session import Database
from services import goal_cards, goals, periods, teams
from services.actor import NotAllowed
from services.catalogue import CategoryGone, ProductGone
from services.errors import DomainError, Moved
from services.goals import GoalGone, GoalUnfit, Matter, TargetUnfit, Wanted
from services.periods import Whole
from services.teams import NoRep, TeamGone
from services.turnover import Metric
from tests.builders import NOON, actor_of, make_category, make_company, make_person, make_product
from tests.services.desk import Desk, make_desk, race

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
END_OF_MARCH, END_OF_APRIL = date(2026, 3, 31), date(2026, 4, 30)


def matter(person_id: int | None = None, **over: Any) -> Matter:
    """Somebody's monthly sales, or those of all, unless said."""
    return Matter(
        **{
            "person_id": person_id, "team_id": None, "metric": Metric.SUM, "category_id": None, "product_id": None,
            "span": Whole.MONTH,
        }
        | over
    )  # fmt: skip


def put(  # noqa: PLR0917 - as one would say it
    session: Session, desk: Desk, about: Matter, target: int, first: date = MARCH, last: date | None = None
) -> Goal:
    (goal,) = goals.set_goals(session, [Wanted(about, first, last, target)], by=actor_of(desk.ann), now=NOON)
    return goal


def stretches(session: Session) -> list[tuple[date, date | None, int]]:
    """First, last and target of every goal, the earliest first."""
    session.flush()
    return [tuple(row) for row in session.execute(select(Goal.first, Goal.last, Goal.target).order_by(Goal.first))]  # type: ignore[misc]


def test_a_goal_holds_for_whole_periods_until_it_is_changed(session: Session, desk: Desk) -> None:
    goal = put(session, desk, matter(desk.rita.id), 50_000_00, date(2026, 3, 17))

    assert (goal.first, goal.last, goal.currency) == (MARCH, None, "RUB")
    assert put(session, desk, matter(desk.rita.id), 50_000_00) is goal
    assert put(session, desk, matter(desk.rita.id), 50_000_00, APRIL) is goal, "so it is already"
    assert stretches(session) == [(MARCH, None, 50_000_00)]


def test_a_new_goal_ends_the_one_before(session: Session, desk: Desk) -> None:
    put(session, desk, matter(desk.rita.id), 100)
    put(session, desk, matter(desk.rita.id), 300, MAY)

    assert stretches(session) == [(MARCH, END_OF_APRIL, 100), (MAY, None, 300)]


def test_a_goal_for_one_period_alone_lets_the_old_one_go_on_after_it(session: Session, desk: Desk) -> None:
    put(session, desk, matter(desk.rita.id), 100)
    put(session, desk, matter(desk.rita.id), 300, APRIL, APRIL)

    assert stretches(session) == [(MARCH, END_OF_MARCH, 100), (APRIL, END_OF_APRIL, 300), (MAY, None, 100)]


def test_a_goal_takes_the_place_of_all_that_it_covers(session: Session, desk: Desk) -> None:
    put(session, desk, matter(desk.rita.id), 100)
    put(session, desk, matter(desk.rita.id), 300, APRIL, APRIL)
    put(session, desk, matter(desk.rita.id), 500)

    assert stretches(session) == [(MARCH, None, 500)]


def test_what_is_not_the_same_matter_stays(session: Session, desk: Desk) -> None:
    team = teams.add(session, "North", by=actor_of(desk.ann), now=NOON)
    milk = make_product(session)
    others = [
        matter(desk.rita.id),
        matter(desk.rita.id, span=Whole.WEEK),
        matter(desk.rita.id, metric=Metric.UNITS),
        matter(desk.rita.id, category_id=milk.category_id),
        matter(desk.rita.id, product_id=milk.id),
        matter(),
        matter(team_id=team.id),
    ]
    for number, about in enumerate(others, start=1):
        put(session, desk, about, number * 1000, NOON.date())

    assert sorted(target for _, _, target in stretches(session)) == [1000, 2000, 3000, 4000, 5000, 6000, 7000]


def test_a_changed_figure_counts_from_the_present_period_on(session: Session, desk: Desk) -> None:
    goal = put(session, desk, matter(desk.rita.id), 100)
    in_april = NOON + timedelta(days=40)

    changed = goals.change(session, goal.id, goal.version, 700, by=actor_of(desk.ann), now=in_april)
    again = goals.change(session, changed.id, changed.version, 800, by=actor_of(desk.ann), now=in_april)

    assert again is changed
    assert stretches(session) == [(MARCH, END_OF_MARCH, 100), (APRIL, None, 800)]
    with pytest.raises(GoalGone):
        goals.change(session, goal.id, goal.version, 900, by=actor_of(desk.ann), now=in_april)
    assert stretches(session)[1][2] == 800


@pytest.mark.parametrize(
    ("days", "at_once", "left"),
    [
        (0, False, [(MARCH, END_OF_MARCH, 100)]),
        (0, True, []),
        (40, False, [(MARCH, END_OF_APRIL, 100)]),
        (40, True, [(MARCH, END_OF_MARCH, 100)]),
    ],
)
def test_ending_a_goal(session: Session, desk: Desk, days: int, at_once: bool, left: list[object]) -> None:  # noqa: FBT001
    goal = put(session, desk, matter(desk.rita.id), 100)
    now = NOON + timedelta(days=days)

    goals.end(session, goal.id, goal.version, at_once=at_once, by=actor_of(desk.ann), now=now)

    assert stretches(session) == left


def test_a_button_of_an_older_version_does_nothing(session: Session, desk: Desk) -> None:
    goal = put(session, desk, matter(desk.rita.id), 100)
    old = goal.version
    goals.end(session, goal.id, old, at_once=False, by=actor_of(desk.ann), now=NOON)

    with pytest.raises(Moved):
        goals.end(session, goal.id, old, at_once=True, by=actor_of(desk.ann), now=NOON)
    with pytest.raises(Moved):
        goals.change(session, goal.id, old, 900, by=actor_of(desk.ann), now=NOON)

    assert stretches(session) == [(MARCH, END_OF_MARCH, 100)]


REFUSED: dict[str, tuple[Callable[[Desk], Wanted], type[DomainError]]] = {
    "nothing": (lambda desk: Wanted(matter(desk.rita.id), MARCH, None, 0), TargetUnfit),
    "below nothing": (lambda desk: Wanted(matter(desk.rita.id), MARCH, None, -5), TargetUnfit),
    "too much": (lambda desk: Wanted(matter(desk.rita.id), MARCH, None, 10**14), TargetUnfit),
    "too many": (lambda desk: Wanted(matter(desk.rita.id, metric=Metric.ORDERS), MARCH, None, 10**8), TargetUnfit),
    "over": (lambda desk: Wanted(matter(desk.rita.id), date(2026, 2, 28), None, 5), GoalUnfit),
    "far": (lambda desk: Wanted(matter(desk.rita.id), date(2030, 1, 1), None, 5), GoalUnfit),
    "backwards": (lambda desk: Wanted(matter(desk.rita.id), APRIL, MARCH, 5), GoalUnfit),
    "orders of goods": (
        lambda desk: Wanted(matter(desk.rita.id, metric=Metric.ORDERS, category_id=1), MARCH, None, 5), GoalUnfit,
    ),
    "a storekeeper": (lambda desk: Wanted(matter(desk.bob.id), MARCH, None, 5), NoRep),
    "nobody": (lambda _: Wanted(matter(999), MARCH, None, 5), NoRep),
    "no team": (lambda _: Wanted(matter(team_id=999), MARCH, None, 5), TeamGone),
    "no category": (lambda _: Wanted(matter(category_id=999), MARCH, None, 5), CategoryGone),
    "no product": (lambda _: Wanted(matter(product_id=999), MARCH, None, 5), ProductGone),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_set_leaves_everything_as_it_was(session: Session, desk: Desk, case: str) -> None:
    make, refusal = REFUSED[case]
    fit = Wanted(matter(desk.rita.id, span=Whole.WEEK), MARCH + timedelta(days=1), None, 77)

    with pytest.raises(refusal):
        goals.set_goals(session, [fit, make(desk)], by=actor_of(desk.ann), now=NOON)

    assert stretches(session) == []
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_what_would_be_replaced_must_be_what_was_looked_at(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    rob = make_person(session, "Rob")
    wanted = [Wanted(matter(desk.rita.id), APRIL, None, 7), Wanted(matter(rob.id), APRIL, END_OF_APRIL, 8)]
    marks = [goals.replaced_mark(session, wanted)]
    put(session, desk, matter(desk.rita.id, span=Whole.WEEK), 1, APRIL)
    put(session, desk, matter(rob.id), 2, MARCH, END_OF_MARCH)
    put(session, desk, matter(rob.id), 3, MAY)
    assert goals.replaced_mark(session, wanted) == marks[0]  # none of these would be replaced
    for target in (4, 5):  # SQLite gives the second the id of the first
        put(session, desk, matter(desk.rita.id), target)
        marks.append(goals.replaced_mark(session, wanted))
    before = stretches(session)

    for seen in marks[:2]:
        with pytest.raises(Moved):
            goals.set_goals(session, wanted, by=by, now=NOON, seen=seen)

    assert stretches(session) == before
    goals.set_goals(session, wanted, by=by, now=NOON, seen=marks[2])
    assert (APRIL, None, 7) in stretches(session)


def test_only_admins_have_to_do_with_goals(session: Session, desk: Desk) -> None:
    goal = put(session, desk, matter(desk.rita.id), 100)
    for person in (desk.rita, desk.bob):
        by = actor_of(person)
        wanted = Wanted(matter(desk.rita.id), MARCH, None, 5)
        for forbidden in (
            lambda by=by, wanted=wanted: goals.set_goals(session, [wanted], by=by, now=NOON),
            lambda by=by: goals.change(session, goal.id, goal.version, 5, by=by, now=NOON),
            lambda by=by: goals.end(session, goal.id, goal.version, at_once=True, by=by, now=NOON),
            lambda by=by: goal_cards.list_goals(session, by=by, now=NOON),
            lambda by=by: goal_cards.get(session, goal.id, by=by, now=NOON),
        ):
            with pytest.raises(NotAllowed):
                forbidden()

    assert stretches(session) == [(MARCH, None, 100)]


def test_the_list_names_whose_and_of_what_and_leaves_out_what_is_over(session: Session, desk: Desk) -> None:
    by = actor_of(desk.ann)
    team = teams.add(session, "North", by=by, now=NOON)
    dairy = make_category(session, "Dairy")
    honey = make_product(session, "Honey", base=("kg", 3), category=dairy)
    gone = make_person(session, "Gone")
    put(session, desk, matter(desk.rita.id, metric=Metric.UNITS, product_id=honey.id), 12_500)
    put(session, desk, matter(team_id=team.id, category_id=dairy.id), 900)
    put(session, desk, matter(span=Whole.QUARTER), 100, date(2026, 1, 1))
    put(session, desk, matter(gone.id), 100)
    over = put(session, desk, matter(desk.rita.id), 100)
    over.first, over.last = date(2026, 2, 1), date(2026, 2, 28)
    gone.revoked_at = NOON
    session.flush()

    found = goal_cards.list_goals(session, by=by, now=NOON).items

    assert [(card.who, card.scope, card.unit_code, card.decimals) for card in found] == [
        ("", "", "", 0), ("North", "Dairy", "", 0), ("Rita", "Honey", "kg", 3),
    ]  # fmt: skip
    assert found[0].period == periods.whole(Whole.QUARTER, MARCH)
    with pytest.raises(GoalGone):
        goal_cards.get(session, over.id, by=by, now=NOON)


def test_the_day_it_is_is_the_companys(session: Session, desk: Desk) -> None:
    make_company(session, time_zone="America/Mexico_City")
    four_in_the_morning_utc = NOON.replace(month=4, day=1, hour=4)  # the evening of 31 March in Mexico

    goals.set_goals(
        session, [Wanted(matter(desk.rita.id), MARCH, MARCH, 5)], by=actor_of(desk.ann), now=four_in_the_morning_utc
    )

    assert stretches(session) == [(MARCH, END_OF_MARCH, 5)]


DAYS = st.dates(NOON.date(), date(2026, 12, 31))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    set_in_turn=st.lists(
        st.tuples(st.sampled_from(list(Whole)), DAYS, st.none() | DAYS, st.integers(1, 9)), min_size=1, max_size=8
    )
)
def test_on_every_day_the_goal_that_was_set_last_for_it_holds(
    session: Session, desk: Desk, set_in_turn: list[tuple[Whole, date, date | None, int]]
) -> None:
    nested = session.begin_nested()
    holds: dict[tuple[Whole, date], int] = {}
    every = [MARCH + timedelta(days=number) for number in range(330)]
    for span, first, last, target in set_in_turn:
        wanted = Wanted(matter(desk.rita.id, span=span), first, max(first, last) if last else None, target)
        goals.set_goals(session, [wanted], by=actor_of(desk.ann), now=NOON)
        for day in every:
            if wanted.period.first <= day and (wanted.last_day is None or day <= wanted.last_day):
                holds[span, day] = target
    for day in every[::3]:
        found = goals.holding(session, day, of=Goal.person_id == desk.rita.id)
        assert sorted((goal.span, goal.target) for goal in found) == sorted(
            (span.value, target) for (span, on), target in holds.items() if on == day
        )
    nested.rollback()


def test_two_admins_at_once_leave_one_goal(database: Database) -> None:
    with database.transaction() as session:
        desk = make_desk(session)
        rita, ann = desk.rita.id, actor_of(desk.ann)

    def job(target: int) -> Callable[[Session], object]:
        return lambda session: goals.set_goals(session, [Wanted(matter(rita), MARCH, None, target)], by=ann, now=NOON)

    race(database, [job(target) for target in (1, 2, 3, 4)])

    with database.reading() as session:
        assert len(stretches(session)) == 1
