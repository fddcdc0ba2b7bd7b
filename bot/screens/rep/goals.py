"""How far one is with the own goals, those of the own teams and of all reps; earlier and later periods too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goal_days
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import charts, goal_progress
from services.actor import Role
from services.goal_progress import Progress
from services.paging import page_of_all
from services.periods import Whole

SIZE = 4
"""Goals that fit a message."""


@dataclass(frozen=True)
class State:
    """For how long the goals are that are shown (place in ``goal_days.SPANS`` from 1, 0: all), a day of their period
    (its ordinal, 0: today), and the page.
    """

    span: int = 0
    day: int = 0
    page: int = 0


screen = Screen("goals", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The goals of the period with bar, pace and forecast."""
    day = goal_days.day_of(turn, state.day)
    found = _found(turn, state)
    page = page_of_all(found, page=state.page, size=SIZE)
    facts = {
        "page": page,
        "span": goal_days.SPANS[state.span - 1].value if state.span else "",
        "day": day,
        "today": goal_days.today(turn),
        "is_admin": Role.ADMIN in turn.actor.roles,
    }
    rows = [
        [
            Button("span", "goals", (number, 0, 0), facts={"of": span, "on": number == state.span})
            for number, span in enumerate(("", *(one.value for one in goal_days.SPANS)))
        ],
        _beside(state, day, found),
        keyboards.pages(page, "goals", state.span, state.day),
    ]
    if found:
        rows.append([Button("picture", "goals_picture", (state.span, state.day), turn.form_number)])
    rows.append([Button("ranking", "ranking"), *_all(turn)])
    rows.append(keyboards.menu())
    return Face(facts, rows)


def _all(turn: Turn) -> list[Button]:
    return [Button("all_goals", "goal_list", (0,))] if Role.ADMIN in turn.actor.roles else []


def _beside(state: State, day: date, found: list[Progress]) -> list[Button]:
    """The way to the periods before and after; while goals of all spans are shown, of the first one's."""
    span = goal_days.SPANS[state.span - 1] if state.span else found[0].span if found else Whole.MONTH
    number = goal_days.SPANS.index(span) + 1
    before, after = goal_days.beside(span, day)
    return [
        Button("earlier", "goals", (number, before.first.toordinal(), 0), facts={"of": span.value, "at": before}),
        Button("later", "goals", (number, after.first.toordinal(), 0), facts={"of": span.value, "at": after}),
    ]


def _found(turn: Turn, state: State) -> list[Progress]:
    day = goal_days.day_of(turn, state.day)
    found = goal_progress.of_person(turn.session, turn.actor.person_id, day=day, now=turn.now, by=turn.actor)
    return [one for one in found if not state.span or one.span is goal_days.SPANS[state.span - 1]]


@screen.pressed("goals")
def open_goals(turn: Turn) -> Step:
    """Show the goals of a period; whoever is no rep has none, and sees those of the reps."""
    if Role.REP not in turn.actor.roles:
        return turn.go("goal_list")
    return turn.go("goals", "", None, **vars(_read(turn)))


@screen.command("goals", "metas", "цели", "meta", "goal", "цель", menu="command")
def type_goals(turn: Turn) -> Step:
    """Show today's goals at once, and a picture of them as soon as it is drawn."""
    if Role.REP not in turn.actor.roles:
        return turn.go("goal_list")
    press = f"typed:{turn.form_number}"
    charts.request_goals(turn.session, _found(turn, State()), press=press, by=turn.actor, now=turn.now)
    return turn.go("goals")


@screen.pressed("goals_picture")
def want_picture(turn: Turn) -> Step:
    """Have the goals drawn; the same button pressed twice gives one picture."""
    state = _read(turn)
    press = f"pressed:{turn.version}:{state.span}-{state.day}"
    charts.request_goals(turn.session, _found(turn, state), press=press, by=turn.actor, now=turn.now)
    return turn.go("goals", "picture_wanted", None, **vars(state))


def _read(turn: Turn) -> State:
    span, day, page = (turn.id(place) if place < len(turn.ids) else 0 for place in range(3))
    if span > len(goal_days.SPANS):
        raise Stale
    goal_days.day_of(turn, day)
    return replace(State(), span=span, day=day, page=page)
