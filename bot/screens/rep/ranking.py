"""The reps side by side in a week, month or quarter: by sales, units, plan or growth."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.rep import goal_days
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import charts, periods, ranking
from services.actor import Role
from services.paging import Page
from services.periods import Period
from services.ranking import Metric, Ranking

SIZE = 10
"""Places that a message shows."""
METRICS = tuple(Metric)
_MONTH = goal_days.SPANS.index(periods.Whole.MONTH) + 1


@dataclass(frozen=True)
class State:
    """By what (place in ``METRICS``), for how long (place in ``goal_days.SPANS`` from 1), a day of the period (its
    ordinal, 0: today), and the page.
    """

    metric: int = 0
    span: int = _MONTH
    day: int = 0
    page: int = 0


screen = Screen("ranking", roles=frozenset({Role.REP, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of places, and the own one wherever it is."""
    whole, found = _whole(turn, state), _found(turn, state)
    span = goal_days.span_of(state.span)
    is_admin, is_private = Role.ADMIN in turn.actor.roles, turn.company.ranking_private
    facts = {
        "found": found,
        "whole": whole,
        "span": span.value,
        "metric": METRICS[state.metric].value,
        "currency": found.currency,
        "earlier": periods.before(found.period),
        "has_own": any(row.own for row in found.rows),
        "is_admin": is_admin,
        "is_rep": Role.REP in turn.actor.roles,
        "is_private": is_private,
    }
    rows = [_metrics(state), _spans(state), _beside(turn, state)]
    rows.append(keyboards.pages(_page(found), "ranking", state.metric, state.span, state.day))
    if found.rows:
        view = (state.metric, state.span, state.day, state.page)
        rows.append([Button("picture", "ranking_picture", view, turn.form_number)])
    if is_admin:
        rows.append([Button("private", "ranking_private", (int(not is_private),), facts={"on": is_private})])
    rows.append(keyboards.menu())
    return Face(facts, rows)


def _metrics(state: State) -> list[Button]:
    return [
        Button(
            "metric",
            "ranking",
            (number, state.span, state.day, 0),
            facts={"of": metric.value, "on": number == state.metric},
        )
        for number, metric in enumerate(METRICS)
    ]


def _spans(state: State) -> list[Button]:
    """The same day in another span, so that one sees what the month was that a week was part of."""
    return [
        Button(
            "span",
            "ranking",
            (state.metric, number, state.day, 0),
            facts={"of": span.value, "on": number == state.span},
        )
        for number, span in enumerate(goal_days.SPANS, start=1)
    ]


def _beside(turn: Turn, state: State) -> list[Button]:
    """The periods before and after; none that is still to come."""
    span, day = goal_days.span_of(state.span), goal_days.day_of(turn, state.day)
    before, after = goal_days.beside(span, day)
    view = (state.metric, state.span)
    row = [Button("earlier", "ranking", (*view, before.first.toordinal(), 0), facts={"of": span.value, "at": before})]
    if after.first <= goal_days.today(turn) and after.first > day:
        row.append(
            Button("later", "ranking", (*view, after.first.toordinal(), 0), facts={"of": span.value, "at": after})
        )
    return row


def _page(found: Ranking) -> Page[ranking.Row]:
    return Page(found.rows, found.page, found.pages)


def _whole(turn: Turn, state: State) -> Period:
    return periods.whole(goal_days.span_of(state.span), goal_days.day_of(turn, state.day))


def _found(turn: Turn, state: State) -> Ranking:
    metric = METRICS[state.metric]
    return ranking.of_period(
        turn.session, _whole(turn, state), metric, by=turn.actor, now=turn.now, page=state.page, size=SIZE
    )


@screen.pressed("ranking")
def open_ranking(turn: Turn) -> Step:
    """Show a period by a metric."""
    return turn.go("ranking", "", None, **vars(_read(turn)))


@screen.command("ranking", "рейтинг", "clasificacion", menu="command")
def type_ranking(turn: Turn) -> Step:
    """Show this month's ranking at once, and a picture of it as soon as it is drawn."""
    _draw(turn, State(), f"typed:{turn.form_number}")
    return turn.go("ranking")


@screen.pressed("ranking_picture")
def want_picture(turn: Turn) -> Step:
    """Have the ranking drawn; the same button pressed twice gives one picture."""
    state = _read(turn)
    _draw(turn, state, f"pressed:{turn.version}:{'-'.join(str(part) for part in turn.ids)}")
    return turn.go("ranking", "picture_wanted", None, **vars(state))


@screen.pressed("ranking_private")
def set_private(turn: Turn) -> Step:
    """Hide the figures of others from reps, or show them again: admins only."""
    on = turn.id()
    if on > 1:
        raise Stale
    ranking.set_private(turn.session, on=bool(on), by=turn.actor, now=turn.now)
    return turn.go("ranking", "", None, **vars(turn.state or State()))


def _draw(turn: Turn, state: State, press: str) -> None:
    """A picture has room for more places than a message."""
    found = ranking.of_period(
        turn.session,
        _whole(turn, state),
        METRICS[state.metric],
        by=turn.actor,
        now=turn.now,
        size=charts.MOST_PLACES,
    )
    charts.request_ranking(turn.session, found, press=press, by=turn.actor, now=turn.now)


def _read(turn: Turn) -> State:
    if not turn.ids:
        return State()
    state = State(*(turn.id(place) for place in range(min(len(turn.ids), 4))))
    if state.metric >= len(METRICS):
        raise Stale
    goal_days.span_of(state.span)
    goal_days.day_of(turn, state.day)
    return state
