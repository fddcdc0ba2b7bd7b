"""Fixed clocks around midnight, month ends and the two nights a year when the clock is moved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from db.models.company import Company
from services import delivery_days
from services.delivery_days import DeliveryDayUnfit, DeliveryWindowUnfit, NoDeliveryDays, Span

MOSCOW_NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday."""


def company(**over: object) -> Company:
    values = {
        "time_zone": "Europe/Moscow", "working_days": [0, 1, 2, 3, 4, 5], "days_off": [], "cut_off_minutes": None,
        "delivery_windows": [], "days_ahead": 60,
    }  # fmt: skip
    return Company(id=1, name="x", legal_name="x", **{**values, **over})


def span_at(profile: Company, *moment: int) -> Span:
    found = delivery_days.find_span(profile, now=datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type]
    assert found is not None
    return found


def test_from_tomorrow_to_so_many_days_ahead() -> None:
    assert span_at(company(), 2026, 3, 2, 9) == Span(date(2026, 3, 3), date(2026, 5, 1), past_cut_off=False)
    days = delivery_days.list_days(company(), now=MOSCOW_NOON, most=6)
    assert days == [date(2026, 3, day) for day in (3, 4, 5, 6, 7, 9)]
    assert len(delivery_days.list_days(company(days_ahead=7), now=MOSCOW_NOON)) == 6


def test_days_off_are_not_delivered_on() -> None:
    profile = company(days_off=["2026-03-03", "2026-05-01"])
    assert span_at(profile, 2026, 3, 2, 9) == Span(date(2026, 3, 4), date(2026, 4, 30), past_cut_off=False)


@pytest.mark.parametrize(
    ("moment", "earliest", "late"),
    [
        ((2026, 3, 2, 12, 59), date(2026, 3, 3), False),  # 15:59 in Moscow
        ((2026, 3, 2, 13, 0), date(2026, 3, 4), True),
        ((2026, 3, 2, 20, 59), date(2026, 3, 4), True),
        ((2026, 3, 2, 21, 0), date(2026, 3, 4), False),  # midnight: Tuesday, the cut-off is ahead again
        ((2026, 3, 6, 13, 0), date(2026, 3, 9), True),  # Friday: Saturday is lost, Sunday is off
        ((2026, 3, 7, 13, 0), date(2026, 3, 9), False),  # Saturday: tomorrow is Sunday, nothing is lost
        ((2026, 2, 28, 12, 0), date(2026, 3, 2), False),  # the end of a month, before a Sunday
        ((2026, 12, 31, 13, 0), date(2027, 1, 2), True),
    ],
)
def test_the_cut_off(moment: tuple[int, ...], earliest: date, *, late: bool) -> None:
    found = span_at(company(cut_off_minutes=16 * 60), *moment)
    assert (found.earliest, found.past_cut_off) == (earliest, late)


@pytest.mark.parametrize(
    ("moment", "earliest", "late"),
    [
        ((2026, 3, 28, 22, 59), date(2026, 3, 29), False),  # 23:59 in Madrid, in winter time
        ((2026, 3, 28, 23, 0), date(2026, 3, 30), False),  # midnight: the day of the change has begun
        ((2026, 3, 29, 13, 59), date(2026, 3, 30), False),  # 15:59 in summer time
        ((2026, 3, 29, 14, 0), date(2026, 3, 31), True),
        ((2026, 10, 25, 14, 59), date(2026, 10, 26), False),  # 15:59 in winter time again
        ((2026, 10, 25, 15, 0), date(2026, 10, 27), True),
        ((2026, 10, 24, 21, 59), date(2026, 10, 25), False),  # 23:59 in summer time
        ((2026, 10, 24, 22, 0), date(2026, 10, 26), False),
    ],
)
def test_when_the_clock_is_moved(moment: tuple[int, ...], earliest: date, *, late: bool) -> None:
    cut_off = 16 * 60 if late or earliest.day in {26, 30} else None
    profile = company(time_zone="Europe/Madrid", working_days=[0, 1, 2, 3, 4, 5, 6], cut_off_minutes=cut_off)
    found = span_at(profile, *moment)
    assert (found.earliest, found.past_cut_off) == (earliest, late)


def test_check_says_from_when_to_when() -> None:
    profile = company(cut_off_minutes=11 * 60)
    for day in (date(2026, 3, 3), date(2026, 3, 8), date(2026, 5, 2)):
        with pytest.raises(DeliveryDayUnfit) as refused:
            delivery_days.check(profile, day, now=MOSCOW_NOON)
        assert refused.value.facts == {"earliest": "2026-03-04", "latest": "2026-05-01"}
    delivery_days.check(profile, date(2026, 3, 4), now=MOSCOW_NOON)


@pytest.mark.parametrize(
    "over",
    [
        {"working_days": []},
        {"days_ahead": 0},
        {"days_ahead": 1, "cut_off_minutes": 0},
        {"days_ahead": 1, "days_off": ["2026-03-03"]},
    ],
)
def test_a_calendar_without_days(over: dict[str, object]) -> None:
    profile = company(**over)
    assert delivery_days.find_span(profile, now=MOSCOW_NOON) is None
    assert delivery_days.list_days(profile, now=MOSCOW_NOON) == []
    with pytest.raises(NoDeliveryDays) as refused:
        delivery_days.check(profile, date(2026, 3, 3), now=MOSCOW_NOON)
    assert refused.value.facts == {"days": profile.days_ahead}


def test_windows() -> None:
    profile = company(delivery_windows=["13:00-18:00", "09:00-13:00", "nonsense", "18:00-09:00"])
    assert delivery_days.list_windows(profile) == ["09:00-13:00", "13:00-18:00"]
    assert delivery_days.minutes_of("09:30-13:00") == (570, 780)
    assert delivery_days.window_of(570, 780) == "09:30-13:00"
    assert [delivery_days.minutes_of(text) for text in ("24:00-25:00", "9:00-13:00", "", "٠٩:00-13:00")] == [None] * 4
    delivery_days.check_window(profile, "")
    delivery_days.check_window(profile, "09:00-13:00")
    with pytest.raises(DeliveryWindowUnfit) as refused:
        delivery_days.check_window(profile, "10:00-11:00")
    assert refused.value.facts == {"windows": "09:00-13:00, 13:00-18:00"}


def test_the_cut_off_as_it_is_said() -> None:
    assert (delivery_days.cut_off(company()), delivery_days.cut_off(company(cut_off_minutes=965))) == ("", "16:05")
