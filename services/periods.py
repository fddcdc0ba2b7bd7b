"""Spans of days that figures are asked for. Days are those of the company's time zone; moments are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.errors import DomainError

EARLIEST = date(2015, 1, 1)
"""Older than anything that is asked about."""
LATEST = date(2099, 12, 31)
"""Later than anything that is planned; far enough from the calendar's end to reckon with."""
LONGEST_DAYS = 3660
"""About ten years: more than one look needs, and few enough for a spreadsheet."""


class PeriodUnfit(DomainError):
    """These two days are no period: the end lies before the beginning, or they are too far apart. Facts: longest
    (days).
    """


class Span(StrEnum):
    """The periods that have a name. Those that are running end today; weeks begin on Monday."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    SEVEN_DAYS = "seven_days"
    MONTH = "month"
    LAST_MONTH = "last_month"
    QUARTER = "quarter"
    YEAR = "year"


class Whole(StrEnum):
    """The periods that goals are set for and rankings are made of, whole: a week begins on Monday."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """Its beginning and the beginning of the day after it, in UTC, as the days of this time zone have them."""
        return _midnight(self.first, zone), _midnight(self.last + timedelta(days=1), zone)


def of(span: Span, today: date) -> Period:
    """The named period as of ``today``."""
    yesterday = today - timedelta(days=1)
    month_end = today.replace(day=1) - timedelta(days=1)
    return {
        Span.TODAY: Period(today, today),
        Span.YESTERDAY: Period(yesterday, yesterday),
        Span.WEEK: Period(today - timedelta(days=today.weekday()), today),
        Span.SEVEN_DAYS: Period(today - timedelta(days=6), today),
        Span.MONTH: Period(today.replace(day=1), today),
        Span.LAST_MONTH: Period(month_end.replace(day=1), month_end),
        Span.QUARTER: Period(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today),
        Span.YEAR: Period(today.replace(month=1, day=1), today),
    }[span]


def whole(kind: Whole, day: date) -> Period:
    """The whole week, month or quarter that holds ``day``."""
    if kind is Whole.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(first, first + timedelta(days=6))
    months = 1 if kind is Whole.MONTH else 3
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    return Period(first, _first_of_month_after(first, months) - timedelta(days=1))


def whole_beside(kind: Whole, day: date, steps: int) -> Period:
    """The whole period so many steps after the one that holds ``day``; before it where ``steps`` is below zero."""
    found = whole(kind, day)
    for _ in range(abs(steps)):
        found = whole(kind, found.last + timedelta(days=1) if steps > 0 else found.first - timedelta(days=1))
    return found


def between(first: date, last: date) -> Period:
    """The period of two days that somebody picked; raises PeriodUnfit."""
    period = Period(first, last)
    if not 1 <= period.days <= LONGEST_DAYS:
        raise PeriodUnfit(longest=LONGEST_DAYS)
    return period


def of_ordinals(first: int, last: int) -> Period:
    """The period of two days as buttons carry them (``date.toordinal``); raises PeriodUnfit for any others, and for
    days before ``EARLIEST`` or after ``LATEST``.
    """
    known = range(EARLIEST.toordinal(), LATEST.toordinal() + 1)
    if first not in known or last not in known:
        raise PeriodUnfit(longest=LONGEST_DAYS)
    return between(date.fromordinal(first), date.fromordinal(last))


def before(period: Period) -> Period | None:
    """As many days just before it, to compare with; None where the calendar has none."""
    if period.first.toordinal() <= period.days:
        return None
    return Period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))


def named(period: Period, today: date) -> Span | None:
    """The name that this period has today, if it has one."""
    return next((span for span in Span if of(span, today) == period), None)


def _first_of_month_after(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
