"""Which days the company delivers on: its working days, days off, cut-off, days ahead and windows.

Pure functions of the company's profile and of the moment; days and hours are those of the company's time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.models.company import Company
from services.errors import DomainError

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class DeliveryDayUnfit(DomainError):
    """Nothing is delivered on that day. Facts: earliest, latest (ISO dates)."""


class NoDeliveryDays(DomainError):
    """The company's calendar has no working day left to choose. Facts: days (how far ahead it goes)."""


class DeliveryWindowUnfit(DomainError):
    """The company does not deliver in that window any more. Facts: windows (the present ones, joined by commas)."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that can be chosen now lie from ``earliest`` to ``latest``; both are delivered on."""

    earliest: date
    latest: date
    past_cut_off: bool
    """Whether the earliest day is later than it was this morning, as the cut-off has passed."""


def is_working(profile: Company, day: date) -> bool:
    """Tell whether the company delivers on that day, whenever it is ordered."""
    return day.weekday() in profile.working_days and day.isoformat() not in profile.days_off


def find_span(profile: Company, *, now: datetime) -> Span | None:
    """What can be chosen at ``now``: from tomorrow (from the day after it once the cut-off has passed) to
    ``days_ahead`` days ahead. None where none of these days is delivered on.
    """
    today, late = _today(profile, now)
    in_time = list(_working_days(profile, today))
    left = in_time[1:] if late and in_time and in_time[0] == today + timedelta(days=1) else in_time
    if not left:
        return None
    return Span(left[0], left[-1], past_cut_off=left[0] != in_time[0])


def list_days(profile: Company, *, now: datetime, most: int | None = None) -> list[date]:
    """The days that can be chosen at ``now``, the earliest first."""
    span = find_span(profile, now=now)
    if span is None:
        return []
    days = [day for day in _days(span.earliest, span.latest) if is_working(profile, day)]
    return days[:most]


def check(profile: Company, day: date, *, now: datetime) -> None:
    """Raise DeliveryDayUnfit unless that day can be chosen at ``now``, NoDeliveryDays where none can."""
    span = find_span(profile, now=now)
    if span is None:
        raise NoDeliveryDays(days=profile.days_ahead)
    if not span.earliest <= day <= span.latest or not is_working(profile, day):
        raise DeliveryDayUnfit(earliest=span.earliest.isoformat(), latest=span.latest.isoformat())


def check_window(profile: Company, window: str) -> None:
    """Raise DeliveryWindowUnfit unless it is one of the company's windows, or empty: at any time of the day."""
    if window and window not in list_windows(profile):
        raise DeliveryWindowUnfit(windows=", ".join(list_windows(profile)))


def list_windows(profile: Company) -> list[str]:
    """The company's windows (``09:00-13:00``), the earliest first; empty: it brings goods at any time of the day."""
    return sorted(window for window in profile.delivery_windows if minutes_of(window) is not None)


def minutes_of(window: str) -> tuple[int, int] | None:
    """From and to in minutes after midnight; None for what is no window. It ends on the day that it begins on."""
    form = _WINDOW.fullmatch(window)
    if form is None:
        return None
    hours = [int(part) for part in form.groups()]
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return (start, end) if start < end else None


def window_of(start: int, end: int) -> str:
    """The window between two times, given in minutes after midnight, as it is stored: ``09:00-13:00``."""
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def cut_off(profile: Company) -> str:
    """The hour of the cut-off as ``16:00``; empty where there is none."""
    minutes = profile.cut_off_minutes
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"


def _today(profile: Company, now: datetime) -> tuple[date, bool]:
    """The company's day, and whether it is past the cut-off by the clock on its wall."""
    local = now.astimezone(ZoneInfo(profile.time_zone))
    minutes = local.hour * 60 + local.minute
    return local.date(), profile.cut_off_minutes is not None and minutes >= profile.cut_off_minutes


def _working_days(profile: Company, today: date) -> Iterator[date]:
    tomorrow, last = today + timedelta(days=1), today + timedelta(days=profile.days_ahead)
    return (day for day in _days(tomorrow, last) if is_working(profile, day))


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
