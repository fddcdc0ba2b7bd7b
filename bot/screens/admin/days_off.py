"""The days that are not delivered on although their weekday is: typed to add, pressed to take away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import company, figures, working_days
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("days_off", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The days off to come, each with a button that takes it away."""
    found = working_days.list_days_off(turn.session, now=turn.now, page=state.page)
    rows = [[Button("remove", "day_on", (day.toordinal(),), facts={"day": day})] for day in found.items]
    rows.append(keyboards.pages(found, "days_off"))
    rows.append([Button("back", "working_days")])
    return Face({"found": found}, rows)


@screen.pressed("days_off")
def open_page(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("days_off", page=turn.id())


@screen.pressed("day_on")
def remove(turn: Turn) -> Step:
    """Deliver on that day after all."""
    if not 1 <= turn.id() <= date.max.toordinal():
        raise Stale
    working_days.remove_day_off(turn.session, date.fromordinal(turn.id()), by=turn.actor, now=turn.now)
    return turn.go("days_off", "removed", page=turn.state.page if turn.state else 0)


@screen.typed(Kind.TEXT)
def type_days(turn: Turn) -> Step:
    """Typed days and spans of days become days off."""
    days = figures.parse_days(turn.text, today=company.today(turn.company, turn.now))
    if days is None:
        return turn.stay("unclear")
    count = working_days.add_days_off(turn.session, days, by=turn.actor, now=turn.now)
    return turn.go("days_off", "added", {"count": count})
