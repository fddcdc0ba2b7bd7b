"""Two days for a statement of what was earned: the first, then the last."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.screen import Face, Screen, Step, Turn
from services import company, periods
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Whose (0: everybody's), the month that is shown and the first day once it was chosen (ordinals, 0: none)."""

    person_id: int = 0
    shown: int = 0
    first: int = 0


screen = Screen("earnings_days", roles=frozenset(Role), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The calendar up to today; for the last day, from the first one on."""
    today, whose = company.today(turn.company, turn.now), (state.person_id,)
    rows = calendar.rows_of_two_days(
        state.shown, state.first, today, turn.locale, ids=whose,
        opens="earnings_days", begins="earnings_first", ends="earnings_last",
    )  # fmt: skip
    back = Button("back", "earnings", whose) if state.person_id else Button("back", "earnings_all")
    first = calendar.day_of(state.first) if state.first else None
    return Face({"first": first}, [*rows, [back]])


@screen.pressed("earnings_days")
def open_days(turn: Turn) -> Step:
    """Ask for the first day, in the month that the button says."""
    return turn.go("earnings_days", person_id=turn.id(), shown=turn.id(1) if len(turn.ids) > 1 else 0)


@screen.pressed("earnings_first")
def choose_first(turn: Turn) -> Step:
    """Take the first day and ask for the last, in the month that the button says."""
    first = turn.id(1)
    shown = turn.id(2) if len(turn.ids) > 2 else first
    calendar.check_past(first, company.today(turn.company, turn.now))
    return turn.go("earnings_days", person_id=turn.id(), first=first, shown=shown)


@screen.pressed("earnings_last")
def choose_last(turn: Turn) -> Step:
    """Take the last day and show what was earned."""
    person_id, first, last = (turn.id(position) for position in range(3))
    periods.of_ordinals(first, last)
    if not person_id:
        return turn.go("earnings_all", first=first, last=last)
    return turn.go("earnings", person_id=person_id, first=first, last=last)


@screen.typed(Kind.TEXT)
def press_a_day(turn: Turn) -> Step:
    """A day is pressed, not typed."""
    return turn.stay("unexpected_text")
