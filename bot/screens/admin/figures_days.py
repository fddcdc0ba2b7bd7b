"""Two days for the figures: the first, then the last."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.admin.figures import CLOSER
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company, periods
from services.actor import Role


@dataclass(frozen=True)
class State:
    """The month that is shown, the first day once it was chosen (ordinals, 0: none), and whom the figures are about."""

    shown: int = 0
    first: int = 0
    about: int = 0
    about_id: int = 0


screen = Screen("figures_days", roles=frozenset({Role.ADMIN, Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The calendar up to today; for the last day, from the first one on."""
    today, about = company.today(turn.company, turn.now), (state.about, state.about_id)
    rows = calendar.rows_of_two_days(
        state.shown, state.first, today, turn.locale, ids=about,
        opens="figures_days", begins="figures_first", ends="figures_last",
    )  # fmt: skip
    first = calendar.day_of(state.first) if state.first else None
    return Face({"first": first}, [*rows, [Button("back", "figures", (0, 0, *about))]])


@screen.pressed("figures_days")
def open_days(turn: Turn) -> Step:
    """Ask for the first day, in the month that the button says."""
    return turn.go("figures_days", about=turn.id(), about_id=turn.id(1), shown=turn.id(2) if len(turn.ids) > 2 else 0)


@screen.pressed("figures_first")
def choose_first(turn: Turn) -> Step:
    """Take the first day and ask for the last, in the month that the button says."""
    first = turn.id(2)
    shown = turn.id(3) if len(turn.ids) > 3 else first
    calendar.check_past(first, company.today(turn.company, turn.now))
    return turn.go("figures_days", about=turn.id(), about_id=turn.id(1), first=first, shown=shown)


@screen.pressed("figures_last")
def choose_last(turn: Turn) -> Step:
    """Take the last day and show the figures."""
    about, about_id, first, last = (turn.id(position) for position in range(4))
    if about > len(CLOSER):
        raise Stale
    periods.of_ordinals(first, last)
    return turn.go("figures", first=first, last=last, about=about, about_id=about_id)


@screen.typed(Kind.TEXT)
def press_a_day(turn: Turn) -> Step:
    """A day is pressed, not typed."""
    return turn.stay("unexpected_text")
