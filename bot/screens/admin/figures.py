"""What was ordered and loaded in a period: in all, by client, rep and so on, and as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company, figures_export, periods, statistics
from services.actor import Role
from services.periods import Period, Span
from services.statistics import Basis, By, Scope

LISTS = tuple(By)
BASES = (Basis.TURNOVER, Basis.FORMED)
CLOSER: tuple[By, ...] = (By.CLIENT, By.REP, By.STOREKEEPER, By.PRODUCT, By.WAREHOUSE)
"""What can be looked at more closely; buttons carry the place in here, counted from 1."""
_FIELDS = ("client_id", "rep_id", "storekeeper_id", "product_id", "warehouse_id")


@dataclass(frozen=True)
class State:
    """The period (ordinals of its days, 0: today), the list (place in ``LISTS`` from 1; 0: in all), what counts
    (place in ``BASES``), the page, and whom it is about (place in ``CLOSER`` from 1, and id; 0: all).
    """

    first: int = 0
    last: int = 0
    listed: int = 0
    basis: int = 0
    page: int = 0
    about: int = 0
    about_id: int = 0


screen = Screen("figures", roles=frozenset({Role.ADMIN, Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The period in all, or one of the lists."""
    period = _period(turn, state)
    scope = _scope(turn, state)
    facts: dict[str, object] = {
        "period": period,
        "about": CLOSER[state.about - 1].value if state.about else "",
        "name": statistics.name_of(turn.session, CLOSER[state.about - 1], state.about_id) if state.about else "",
        "own": Role.ADMIN not in turn.actor.roles,
    }
    return _list(turn, state, scope, facts) if state.listed else _summary(turn, state, scope, facts)


def _summary(turn: Turn, state: State, scope: Scope, facts: dict[str, object]) -> Face:
    period = _period(turn, state)
    found = statistics.figures(turn.session, period, scope=scope, by=turn.actor)
    earlier = periods.before(period)
    compared = statistics.figures(turn.session, earlier, scope=scope, by=turn.actor) if earlier else None
    about = (state.about, state.about_id)
    rows = [
        [Button("span", "figures_span", (number, *about), facts={"span": span.value}) for number, span in spans]
        for spans in (tuple(enumerate(Span))[:4], tuple(enumerate(Span))[4:])
    ]
    rows.append([Button("two_dates", "figures_days", (*about,))])
    lists = [
        Button("by", "figures", _ids(state, listed=number), facts={"what": what.value})
        for number, what in enumerate(LISTS, start=1)
    ]
    rows += [lists[:3], lists[3:]]
    rows.append([Button("file", "figures_file", _ids(state), turn.form_number)])
    if state.about:
        rows.append([Button("all", "figures", (state.first, state.last))])
    rows.append(keyboards.menu())
    return Face({**facts, "found": found, "compared": compared, "listed": ""}, rows)


def _list(turn: Turn, state: State, scope: Scope, facts: dict[str, object]) -> Face:
    what, basis = LISTS[state.listed - 1], BASES[state.basis]
    period = _period(turn, state)
    page = statistics.top(turn.session, period, what, scope=scope, basis=basis, by=turn.actor, page=state.page)
    first_place = page.page * statistics.ROWS + 1
    rows: list[list[Button]] = []
    if what in CLOSER:
        about = CLOSER.index(what) + 1
        closer = [
            Button(
                "place",
                "figures",
                _ids(state, listed=0, about=about, about_id=entry.entry_id),
                facts={"place": place},
            )
            for place, entry in enumerate(page.items, start=first_place)
            if entry.entry_id
        ]
        rows += [closer[:5], closer[5:]]
    rows.append(keyboards.pages(page, "figures_page"))
    other = 1 - state.basis
    rows.append([Button("other_basis", "figures", _ids(state, basis=other), facts={"other": BASES[other].value})])
    rows.append([Button("back", "figures", _ids(state, listed=0)), *keyboards.menu()])
    facts |= {"listed": what.value, "basis": basis.value, "page": page, "first_place": first_place}
    return Face(facts, rows)


@screen.pressed("figures")
@screen.command("figures", menu="command")
def open_figures(turn: Turn) -> Step:
    """Show a period, a list of it, or somebody's part of it."""
    return turn.go("figures", "", None, **vars(_read(turn)))


@screen.pressed("figures_span")
def choose_span(turn: Turn) -> Step:
    """Show a period that has a name, as of today."""
    number, about = turn.amount(0), turn.amount(1)
    if number >= len(Span) or about > len(CLOSER):
        raise Stale
    period = periods.of(tuple(Span)[number], _today(turn))
    return turn.go(
        "figures", first=period.first.toordinal(), last=period.last.toordinal(), about=about, about_id=turn.id(2)
    )


@screen.pressed("figures_page")
def turn_page(turn: Turn) -> Step:
    """Go on in the list that is open."""
    if turn.state is None or not turn.state.listed:
        raise Stale
    return turn.go("figures", "", None, **{**vars(turn.state), "page": turn.id()})


@screen.pressed("figures_file")
def want_file(turn: Turn) -> Step:
    """Have the figures drawn as a file; the same button pressed twice gives one."""
    state = _read(turn)
    figures_export.request(
        turn.session, _period(turn, state), _scope(turn, state), press=turn.version, by=turn.actor, now=turn.now
    )
    return turn.go("figures", "file_wanted", None, **vars(state))


def _read(turn: Turn) -> State:
    """The state that a button carried: two days, then the list, what counts and whom it is about in one number."""
    first, last, view, about_id = (turn.id(place) if place < len(turn.ids) else 0 for place in range(4))
    listed, basis, about = view // 100, view // 10 % 10, view % 10
    if listed > len(LISTS) or basis >= len(BASES) or about > len(CLOSER):
        raise Stale
    if first or last:
        periods.of_ordinals(first, last)
    return State(first, last, listed, basis, 0, about, about_id)


def _ids(state: State, **changes: int) -> tuple[int, ...]:
    """What a button carries to come back to this state, changed; the page begins anew."""
    new = replace(state, **changes)
    return (new.first, new.last, new.listed * 100 + new.basis * 10 + new.about, new.about_id)


def _today(turn: Turn) -> date:
    return company.today(turn.company, turn.now)


def _period(turn: Turn, state: State) -> Period:
    if not state.first:
        today = company.today(turn.company, turn.now)
        return Period(today, today)
    return periods.of_ordinals(state.first, state.last)


def _scope(turn: Turn, state: State) -> Scope:
    scope = Scope(**{_FIELDS[state.about - 1]: state.about_id}) if state.about else Scope()
    return statistics.allowed(scope, by=turn.actor)
