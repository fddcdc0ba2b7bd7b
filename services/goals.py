"""Goals: what a rep, a team or all reps together are to reach in every week, month or quarter of a stretch of time.

Of one matter (whose, what, of which goods, how often) at most one goal holds on any day: a new one takes the place of
those that it overlaps, for the periods that it is for. What held before and after stays.
Targets: minor units of a currency, thousandths of a unit, orders, or clients, as the metric says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from db.models.goals import Goal, Team
from services import audit, catalogue, company, people, periods
from services.actor import Actor, Role, require
from services.errors import DomainError, Moved
from services.periods import Period, Whole
from services.teams import NoRep, TeamGone
from services.turnover import Metric

LARGEST: Final = {
    Metric.SUM: 10**14 - 1,
    Metric.UNITS: 10**12,
    Metric.ORDERS: 10**7,
    Metric.NEW_CLIENTS: 10**7,
}
"""The highest target; a sum in minor units, units in thousandths."""
FARTHEST_DAYS: Final = 3 * 366
"""How far ahead of today a goal may begin."""
_MARK: Final = 16


class TargetUnfit(DomainError):
    """No target can be this: nothing, too much, or parts of what is counted whole. Facts: metric, largest (as the
    metric counts it), currency.
    """


class GoalGone(DomainError):
    """There is no such goal any more, or it is over. No facts."""


class GoalUnfit(DomainError):
    """Such a goal cannot be set. Facts: what (``past``: its period is over; ``far``: it begins too late; ``goods``:
    only sums and units are of goods).
    """


class Matter(NamedTuple):
    """What a goal is about. Neither person nor team: all reps; neither category nor product: whatever is sold."""

    person_id: int | None
    team_id: int | None
    metric: Metric
    category_id: int | None
    product_id: int | None
    span: Whole


@dataclass(frozen=True, slots=True)
class Wanted:
    """A goal to be set, from the period that holds ``first`` to the one that holds ``last``; None: until changed."""

    matter: Matter
    first: date
    last: date | None
    target: int

    @property
    def period(self) -> Period:
        """The first period that it is for."""
        return periods.whole(self.matter.span, self.first)

    @property
    def last_day(self) -> date | None:
        """The last day of the last period that it is for."""
        return periods.whole(self.matter.span, self.last).last if self.last else None


def set_goals(
    session: Session, wanted: Sequence[Wanted], *, by: Actor, now: datetime, seen: str | None = None
) -> list[Goal]:
    """Set all of these goals, or none; a goal that is so already stays as it is. Of goals of one matter that overlap
    among themselves the later in the list holds.

    ``seen``: what ``replaced_mark`` was when somebody looked at what they replace. Sums are in the company's currency.
    Admins only; locks the company. Raises NotAllowed, TargetUnfit, GoalUnfit, NoRep, TeamGone, CategoryGone,
    ProductGone, or Moved where other goals would be replaced than were seen; having changed nothing.
    """
    require(by, Role.ADMIN, action="goal.set", subject="goal")
    profile = company.lock(session)  # one admin at a time changes teams and goals
    today = company.today(profile, now)
    for one in wanted:
        check(one, today=today, currency=profile.currency)
    _check_known(session, [one.matter for one in wanted])
    standing = _standing(session, wanted)
    if seen is not None and seen != _mark(wanted, standing):
        raise Moved
    return [_set(session, one, standing.setdefault(one.matter, []), by=by, now=now) for one in wanted]


def replaced(session: Session, wanted: Sequence[Wanted]) -> list[list[Goal]]:
    """For each of these goals those that it would take the place of, for some periods at least, the earliest first."""
    standing = _standing(session, wanted)
    return [_overlapped(one, standing) for one in wanted]


def replaced_mark(session: Session, wanted: Sequence[Wanted]) -> str:
    """A short text that is another one as soon as these goals would replace others than now, or changed ones."""
    return _mark(wanted, _standing(session, wanted))


def change(session: Session, goal_id: int, version: int, target: int, *, by: Actor, now: datetime) -> Goal:
    """Another target, from the present period on (or from the first, where that is to come); what was before stays.

    Admins only; locks the company. Raises NotAllowed, GoalGone, Moved (another version) or TargetUnfit.
    """
    goal, period = _lock(session, goal_id, version, by=by, now=now)
    profile = company.get(session)
    currency = profile.currency if goal.metric == Metric.SUM else ""
    check(Wanted(matter_of(goal), period.first, None, target), today=period.first, currency=profile.currency)
    if (goal.target, goal.currency) == (target, currency):
        return goal
    before, changed = _facts(goal), goal
    if goal.first < period.first:
        changed = _copy(session, goal, period.first)
        goal.last = period.first - timedelta(days=1)
    goal.version += 1
    changed.target, changed.currency = target, currency
    session.flush()
    after, subject = _facts(changed), f"goal:{changed.id}"
    audit.write(session, by=by, action="goal.changed", subject=subject, now=now, before=before, after=after)
    return changed


def end(session: Session, goal_id: int, version: int, *, at_once: bool, by: Actor, now: datetime) -> None:
    """Let the goal hold no more after its present period, or not for this one either (``at_once``).

    Admins only; locks the company. Raises NotAllowed, GoalGone or Moved (another version).
    """
    goal, period = _lock(session, goal_id, version, by=by, now=now)
    last = period.first - timedelta(days=1) if at_once else period.last
    before = _facts(goal)
    if last < goal.first:
        audit.write(session, by=by, action="goal.removed", subject=f"goal:{goal.id}", now=now, before=before)
        session.delete(goal)
    else:
        goal.last, goal.version = last, goal.version + 1
        after = _facts(goal)
        audit.write(session, by=by, action="goal.ended", subject=f"goal:{goal.id}", now=now, before=before, after=after)
    session.flush()


def holding(session: Session, day: date, *, of: ColumnElement[bool]) -> list[Goal]:
    """The goals that hold on a day, of those that fulfil a condition on ``Goal``; the order is that of their ids."""
    on = [Goal.first <= day, or_(Goal.last.is_(None), Goal.last >= day)]
    return list(session.scalars(select(Goal).where(of, *on).order_by(Goal.id)))


def matter_of(goal: Goal) -> Matter:
    """What a goal is about."""
    return Matter(
        goal.person_id, goal.team_id, Metric(goal.metric), goal.category_id, goal.product_id, Whole(goal.span)
    )


def check(wanted: Wanted, *, today: date, currency: str) -> None:
    """Raise TargetUnfit or GoalUnfit for a goal that nobody can have."""
    metric = wanted.matter.metric
    if not 0 < wanted.target <= LARGEST[metric]:
        raise TargetUnfit(metric=metric.value, largest=LARGEST[metric], currency=currency)
    if wanted.period.last < today:
        raise GoalUnfit(what="past")
    if (max(wanted.period.first, wanted.last or today) - today).days > FARTHEST_DAYS:
        raise GoalUnfit(what="far")
    if wanted.last_day is not None and wanted.last_day < wanted.period.last:
        raise GoalUnfit(what="ends")
    of_goods = wanted.matter.category_id is not None or wanted.matter.product_id is not None
    if of_goods and metric not in {Metric.SUM, Metric.UNITS}:
        raise GoalUnfit(what="goods")


def _set(session: Session, wanted: Wanted, known: list[Goal], *, by: Actor, now: datetime) -> Goal:
    """Put a checked goal in the place of those of the same matter that it overlaps; ``known`` is kept up to date."""
    matter, period, last = wanted.matter, wanted.period, wanted.last_day
    currency = company.get(session).currency if matter.metric is Metric.SUM else ""
    for goal in known:
        is_so = (goal.last, goal.target, goal.currency) == (last, wanted.target, currency)
        if is_so and goal.first <= period.first:
            return goal
    replaced = {goal.id: _facts(goal) for goal in known if _overlap(goal, period.first, last)}
    for goal in [goal for goal in known if goal.id in replaced]:
        known.remove(goal)
        known += _cut(session, goal, period.first, last)
    made = row_of(wanted, currency)
    made.created_by, made.created_at = by.person_id, now
    session.add(made)
    session.flush()
    known.append(made)
    before = {"replaced": [replaced[goal_id] for goal_id in sorted(replaced)]} if replaced else {}
    audit.write(
        session, by=by, action="goal.set", subject=f"goal:{made.id}", now=now, before=before, after=_facts(made)
    )
    return made


def row_of(wanted: Wanted, currency: str) -> Goal:
    """The goal as a row that is not in the database."""
    matter = wanted.matter
    return Goal(
        version=1,
        person_id=matter.person_id,
        team_id=matter.team_id,
        metric=matter.metric.value,
        category_id=matter.category_id,
        product_id=matter.product_id,
        span=matter.span.value,
        first=wanted.period.first,
        last=wanted.last_day,
        target=wanted.target,
        currency=currency,
    )


def _overlap(goal: Goal, first: date, last: date | None) -> bool:
    return (last is None or goal.first <= last) and (goal.last is None or goal.last >= first)


def _cut(session: Session, goal: Goal, first: date, last: date | None) -> list[Goal]:
    """Leave of a goal what lies before ``first`` and after ``last``; what is left, as rows."""
    after: Goal | None = None
    if last is not None and (goal.last is None or goal.last > last):
        after = _copy(session, goal, last + timedelta(days=1))
    left = [after] if after is not None else []
    if goal.first < first:
        goal.last, goal.version = first - timedelta(days=1), goal.version + 1
        left.append(goal)
    else:
        session.delete(goal)
    session.flush()
    return left


def _copy(session: Session, goal: Goal, first: date) -> Goal:
    """The same goal as a row of its own that begins on another day."""
    columns = {column.key: getattr(goal, column.key) for column in Goal.__table__.columns if column.key != "id"}
    copy = Goal(**{**columns, "version": 1, "first": first})
    session.add(copy)
    return copy


def _standing(session: Session, wanted: Sequence[Wanted]) -> dict[Matter, list[Goal]]:
    """The goals of these matters that may overlap the wanted ones."""
    matters = {one.matter for one in wanted}
    earliest = min((one.period.first for one in wanted), default=date.max)
    found: dict[Matter, list[Goal]] = {}
    query = select(Goal).where(or_(Goal.last.is_(None), Goal.last >= earliest)).order_by(Goal.id)
    for goal in session.scalars(query, execution_options={"populate_existing": True}):
        if matter_of(goal) in matters:
            found.setdefault(matter_of(goal), []).append(goal)
    return found


def _mark(wanted: Sequence[Wanted], standing: dict[Matter, list[Goal]]) -> str:
    found = {goal.id: goal for one in wanted for goal in _overlapped(one, standing)}
    facts = [(goal_id, found[goal_id].version, _facts(found[goal_id])) for goal_id in sorted(found)]
    return sha256(repr(facts).encode()).hexdigest()[:_MARK]


def _overlapped(wanted: Wanted, standing: dict[Matter, list[Goal]]) -> list[Goal]:
    goals = standing.get(wanted.matter, [])
    found = [goal for goal in goals if _overlap(goal, wanted.period.first, wanted.last_day)]
    return sorted(found, key=lambda goal: goal.first)


def _check_known(session: Session, matters: Sequence[Matter]) -> None:
    """Raise NoRep, TeamGone, CategoryGone or ProductGone for what is not there."""
    reps = {person.id for person in people.list_active(session, Role.REP)}
    if {matter.person_id for matter in matters} - {None} - reps:
        raise NoRep
    for model, column, missing in (
        (Team, "team_id", TeamGone()),
        (Category, "category_id", catalogue.CategoryGone()),
        (Product, "product_id", catalogue.ProductGone(product="")),
    ):
        ids = {getattr(matter, column) for matter in matters} - {None}
        if ids and len(session.scalars(select(model.id).where(model.id.in_(ids))).all()) < len(ids):
            raise missing


def _lock(session: Session, goal_id: int, version: int, *, by: Actor, now: datetime) -> tuple[Goal, Period]:
    """The goal, and its period that holds today or is the first to come."""
    require(by, Role.ADMIN, action="goal.change", subject=f"goal:{goal_id}")
    profile = company.lock(session)
    goal = session.get(Goal, goal_id, populate_existing=True)
    today = company.today(profile, now)
    if goal is None or (goal.last is not None and goal.last < today):
        raise GoalGone
    if goal.version != version:
        raise Moved
    return goal, periods.whole(Whole(goal.span), max(goal.first, today))


def _facts(goal: Goal) -> dict[str, Any]:
    """The goal as the audit keeps it."""
    return {
        "person_id": goal.person_id,
        "team_id": goal.team_id,
        "metric": goal.metric,
        "category_id": goal.category_id,
        "product_id": goal.product_id,
        "span": goal.span,
        "first": goal.first.isoformat(),
        "last": goal.last.isoformat() if goal.last else None,
        "target": goal.target,
        "currency": goal.currency,
    }
