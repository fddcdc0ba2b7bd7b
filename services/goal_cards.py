"""Goals as admins and reps see them: with the names of whose they are and of what, and the period that is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product, Unit
from db.models.goals import Goal, Team
from db.models.people import Person
from services import company, goals, periods
from services.actor import Actor, Role, require
from services.goals import GoalGone, Matter, Wanted
from services.paging import PAGE_SIZE, Page, page_of_all
from services.periods import Period, Whole
from services.search import search_key
from services.turnover import Metric


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal as admins see it. ``who`` and ``scope`` are names, empty for all; ``unit_code`` and ``decimals`` of the
    product's base unit. ``period``: the one that holds today, or else the first that is to come.
    """

    goal_id: int
    version: int
    matter: Matter
    who: str
    scope: str
    target: int
    currency: str
    unit_code: str
    decimals: int
    first: date
    last: date | None
    period: Period

    @property
    def repeats(self) -> bool:
        """Whether it holds for more than its present period."""
        return self.last is None or self.last > self.period.last


def list_goals(session: Session, *, by: Actor, now: datetime, page: int = 0, size: int = PAGE_SIZE) -> Page[GoalCard]:
    """The goals that hold today or will, of all, then of teams, then of reps by name. For admins; raises NotAllowed."""
    found = page_of_all(list_all(session, by=by, now=now), page=page, size=size)
    return Page(found.items, found.page, found.pages)


def list_all(session: Session, *, by: Actor, now: datetime) -> list[GoalCard]:
    """The same list whole. Goals of people who work here no more are not in it."""
    require(by, Role.ADMIN, action="goal.list", subject="goal")
    today = company.today(company.get(session), now)
    query = (
        select(Goal)
        .outerjoin(Person, Person.id == Goal.person_id)
        .where(or_(Goal.last.is_(None), Goal.last >= today), Person.revoked_at.is_(None))
    )
    return sorted(cards(session, session.scalars(query).all(), today=today), key=_order)


def get(session: Session, goal_id: int, *, by: Actor, now: datetime) -> GoalCard:
    """One goal, as long as it is not over. For admins; raises NotAllowed or GoalGone."""
    require(by, Role.ADMIN, action="goal.read", subject=f"goal:{goal_id}")
    goal = session.get(Goal, goal_id)
    today = company.today(company.get(session), now)
    if goal is None or (goal.last is not None and goal.last < today):
        raise GoalGone
    return cards(session, [goal], today=today)[0]


def cards(session: Session, found: Iterable[Goal], *, today: date) -> list[GoalCard]:
    """These goals with the names of all that they are about."""
    rows = list(found)
    names = {
        model: _names(session, model, {getattr(goal, column) for goal in rows})
        for model, column in ((Person, "person_id"), (Team, "team_id"), (Category, "category_id"))
    }
    products = _products(session, {goal.product_id for goal in rows if goal.product_id is not None})
    made = []
    for goal in rows:
        product, code, decimals = products.get(goal.product_id or 0, ("", "", 0))
        made.append(
            GoalCard(
                goal_id=goal.id or 0,
                version=goal.version,
                matter=goals.matter_of(goal),
                who=names[Person].get(goal.person_id or 0, "") or names[Team].get(goal.team_id or 0, ""),
                scope=product or names[Category].get(goal.category_id or 0, ""),
                target=goal.target,
                currency=goal.currency,
                unit_code=code,
                decimals=decimals,
                first=goal.first,
                last=goal.last,
                period=periods.whole(Whole(goal.span), max(goal.first, today)),
            )
        )
    return made


def preview(session: Session, wanted: Sequence[Wanted], *, now: datetime) -> list[GoalCard]:
    """What these goals would look like; nothing is set. Their ids are 0."""
    profile = company.get(session)
    today = company.today(profile, now)
    rows = [goals.row_of(one, profile.currency if one.matter.metric is Metric.SUM else "") for one in wanted]
    return cards(session, rows, today=today)


def _names(session: Session, model: Any, ids: set[int | None]) -> dict[int, str]:
    wanted = ids - {None}
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(model.id, model.name).where(model.id.in_(wanted)))}


def _products(session: Session, ids: set[int]) -> dict[int, tuple[str, str, int]]:
    """Name, and code and decimals of the base unit."""
    if not ids:
        return {}
    query = (
        select(Product.id, Product.name, Unit.code, Unit.decimals)
        .join(Unit, Unit.product_id == Product.id)
        .where(Product.id.in_(ids), Unit.factor_milli == 1000)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def _order(card: GoalCard) -> tuple[Any, ...]:
    matter = card.matter
    whose = 2 if matter.person_id else 1 if matter.team_id else 0
    return (
        whose,
        search_key(card.who),
        tuple(Whole).index(matter.span),
        tuple(Metric).index(matter.metric),
        card.goal_id,
    )
