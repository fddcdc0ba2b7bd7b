"""A new goal, one question after the other: whose, what, of which goods, how often, from when, how much."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.admin import category_rows
from bot.screens.rep import goal_days
from bot.screens.screen import Face, Notice, Screen, Stale, Step, Turn
from services import goal_cards, goal_words, goals, people, periods, product_admin, teams
from services.actor import Role
from services.goals import LARGEST, GoalUnfit, Matter, TargetUnfit, Wanted
from services.paging import Page, page_of_all
from services.periods import Period
from services.search import search_key
from services.turnover import Metric

REFUSALS = "messages/refusals.html"
METRICS = tuple(Metric)
PERSON, TEAM, ALL = 1, 2, 3
"""Whose a goal is."""
ANYTHING, CATEGORY, PRODUCT = 1, 2, 3
"""Of what it is."""
NOW_ON, NOW, NEXT_ON, NEXT = 1, 2, 3, 4
"""When it holds: from the present or next period on, or in it alone."""
LONGEST_QUERY = 60


@dataclass(frozen=True)
class State:
    """The answers so far, 0 where there is none; where in the tree one looks; what was typed to find; the page."""

    whose: int = 0
    who: int = 0
    metric: int = 0
    scope: int = 0
    goods: int = 0
    span: int = 0
    when: int = 0
    first: int = 0
    """The first day that it holds on, as an ordinal: what was chosen stays so over midnight."""
    at: int = 0
    query: str = ""
    page: int = 0


screen = Screen("goal_new", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The answers so far, the next question, and what can be pressed for it."""
    asked = _asked(state)
    rows, more = _offered(turn, state, asked)
    back = Button("back", "goal_new_back") if state.whose else Button("back", "goal_list", (0,))
    first = _first(turn, state) if state.when else None
    card = goal_cards.preview(turn.session, [_wanted(turn, state, 1)], now=turn.now)[0] if first else None
    facts = {
        "asked": asked,
        "who": _who(turn, state),
        "whose": state.whose,
        "metric": METRICS[state.metric - 1].value if state.metric else "",
        "scope": _scope(turn, state),
        "everything": state.scope == ANYTHING,
        "span": goal_days.SPANS[state.span - 1].value if state.span else "",
        "card": card,
        "currency": turn.company.currency,
        "path": category_rows.path(turn, state.at),
        "query": state.query,
        **more,
    }
    return Face(facts, [*rows, [back, *keyboards.menu()]])


def _asked(state: State) -> str:
    """The first question without an answer."""
    if not state.whose or (state.whose != ALL and not state.who):
        return ("whose", "person", "team")[state.whose]
    if not state.metric:
        return "metric"
    if METRICS[state.metric - 1] in {Metric.SUM, Metric.UNITS} and not state.goods and state.scope != ANYTHING:
        return ("scope", "", "category", "product")[state.scope]
    return "span" if not state.span else "when" if not state.when else "target"


Offered = tuple[list[list[Button]], dict[str, Any]]


def _offer_whose(turn: Turn) -> Offered:
    kinds = [(PERSON, "person"), (TEAM, "team"), (ALL, "all")]
    if not teams.all_teams(turn.session):
        kinds.pop(1)
    return [[Button("whose", "goal_whose", (number, 0), facts={"kind": kind})] for number, kind in kinds], {}


def _offer_people(turn: Turn, state: State) -> Offered:
    key = search_key(state.query)
    found = [one for one in people.list_active(turn.session, Role.REP) if key in search_key(one.name)]
    page: Page[Any] = page_of_all(found, page=state.page)
    rows = [[Button("name", "goal_whose", (PERSON, one.id), facts={"called": one.name})] for one in page.items]
    return [*rows, keyboards.pages(page, "goal_new_page")], {"page": page}


def _offer_teams(turn: Turn, state: State) -> Offered:
    page: Page[Any] = page_of_all(teams.all_teams(turn.session), page=state.page)
    rows = [[Button("name", "goal_whose", (TEAM, one.id), facts={"called": one.name})] for one in page.items]
    return [*rows, keyboards.pages(page, "goal_new_page")], {"page": page}


def _offer_metrics() -> Offered:
    buttons = [
        Button("metric", "goal_metric", (number,), facts={"of": metric.value})
        for number, metric in enumerate(METRICS, start=1)
    ]
    return [buttons[:2], buttons[2:]], {}


def _offer_scopes() -> Offered:
    kinds = [(ANYTHING, "anything"), (CATEGORY, "category"), (PRODUCT, "product")]
    return [[Button("scope", "goal_scope", (number, 0), facts={"kind": kind})] for number, kind in kinds], {}


def _offer_categories(turn: Turn, state: State) -> Offered:
    rows = [
        [Button("category", "goal_look", (number,), facts={"child": name})]
        for number, name in category_rows.children(turn, state.at)
    ]
    if state.at:
        up = Button("up", "goal_look", (category_rows.above(turn, state.at),))
        rows.append([up, Button("this_one", "goal_scope", (CATEGORY, state.at))])
    return rows, {}


def _offer_products(turn: Turn, state: State) -> Offered:
    found = product_admin.find_products(turn.session, state.query, by=turn.actor, page=state.page)
    rows = [[Button("name", "goal_scope", (PRODUCT, one.id), facts={"called": one.name})] for one in found.items]
    return [*rows, keyboards.pages(found, "goal_new_page")], {"page": found}


def _offer_spans() -> Offered:
    return [
        [
            Button("every", "goal_span", (number,), facts={"of": span.value})
            for number, span in enumerate(goal_days.SPANS, start=1)
        ]
    ], {}


def _offer_times(turn: Turn, state: State) -> Offered:
    present, coming = _periods(turn, state)
    of = goal_days.SPANS[state.span - 1].value
    return [
        [Button("when", "goal_when", (number, at.first.toordinal()), facts={"of": of, "on": on, "at": at})]
        for number, on, at in (
            (NOW_ON, True, present),
            (NOW, False, present),
            (NEXT_ON, True, coming),
            (NEXT, False, coming),
        )
    ], {}


def _offered(turn: Turn, state: State, asked: str) -> Offered:
    """The buttons and facts of a question."""
    found: Offered = [], {}
    match asked:
        case "whose":
            found = _offer_whose(turn)
        case "person":
            found = _offer_people(turn, state)
        case "team":
            found = _offer_teams(turn, state)
        case "metric":
            found = _offer_metrics()
        case "scope":
            found = _offer_scopes()
        case "category":
            found = _offer_categories(turn, state)
        case "product":
            found = _offer_products(turn, state)
        case "span":
            found = _offer_spans()
        case "when":
            found = _offer_times(turn, state)
    return found


@screen.pressed("goal_new")
def begin(turn: Turn) -> Step:
    """Ask whose goal it is."""
    return turn.go("goal_new")


@screen.pressed("goal_new_back")
def go_back(turn: Turn) -> Step:
    """Take the last answer back."""
    state = _known(turn)
    answered = [
        (("when", "first"), state.when),
        (("span",), state.span),
        (("goods",), state.goods),
        (("scope", "at"), state.scope),
        (("metric",), state.metric),
        (("who",), state.who),
    ]
    fields = next((names for names, answer in answered if answer), ("whose",))
    return _go(turn, state, **dict.fromkeys(fields, 0))


@screen.pressed("goal_new_page")
def turn_page(turn: Turn) -> Step:
    """Show other rows of the list."""
    return turn.go("goal_new", "", None, **asdict(replace(_known(turn), page=turn.id())))


@screen.pressed("goal_whose")
def choose_whose(turn: Turn) -> Step:
    """A rep, a team, or all; then who."""
    whose, who = turn.id(), turn.id(1)
    if whose not in {PERSON, TEAM, ALL}:
        raise Stale
    return _go(turn, _known(turn), whose=whose, who=who if whose != ALL else 0)


@screen.pressed("goal_metric")
def choose_metric(turn: Turn) -> Step:
    """What is counted."""
    if not 1 <= turn.id() <= len(METRICS):
        raise Stale
    return _go(turn, _known(turn), metric=turn.id(), scope=0, goods=0)


@screen.pressed("goal_scope")
def choose_scope(turn: Turn) -> Step:
    """Of everything, of a category or of a product; then of which."""
    if turn.id() not in {ANYTHING, CATEGORY, PRODUCT}:
        raise Stale
    return _go(turn, _known(turn), scope=turn.id(), goods=turn.id(1) if turn.id() != ANYTHING else 0)


@screen.pressed("goal_look")
def look_into(turn: Turn) -> Step:
    """Look further in the tree."""
    return _go(turn, _known(turn), at=turn.id())


@screen.pressed("goal_span")
def choose_span(turn: Turn) -> Step:
    """Week, month or quarter."""
    goal_days.span_of(turn.id())
    return _go(turn, _known(turn), span=turn.id(), when=0, first=0)


@screen.pressed("goal_when")
def choose_when(turn: Turn) -> Step:
    """From when on, and whether only then; a button means the period that stands on it, as long as that is not over."""
    state = _known(turn)
    if turn.id() not in {NOW_ON, NOW, NEXT_ON, NEXT} or not state.span:
        raise Stale
    if turn.id(1) not in {period.first.toordinal() for period in _periods(turn, state)}:
        raise Stale
    return _go(turn, state, when=turn.id(), first=turn.id(1))


@screen.typed(Kind.TEXT)
def type_answer(turn: Turn) -> Step | None:
    """A name to look for, or at the end the figure: then the goal is set, or asked for anew where it is too late."""
    state, asked = turn.state, _asked(turn.state)
    if asked in {"person", "product"}:
        return _go(turn, state, query=turn.text[:LONGEST_QUERY])
    if asked != "target":
        return None
    metric, currency = METRICS[state.metric - 1], turn.company.currency
    target = goal_words.target(turn.text, metric, currency)
    if target is None:
        raise TargetUnfit(metric=metric.value, largest=LARGEST[metric], currency=currency)
    try:
        (goal,) = goals.set_goals(turn.session, [_wanted(turn, state, target)], by=turn.actor, now=turn.now)
    except GoalUnfit as refusal:
        asked_anew = _go(turn, state, when=0, first=0)
        return replace(asked_anew, notice=Notice(REFUSALS, refusal.key, refusal.facts))
    return turn.go("goal_card", "set", None, goal_id=goal.id)


def _known(turn: Turn) -> State:
    """The answers so far; a button of a form that is not on the screen any more is none of ours."""
    if not isinstance(turn.state, State):
        raise Stale
    return turn.state


def _go(turn: Turn, state: State, **changes: Any) -> Step:
    return turn.go("goal_new", "", None, **asdict(replace(state, **{"page": 0, "query": "", **changes})))


def _wanted(turn: Turn, state: State, target: int) -> Wanted:
    matter = Matter(
        state.who if state.whose == PERSON else None,
        state.who if state.whose == TEAM else None,
        METRICS[state.metric - 1],
        state.goods if state.scope == CATEGORY else None,
        state.goods if state.scope == PRODUCT else None,
        goal_days.SPANS[state.span - 1],
    )
    first = _first(turn, state)
    return Wanted(matter, first, first if state.when in {NOW, NEXT} else None, target)


def _first(turn: Turn, state: State) -> date:
    if state.first:
        return date.fromordinal(state.first)
    present, coming = _periods(turn, state)
    return (present if state.when in {NOW_ON, NOW} else coming).first


def _periods(turn: Turn, state: State) -> tuple[Period, Period]:
    span, day = goal_days.SPANS[state.span - 1], goal_days.today(turn)
    return periods.whole(span, day), periods.whole_beside(span, day, 1)


def _who(turn: Turn, state: State) -> str:
    """The name of the rep or team that was chosen."""
    if state.whose == PERSON and state.who:
        return next((one.name for one in people.list_active(turn.session, Role.REP) if one.id == state.who), "")
    if state.whose == TEAM and state.who:
        return next((one.name for one in teams.all_teams(turn.session) if one.id == state.who), "")
    return ""


def _scope(turn: Turn, state: State) -> str:
    """The name of the category or product that was chosen."""
    if state.scope == CATEGORY and state.goods:
        return " › ".join(category_rows.path(turn, state.goods))
    if state.scope == PRODUCT and state.goods:
        return product_admin.get(turn.session, state.goods, by=turn.actor).name
    return ""
