"""When the goods go: the day by calendar, then the window where the company has some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.buttons import Button
from bot.screens import calendar
from bot.screens.calendar import Choice
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import cart, company, delivery, delivery_days
from services.actor import Role
from services.delivery_days import Span

PER_ROW = 2
_MINUTES = 24 * 60
_MONDAY = 0


@dataclass(frozen=True)
class State:
    """The month that is shown (any of its days), and the day whose window is asked for; ordinals, 0: none."""

    shown: int = 0
    day: int = 0


screen = Screen("days", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The calendar of what can be chosen now, or the windows of the chosen day."""
    span = delivery_days.find_span(turn.company, now=turn.now)
    if state.day and span is not None:
        return _windows(turn, date.fromordinal(state.day))
    return _calendar(turn, state, span)


def _calendar(turn: Turn, state: State, span: Span | None) -> Face:
    draft = cart.current(turn.session, by=turn.actor)
    chosen = draft.delivery_date if draft else None
    facts = {
        "chosen": chosen,
        "window": draft.delivery_window if draft else "",
        "span": span,
        "cut_off": delivery_days.cut_off(turn.company),
        "day": None,
        "days_ahead": turn.company.days_ahead,
    }
    back = [Button("back", "review" if draft and not cart.missing(draft) else "place")]
    if span is None:
        return Face(facts, [back])
    profile = turn.company
    choice = Choice(span.earliest, span.latest, lambda day: delivery_days.is_working(profile, day), chosen)
    shown = date.fromordinal(state.shown) if state.shown else chosen or span.earliest
    return Face(facts, [_quick(turn, span), *calendar.rows(shown, choice, turn.locale, day="day", month="days"), back])


def _quick(turn: Turn, span: Span) -> list[Button]:
    """The days that are asked for most: the next one, and the first of next week."""
    profile, today = turn.company, company.today(turn.company, turn.now)
    first = "tomorrow" if span.earliest == today + timedelta(days=1) else "soonest"
    row = [Button(first, "day", (span.earliest.toordinal(),), facts={"day": span.earliest})]
    monday = today + timedelta(days=7 - today.weekday())
    if span.earliest < monday <= span.latest and delivery_days.is_working(profile, monday):
        row.append(Button("next_monday", "day", (monday.toordinal(),), facts={"day": monday}))
    return row


def _windows(turn: Turn, day: date) -> Face:
    buttons = []
    for window in delivery_days.list_windows(turn.company):
        start, end = delivery_days.minutes_of(window) or (0, 0)
        buttons.append(Button("window", "window", (day.toordinal(), start, end), facts={"window": window}))
    rows = [buttons[start : start + PER_ROW] for start in range(0, len(buttons), PER_ROW)]
    rows += [[Button("back", "days", (day.toordinal(),))], [Button("any_time", "window", (day.toordinal(), 0, 0))]]
    return Face({"day": day}, rows)


@screen.pressed("days")
def open_days(turn: Turn) -> Step:
    """Ask for the day; with an ordinal, show the month of that day."""
    return turn.go("days", shown=calendar.day_of(turn.id()).toordinal() if turn.ids else 0)


@screen.pressed("day")
def choose(turn: Turn) -> Step:
    """Deliver on that day; where the company has windows, ask for one first."""
    day = calendar.day_of(turn.id())
    if delivery_days.list_windows(turn.company):
        delivery_days.check(turn.company, day, now=turn.now)
        return turn.go("days", day=day.toordinal())
    return _set(turn, day, "")


@screen.pressed("window")
def choose_window(turn: Turn) -> Step:
    """Deliver on that day in that window; from 0 to 0: at any time."""
    day, start, end = calendar.day_of(turn.id()), turn.id(1), turn.id(2)
    if start >= _MINUTES or end >= _MINUTES:
        raise Stale
    return _set(turn, day, delivery_days.window_of(start, end) if start or end else "")


def _set(turn: Turn, day: date, window: str) -> Step:
    draft = cart.open_draft(turn.session, by=turn.actor, now=turn.now)
    delivery.set_delivery_date(turn.session, draft.id, day, window=window, by=turn.actor, now=turn.now)
    return turn.go("review")
