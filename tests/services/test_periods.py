"""Periods are whole days of the company's time zone, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services import periods
from services.periods import Period, PeriodUnfit, Span

WEDNESDAY = date(2026, 11, 18)


def _utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("span", "today", "first", "last"),
    [
        (Span.TODAY, WEDNESDAY, WEDNESDAY, WEDNESDAY),
        (Span.YESTERDAY, date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28)),
        (Span.WEEK, WEDNESDAY, date(2026, 11, 16), WEDNESDAY),
        (Span.WEEK, date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 16)),
        (Span.WEEK, date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
        (Span.SEVEN_DAYS, date(2026, 3, 3), date(2026, 2, 25), date(2026, 3, 3)),
        (Span.MONTH, date(2028, 2, 29), date(2028, 2, 1), date(2028, 2, 29)),
        (Span.LAST_MONTH, date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
        (Span.LAST_MONTH, date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31)),
        (Span.QUARTER, date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
        (Span.QUARTER, date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 1)),
        (Span.YEAR, WEDNESDAY, date(2026, 1, 1), WEDNESDAY),
    ],
)
def test_named_periods(span: Span, today: date, first: date, last: date) -> None:
    assert periods.of(span, today) == Period(first, last)


@pytest.mark.parametrize(
    ("day", "zone", "begin", "end"),
    [
        (date(2026, 11, 18), "Europe/Moscow", _utc(2026, 11, 17, 21), _utc(2026, 11, 18, 21)),
        # the night in which Madrid's clocks go forward has 23 hours, the one in which they go back has 25
        (date(2026, 3, 29), "Europe/Madrid", _utc(2026, 3, 28, 23), _utc(2026, 3, 29, 22)),
        (date(2026, 10, 25), "Europe/Madrid", _utc(2026, 10, 24, 22), _utc(2026, 10, 25, 23)),
    ],
)
def test_a_day_begins_and_ends_at_the_companys_midnights(day: date, zone: str, begin: datetime, end: datetime) -> None:
    assert Period(day, day).moments(zone) == (begin, end)


def test_the_period_before_is_as_long_and_ends_the_day_before() -> None:
    assert periods.before(Period(date(2026, 3, 1), date(2026, 3, 10))) == Period(date(2026, 2, 19), date(2026, 2, 28))
    assert periods.before(Period(date.min, date(1, 1, 5))) is None


def test_two_days_in_the_wrong_order_or_too_far_apart_are_no_period() -> None:
    assert periods.between(WEDNESDAY, WEDNESDAY).days == 1
    with pytest.raises(PeriodUnfit) as refused:
        periods.between(WEDNESDAY, date(2026, 11, 17))
    assert refused.value.facts == {"longest": 3660}
    with pytest.raises(PeriodUnfit):
        periods.between(date(2000, 1, 1), WEDNESDAY)


@pytest.mark.parametrize(
    "ordinals",
    [(0, 0), (0, 739000), (739000, 2**31), (739000, 0), (2, 2), (735598, 735599), (766644, 766645), (3652058, 3652058)],
)
def test_ordinals_of_days_that_no_period_has_are_refused(ordinals: tuple[int, int]) -> None:
    with pytest.raises(PeriodUnfit):
        periods.of_ordinals(*ordinals)


def test_ordinals_reach_from_the_earliest_day_to_the_latest() -> None:
    for day in (date(2015, 1, 1), date(2099, 12, 31)):
        assert periods.of_ordinals(day.toordinal(), day.toordinal()) == Period(day, day)
