"""When the company delivers: the days of the week, and the days off among them. Admins change both.

What follows from it for an order: ``delivery_days``. Cut-off, windows and days ahead are fields of ``company_form``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from db.models.company import Company
from services import company, forms
from services.actor import Actor, Role, require
from services.errors import DomainError
from services.paging import PAGE_SIZE, Page, page_of_all

MOST_DAYS_OFF = 400


class LastWorkingDay(DomainError):
    """A company that never delivers could take no orders. No facts."""


class TooManyDaysOff(DomainError):
    """More days off than can be kept. Facts: largest."""


def set_working(session: Session, weekday: int, *, on: bool, by: Actor, now: datetime) -> Company:
    """Deliver on a day of the week (Monday is 0), or not. Saying it twice changes nothing. Locks the company.

    Raises NotAllowed, ValueError for no day of the week, or LastWorkingDay, having changed nothing.
    """
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    if not 0 <= weekday <= 6:
        raise ValueError(f"a week has no day {weekday}")
    profile = company.lock(session)
    days = sorted({*profile.working_days, weekday}) if on else [day for day in profile.working_days if day != weekday]
    if not days:
        raise LastWorkingDay
    forms.save(session, profile, {"working_days": days}, by=by, subject="company:1", now=now)
    return profile


def add_days_off(session: Session, days: Iterable[date], *, by: Actor, now: datetime) -> int:
    """Do not deliver on these days; how many of them are new. Days off that are over are forgotten.

    Locks the company. Raises NotAllowed or TooManyDaysOff, having changed nothing.
    """
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    known = set(_coming(profile, now))
    wanted = known | {day.isoformat() for day in days}
    if len(wanted) > MOST_DAYS_OFF:
        raise TooManyDaysOff(largest=MOST_DAYS_OFF)
    forms.save(session, profile, {"days_off": sorted(wanted)}, by=by, subject="company:1", now=now)
    return len(wanted - known)


def remove_day_off(session: Session, day: date, *, by: Actor, now: datetime) -> None:
    """Deliver on that day after all, if it is a working day. Locks the company. Raises NotAllowed."""
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    left = [known for known in profile.days_off if known != day.isoformat()]
    forms.save(session, profile, {"days_off": left}, by=by, subject="company:1", now=now)


def list_days_off(session: Session, *, now: datetime, page: int = 0, size: int = PAGE_SIZE) -> Page[date]:
    """The days off from today on, the nearest first."""
    coming = _coming(company.get(session), now)
    return page_of_all([date.fromisoformat(day) for day in coming], page=page, size=size)


def _coming(profile: Company, now: datetime) -> list[str]:
    today = company.today(profile, now).isoformat()
    return sorted(day for day in profile.days_off if day >= today)
