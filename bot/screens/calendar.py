"""A month as buttons, for any screen that asks for a day: the reader's language, the days that can be chosen.

The screen declares the verbs; a day's button carries its ordinal (``date.toordinal``) behind the screen's own ids, a
month's that of its first day. What cannot be chosen shows as a dot and does nothing.
"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_skeleton

from bot.buttons import Button
from bot.screens.screen import Stale
from services.periods import EARLIEST, LATEST

DOT = "·"
NOTHING = "\u2800"
"""Looks empty, but is not: a label must have something in it."""
BLANK = "blank"
"""The verb of cells that do nothing."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen: from ``first`` to ``last``, where ``is_open`` says so; ``chosen`` is marked."""

    first: date
    last: date
    is_open: Callable[[date], bool] = lambda _day: True
    chosen: date | None = None


def rows(
    shown: date, choice: Choice, locale: str, *, day: str, month: str, ids: tuple[int, ...] = ()
) -> list[list[Button]]:
    """The month of ``shown`` (of the nearest day that can be chosen): its name between the ways to the months before
    and after, the days of the week, and the weeks that are not wholly out of reach. ``day`` and ``month`` are the
    screen's verbs.
    """
    first = min(max(shown, choice.first), choice.last).replace(day=1)
    language = Locale.parse(locale)
    weeks = Calendar(language.first_week_day).monthdatescalendar(first.year, first.month)
    names = language.days["stand-alone"]["short"]
    return [
        _head(first, choice, locale, month, ids),
        [_cell(names[one.weekday()]) for one in weeks[0]],
        *([_day(one, first, choice, day, ids) for one in week] for week in weeks if _has_choice(week, first, choice)),
    ]


def rows_of_two_days(
    shown: int, first: int, today: date, locale: str, *, opens: str, begins: str, ends: str, ids: tuple[int, ...] = ()
) -> list[list[Button]]:
    """The month for the first of two days up to today, or, once ``first`` is chosen, for the last one from it on.

    ``shown`` and ``first`` are ordinals, 0: none yet. The screen's verbs: ``opens`` it in another month, ``begins``
    with the first day and ``ends`` with the last, each behind the screen's own ids.
    """
    begin = day_of(first) if first else None
    month = day_of(shown) if shown else begin or today
    choice = Choice(begin or EARLIEST, today, chosen=begin)
    if begin is None:
        return rows(month, choice, locale, day=begins, month=opens, ids=ids)
    return rows(month, choice, locale, day=ends, month=begins, ids=(*ids, first))


def check_past(ordinal: int, today: date) -> None:
    """Raises Stale for a day that is no first day of what was."""
    if not EARLIEST <= day_of(ordinal) <= today:
        raise Stale


def _has_choice(week: list[date], month: date, choice: Choice) -> bool:
    return any(choice.first <= one <= choice.last and one.month == month.month for one in week)


def day_of(ordinal: int) -> date:
    """The day that a button carried. Raises Stale for what is no day, or none that anything of ours can be of."""
    if not EARLIEST.toordinal() <= ordinal <= LATEST.toordinal():
        raise Stale
    return date.fromordinal(ordinal)


def _head(first: date, choice: Choice, locale: str, verb: str, ids: tuple[int, ...]) -> list[Button]:
    before, after = first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1)
    back = Button("previous_page", verb, (*ids, before.replace(day=1).toordinal()))
    forth = Button("next_page", verb, (*ids, after.toordinal()))
    name = format_skeleton("yMMMM", first, locale=locale)
    return [
        back if before >= choice.first else _cell(DOT),
        _cell(name),
        forth if after <= choice.last else _cell(DOT),
    ]


def _day(one: date, month: date, choice: Choice, verb: str, ids: tuple[int, ...]) -> Button:
    if one.month != month.month:
        return _cell(NOTHING)
    if not choice.first <= one <= choice.last or not choice.is_open(one):
        return _cell(DOT)
    label = f"•{one.day}•" if one == choice.chosen else str(one.day)
    return Button("calendar_cell", verb, (*ids, one.toordinal()), facts={"cell": label})


def _cell(text: str) -> Button:
    return Button("calendar_cell", BLANK, facts={"cell": text})
