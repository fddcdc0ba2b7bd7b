"""The weeks, months and quarters that goals and rankings go through by buttons."""

from __future__ import annotations

from datetime import date

from bot.screens import calendar
from bot.screens.screen import Stale, Turn
from services import company, periods
from services.periods import Period, Whole

SPANS = tuple(Whole)
"""Buttons carry the place in here, counted from 1."""


def today(turn: Turn) -> date:
    """The company's day."""
    return company.today(turn.company, turn.now)


def span_of(number: int) -> Whole:
    """The span with that number; raises Stale."""
    if not 1 <= number <= len(SPANS):
        raise Stale
    return SPANS[number - 1]


def day_of(turn: Turn, ordinal: int) -> date:
    """The day that a button carried, 0: today. Raises Stale for a day that no period of ours has."""
    return calendar.day_of(ordinal) if ordinal else today(turn)


def beside(span: Whole, day: date) -> tuple[Period, Period]:
    """The periods before and after the one that holds the day, cut to what buttons can carry."""
    before, after = periods.whole_beside(span, day, -1), periods.whole_beside(span, day, 1)
    return (
        before if before.first >= periods.EARLIEST else periods.whole(span, day),
        after if after.last <= periods.LATEST else periods.whole(span, day),
    )
