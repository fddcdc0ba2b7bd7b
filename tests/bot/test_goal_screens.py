"""Goals by buttons while something happens in between: midnight, another admin, the same wish once more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.screens.screen import LARGEST_ID
from db.models.goals import Goal
from db.models.messaging import dialogue
from services import goals
from services.goals import Matter, Wanted
from services.jobs import Job
from services.periods import Whole
from services.turnover import Metric
from tests.bot.hall import Hall
from tests.bot.talk import Talk
from tests.bot.test_desk_flows import OUT_OF_DATE, data_of
from tests.builders import actor_of
from tests.services.sold import at

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
BEFORE_MIDNIGHT, AFTER_MIDNIGHT = at("2026-03-31 20:59"), at("2026-03-31 21:01")
"""In Moscow, where the company is."""


def stretches(talk: Talk) -> list[tuple[date, date | None, int]]:
    return [tuple(row) for row in talk.read(select(Goal.first, Goal.last, Goal.target).order_by(Goal.id))]


def orders_of_all(talk: Talk, chat: int) -> None:
    """All questions but the last two, just before April."""
    talk.clock.now = BEFORE_MIDNIGHT
    talk.press(chat, "goal_new")
    talk.press(chat, "goal_whose", 3, 0)
    talk.press(chat, "goal_metric", 3)
    talk.press(chat, "goal_span", 2)


@pytest.mark.parametrize(
    ("label", "set_for"),
    [
        ("Only Mar 2026", None),
        ("From 1 Mar 2026", None),
        ("Only Apr 2026", (APRIL, date(2026, 4, 30))),
        ("From 1 Apr 2026", (APRIL, None)),
    ],
)
def test_a_goal_is_for_the_period_that_was_chosen_also_after_midnight(
    talk: Talk, hall: Hall, label: str, set_for: tuple[date, date | None] | None
) -> None:
    ann = hall.desk.ann.id
    orders_of_all(talk, ann)
    talk.press_data(ann, data_of(talk.screen(ann), label))
    talk.clock.now = AFTER_MIDNIGHT

    talk.say(ann, "40")

    assert stretches(talk) == ([(*set_for, 40)] if set_for else [])
    if set_for is None:
        assert "This period is over: no goal can be set for it." in talk.screen(ann)["html"]
        talk.press_data(ann, data_of(talk.screen(ann), "Only Apr 2026"))
        talk.say(ann, "40")
        assert stretches(talk) == [(APRIL, date(2026, 4, 30), 40)]


def test_a_button_means_the_period_that_stands_on_it(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    orders_of_all(talk, ann)
    march, april = (data_of(talk.screen(ann), f"Only {month} 2026") for month in ("Mar", "Apr"))
    talk.clock.now = AFTER_MIDNIGHT

    for gone in (march, f"goal_when.2-{LARGEST_ID}.0", f"goal_when.2-{MARCH.replace(day=9).toordinal()}.0"):
        talk.press_data(ann, gone)
        assert OUT_OF_DATE in talk.screen(ann)["html"]
        assert "When does it hold?" in talk.screen(ann)["html"]
    talk.press_data(ann, april)
    talk.say(ann, "40")

    assert stretches(talk) == [(APRIL, date(2026, 4, 30), 40)]


def test_answers_from_before_there_was_a_first_day_are_read(talk: Talk, hall: Hall) -> None:
    ann = hall.desk.ann.id
    orders_of_all(talk, ann)
    answers = {"whose": 3, "who": 0, "metric": 3, "scope": 0, "goods": 0, "span": 2, "when": 3, "at": 0, "query": ""}
    with talk.transaction() as session:
        session.execute(update(dialogue).values(state=answers))

    talk.say(ann, "40")

    assert stretches(talk) == [(APRIL, None, 40)]


def test_what_another_admin_has_set_meanwhile_is_not_overwritten_unseen(talk: Talk, hall: Hall) -> None:
    desk = hall.desk
    ann = desk.ann.id
    talk.press(ann, "goal_sheet")
    talk.say(ann, "Rita 500 000")
    first = data_of(talk.screen(ann), "Set 1 goal")
    about = Matter(desk.rita.id, None, Metric.SUM, None, None, Whole.MONTH)
    with talk.transaction() as session:
        goals.set_goals(session, [Wanted(about, MARCH, None, 7_00)], by=actor_of(desk.ann), now=talk.clock())
    before = stretches(talk)

    for _ in range(2):  # the button of the first look sets nothing, however often it is pressed
        talk.press_data(ann, first)
        assert stretches(talk) == before
    talk.press(ann, "goal_sheet_page", 0)
    talk.say(ann, "Rita 500 000")
    second = data_of(talk.screen(ann), "Set 1 goal")
    with talk.transaction() as session:
        session.execute(update(Goal).values(target=8_00, version=2))
    talk.press_data(ann, second)
    assert "has changed meanwhile" in talk.screen(ann)["html"]
    assert "₽500,000.00</b> every month" in talk.screen(ann)["html"]
    assert "so far ₽8.00, from Mar 1, 2026" in talk.screen(ann)["html"]
    talk.press_data(ann, data_of(talk.screen(ann), "Set 1 goal"))

    assert stretches(talk) == [(MARCH, None, 500_000_00)]


@pytest.mark.parametrize(
    ("who", "opening", "label", "job"),
    [
        ("rita", "goals", "As a picture", Job.DRAW_CHART),
        ("rita", "ranking", "As a picture", Job.DRAW_CHART),
        ("ann", "goal_sheet", "Send me the table", Job.DRAW_GOALS),
    ],
)
def test_each_look_gives_one_picture_however_often_it_is_pressed(  # noqa: PLR0917
    talk: Talk, hall: Hall, who: str, opening: str, label: str, job: Job
) -> None:
    chat = hall.people[who]
    about = Matter(hall.desk.rita.id, None, Metric.SUM, None, None, Whole.MONTH)
    with talk.transaction() as session:
        goals.set_goals(session, [Wanted(about, MARCH, None, 7_00)], by=actor_of(hall.desk.ann), now=talk.clock())

    def wishes() -> int:
        return sum(kind == job for kind, _ in talk.left())

    talk.press(chat, opening)
    button = data_of(talk.screen(chat), label)
    for _ in range(3):
        talk.press_data(chat, button)
    assert wishes() == 1
    talk.press_data(chat, data_of(talk.screen(chat), label))  # that screen was drawn anew, in the same minute
    assert wishes() == 2
    talk.clock.now += timedelta(minutes=5)
    talk.press_data(chat, button)
    assert wishes() == 2
