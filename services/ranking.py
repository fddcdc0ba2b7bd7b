"""The reps side by side: who has sold how much in a week, month or quarter, and who comes how near to the plan.

Standard competition ranking: whoever has the same share a place, and the places after it are left out (1, 1, 3). What
is compared: ``turnover``; growth is the difference to the same number of days just before, plan what was reached of
the own goal for the sum of all sales. Where the company keeps sums private, reps see places, and figures only of
themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.company import Company
from db.models.goals import Goal
from db.models.people import Person
from services import company, forms, goals, money, people, periods, turnover
from services.actor import Actor, Role, require
from services.paging import PAGE_SIZE, page_of_all
from services.periods import Period, Whole
from services.search import search_key


class Metric(StrEnum):
    """What the reps are compared by."""

    SUM = "sum"
    UNITS = "units"
    PLAN = "plan"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody's place. ``value``: minor units of a sum and of its growth, thousandths of a unit, thousandths of the
    plan (625 is 62.5 %); 0 where it is not ``shown``. ``own``: whoever asks.
    """

    place: int
    person_id: int
    name: str
    value: int
    shown: bool
    own: bool
    before: int = 0
    """What growth is the difference to; 0 where nothing was sold, for other metrics, and where it is not shown."""

    @property
    def growth(self) -> Decimal | None:
        """Growth as a fraction of what was sold before, to a thousandth, half up; None where that was not above 0."""
        if self.before <= 0:
            return None
        return Decimal(money.round_half_up(Fraction(self.value * 1000, self.before))).scaleb(-3)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One page of a ranking. ``period``: up to today while it runs. ``own``: the asker's row, wherever it stands; None
    for whoever has no place. ``people``: how many have one. ``page`` counts from 0.
    """

    period: Period
    metric: Metric
    currency: str
    rows: tuple[Row, ...]
    own: Row | None
    people: int
    page: int
    pages: int


def of_period(
    session: Session,
    period: Period,
    metric: Metric,
    *,
    by: Actor,
    now: datetime,
    page: int = 0,
    size: int = PAGE_SIZE,
) -> Ranking:
    """The reps in a whole week, month or quarter (``periods.whole``) by one metric, in the company's currency.

    In it is every rep who works here, also with nothing sold, and whoever else has sold something; by plan, every rep
    who has a goal. One grouped query, a second one for growth, at most four for the plan. For reps and admins; raises
    NotAllowed.
    """
    require(by, Role.REP, Role.ADMIN, action="ranking.read", subject="ranking")
    profile = company.get(session)
    today = company.today(profile, now)
    until_now = Period(period.first, max(period.first, min(period.last, today)))
    before = _before(session, until_now, currency=profile.currency) if metric is Metric.GROWTH else {}
    values = _values(session, metric, period, until_now, before, currency=profile.currency)
    is_open = Role.ADMIN in by.roles or not profile.ranking_private
    rows = _rows(_names(session, values, everybody=metric is not Metric.PLAN), values, before, by, is_open=is_open)
    shown = page_of_all(rows, page=page, size=size)
    own = next((row for row in rows if row.own), None)
    return Ranking(until_now, metric, profile.currency, shown.items, own, len(rows), shown.page, shown.pages)


def set_private(session: Session, *, on: bool, by: Actor, now: datetime) -> Company:
    """Hide the figures of others from reps, or show them. What is so already stays so.

    Admins only; locks the company. Raises NotAllowed.
    """
    require(by, Role.ADMIN, action="company.change", subject="company:1")
    profile = company.lock(session)
    forms.save(session, profile, {"ranking_private": on}, by=by, subject="company:1", now=now)
    return profile


def _before(session: Session, period: Period, *, currency: str) -> dict[int, int]:
    """The sums of the same number of days just before."""
    earlier = periods.before(period)
    return turnover.by_rep(session, earlier, metric=turnover.Metric.SUM, currency=currency) if earlier else {}


def _values(
    session: Session, metric: Metric, whole: Period, until_now: Period, before: Mapping[int, int], *, currency: str
) -> dict[int, int]:
    match metric:
        case Metric.UNITS:
            return turnover.by_rep(session, until_now, metric=turnover.Metric.UNITS)
        case Metric.PLAN:
            return _plan(session, whole, until_now, currency=currency)
    sold = turnover.by_rep(session, until_now, metric=turnover.Metric.SUM, currency=currency)
    if metric is Metric.SUM:
        return sold
    active = {person.id for person in people.list_active(session, Role.REP)}
    return {
        person_id: sold.get(person_id, 0) - before.get(person_id, 0)
        for person_id in sold.keys() | before.keys()
        if person_id in active or person_id in sold
    }


def _plan(session: Session, whole: Period, until_now: Period, *, currency: str) -> dict[int, int]:
    """What everybody with a goal has reached of it, in thousandths: of the goal for this week, month or quarter; in a
    quarter, whoever has none, of the goals for those of its months that have begun.
    """
    span = next((span for span in Whole if periods.whole(span, whole.first) == whole), None)
    if span is None:
        return {}
    targets = _targets(session, span, whole.first, currency)
    sold = turnover.by_rep(session, until_now, metric=turnover.Metric.SUM, currency=currency) if targets else {}
    found = {person_id: (sold.get(person_id, 0), target) for person_id, target in targets.items()}
    if span is Whole.QUARTER:
        for person_id, parts in _by_months(session, until_now, currency=currency).items():
            found.setdefault(person_id, parts)
    return {
        person_id: money.round_half_up(Fraction(1000 * reached, target))
        for person_id, (reached, target) in found.items()
    }


def _by_months(session: Session, until_now: Period, *, currency: str) -> dict[int, tuple[int, int]]:
    """Sold and targeted in the months of a quarter that have a goal, added up by person."""
    found: dict[int, tuple[int, int]] = {}
    first = until_now.first
    while first <= until_now.last:
        month = periods.whole(Whole.MONTH, first)
        targets = _targets(session, Whole.MONTH, first, currency)
        part = Period(month.first, min(month.last, until_now.last))
        sold = turnover.by_rep(session, part, metric=turnover.Metric.SUM, currency=currency) if targets else {}
        for person_id, target in targets.items():
            reached, planned = found.get(person_id, (0, 0))
            found[person_id] = reached + sold.get(person_id, 0), planned + target
        first = periods.whole_beside(Whole.MONTH, first, 1).first
    return found


def _targets(session: Session, span: Whole, day: date, currency: str) -> dict[int, int]:
    """The own goals of people for the sum of all that they sell, for the period of that span that holds the day."""
    wanted = (
        Goal.person_id.is_not(None)
        & (Goal.metric == turnover.Metric.SUM.value)
        & (Goal.span == span.value)
        & (Goal.currency == currency)
        & Goal.category_id.is_(None)
        & Goal.product_id.is_(None)
    )
    return {goal.person_id: goal.target for goal in goals.holding(session, day, of=wanted) if goal.person_id}


def _names(session: Session, values: Mapping[int, int], *, everybody: bool) -> dict[int, str]:
    """Who has a place: whoever has a value, and every active rep; without ``everybody`` active reps who have one."""
    active = {person.id: person.name for person in people.list_active(session, Role.REP)}
    if not everybody:
        return {person_id: name for person_id, name in active.items() if person_id in values}
    left = [person_id for person_id in values if person_id not in active]
    query = select(Person.id, Person.name).where(Person.id.in_(left))
    return active | {row[0]: row[1] for row in session.execute(query)}


def _rows(
    names: Mapping[int, str], values: Mapping[int, int], before: Mapping[int, int], by: Actor, *, is_open: bool
) -> list[Row]:
    ordered: list[tuple[Any, ...]] = sorted(
        (-values.get(person_id, 0), search_key(name), person_id) for person_id, name in names.items()
    )
    rows: list[Row] = []
    place, last = 0, None
    for number, (negative, _, person_id) in enumerate(ordered, start=1):
        if negative != last:
            place, last = number, negative
        own = person_id == by.person_id
        shown = is_open or own
        value, earlier = (-negative, before.get(person_id, 0)) if shown else (0, 0)
        rows.append(Row(place, person_id, names[person_id], value, shown, own, earlier))
    return rows
