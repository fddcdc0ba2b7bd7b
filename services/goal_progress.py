"""How far somebody is with the goals of a period: what is reached, expected, likely, and missing per working day.

Days are those of the company's time zone, working days those that it delivers on. Today counts from its first minute:
what is expected is expected by this evening, and what is missing is to be made today and on the days after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.models.catalogue import Product
from db.models.company import Company
from db.models.goals import Goal
from db.models.orders import Order
from services import company, delivery_days, goal_cards, goals, money, people, teams, ticket_orders, turnover
from services.actor import Actor, NotAllowed, Role
from services.goal_cards import GoalCard
from services.goals import Matter
from services.order_states import Status
from services.periods import Period, Whole
from services.turnover import Goods, Metric

_UNIT_MILLI: Final = 1000
Adds = Callable[[Session, GoalCard, Order], int]
_SMALLEST: Final = 3
"""In a smaller group whoever knows the own figure knows that of the other."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal in one of its periods. Figures: minor units of ``currency``, thousandths of a unit, orders or clients, as
    the metric says. Where they are not ``shown`` they are whole per cent of the target, which is 100.
    """

    goal_id: int
    whose: str
    """``person``, ``team`` or ``all``."""
    who: str
    """The name of the person or team; empty for all reps."""
    metric: Metric
    scope_name: str
    """Of the category or product; empty for whatever is sold."""
    span: Whole
    period: Period
    target: int
    achieved: int
    """Below zero where more was credited than sold."""
    currency: str
    unit_code: str
    """Of a product's base unit; empty: simply units."""
    decimals: int
    """Digits after the point that units may have."""
    days: int
    """The working days of the period."""
    days_left: int
    """Those from today on, today counted."""
    days_gone: int
    """Those up to today, today counted."""
    shown: bool = True

    @property
    def part(self) -> Decimal:
        """What is reached as a fraction of the target, to a thousandth, half up: 0.625 is 62.5 %."""
        return Decimal(money.round_half_up(Fraction(self.achieved * 1000, self.target))).scaleb(-3)

    @property
    def pace(self) -> int:
        """What is expected by this evening, the working days being alike."""
        if not self.days:
            return 0
        return self._whole(Fraction(self.target * self.days_gone, self.days))

    @property
    def ahead(self) -> int:
        """How much more than expected is reached; below zero: how much less."""
        return self.achieved - self.pace

    @property
    def forecast(self) -> int | None:
        """Where it ends if it goes on like this; None before the first working day, and where nothing is sold."""
        if not self.days_gone or self.achieved <= 0:
            return None
        return self._whole(Fraction(self.achieved * self.days, self.days_gone))

    @property
    def left(self) -> int:
        """What is missing; 0 when the target is reached."""
        return max(self.target - self.achieved, 0)

    @property
    def per_day(self) -> int | None:
        """What has to be made on each day that is left; None where nothing is missing or no day is left."""
        if not self.left or not self.days_left:
            return None
        step = self._step
        return -(-self.left // (self.days_left * step)) * step

    @property
    def is_over(self) -> bool:
        """Whether the period's last working day is over."""
        return self.days > 0 and not self.days_left

    @property
    def _step(self) -> int:
        """The smallest amount that can be sold."""
        return _UNIT_MILLI // int(10**self.decimals) if self.metric is Metric.UNITS and self.shown else 1

    def _whole(self, exact: Fraction) -> int:
        return money.round_half_up(exact / self._step) * self._step


def of_person(session: Session, person_id: int, *, day: date, now: datetime, by: Actor) -> list[Progress]:
    """The person's own goals, those of the own teams and of all reps, for the periods that hold ``day``.

    Where the company keeps figures private, only admins see those of groups of fewer than three reps. One grouped
    query per goal. For the person and for admins; raises NotAllowed.
    """
    if Role.ADMIN not in by.roles and by.person_id != person_id:
        raise NotAllowed(by=by, action="goal.read", subject=f"person:{person_id}")
    of_teams = Goal.team_id.in_(teams.ids_of_person(session, person_id))
    of_all = and_(Goal.person_id.is_(None), Goal.team_id.is_(None))
    found = goals.holding(session, day, of=or_(Goal.person_id == person_id, of_teams, of_all))
    hidden = _hidden(session, found, by)
    stand = of_goals(session, found, day=day, now=now)
    return [_in_per_cent(one) if one.goal_id in hidden else one for one in stand]


def of_goals(session: Session, found: Sequence[Goal], *, day: date, now: datetime) -> list[Progress]:
    """How these goals stand in their periods that hold ``day``: own ones, then teams', then those of all; short
    periods first. The caller has checked who may see them.
    """
    return sorted(of_cards(session, goal_cards.cards(session, found, today=day), now=now), key=_order)


def of_cards(session: Session, cards: Sequence[GoalCard], *, now: datetime) -> list[Progress]:
    """How goals stand in the periods that their cards are about, in the order of the cards; as ``of_goals``."""
    profile = company.get(session)
    today = company.today(profile, now)
    members = teams.members_of(session, {card.matter.team_id for card in cards if card.matter.team_id is not None})
    known: dict[tuple[object, ...], int] = {}
    made = []
    for card in cards:
        matter, reps = card.matter, _reps(card.matter, members)
        key = (matter.metric, matter.category_id, matter.product_id, card.period, reps, card.currency)
        if key not in known:
            known[key] = _achieved(session, card, reps)
        made.append(_progress(card, known[key], profile, today))
    return made


def with_order(session: Session, order: Order, *, by: Actor, now: datetime) -> list[tuple[Progress, Progress]]:
    """What an order that is not loaded yet does to the goals of its rep for today, own ones first: how each stands, and
    how it would stand if the order were loaded now. Goals that it does not move are left out, and those whose figures
    the reader may not see: drafts of many sizes would measure them.
    """
    today = company.today(company.get(session), now)
    return [
        (before, replace(before, achieved=before.achieved + added))
        for before, added in _moved(session, order, _of_order, day=today, by=by, now=now)
    ]


def with_sale(session: Session, sale: Order, *, by: Actor, now: datetime) -> list[tuple[Progress, Progress]]:
    """The same of a recorded sale that counts already, for the goals of its day: without it, and with it. One that was
    voided moves nothing.
    """
    if sale.status == Status.VOIDED:
        return []
    day = company.today(company.get(session), sale.loaded_at or now)
    return [
        (replace(after, achieved=after.achieved - added), after)
        for after, added in _moved(session, sale, _of_sale, day=day, by=by, now=now)
    ]


def _moved(
    session: Session, order: Order, adds: Adds, *, day: date, by: Actor, now: datetime
) -> list[tuple[Progress, int]]:
    """The goals of the order's rep that hold on a day, that it moves and that the reader may see; and by how much."""
    own = or_(Goal.person_id == order.rep_id, Goal.team_id.in_(teams.ids_of_person(session, order.rep_id)))
    found = goals.holding(session, day, of=own)
    hidden = _hidden(session, found, by)
    found = [goal for goal in found if goal.id not in hidden]
    cards = {card.goal_id: card for card in goal_cards.cards(session, found, today=day)}
    moving = {goal_id: added for goal_id, card in cards.items() if (added := adds(session, card, order))}
    standing = of_cards(session, [cards[goal_id] for goal_id in moving], now=now)
    return [(progress, moving[progress.goal_id]) for progress in sorted(standing, key=_order)]


def _hidden(session: Session, found: Sequence[Goal], by: Actor) -> set[int]:
    """The goals of groups so small that their figures would tell a reader those of somebody else."""
    if Role.ADMIN in by.roles or not company.get(session).ranking_private:
        return set()
    reps = {person.id for person in people.list_active(session, Role.REP)}
    members = teams.members_of(session, {goal.team_id for goal in found if goal.team_id is not None})
    groups = {goal.id: members.get(goal.team_id, set()) & reps if goal.team_id else reps for goal in found}
    return {goal.id for goal in found if goal.person_id is None and len(groups[goal.id]) < _SMALLEST}


def _in_per_cent(progress: Progress) -> Progress:
    """The same without its figures; rounded down, so that what is nearly reached is not reached."""
    part = progress.achieved * 100 // progress.target
    return replace(progress, target=100, achieved=part, currency="", unit_code="", decimals=0, shown=False)


def _of_order(session: Session, card: GoalCard, order: Order) -> int:
    """What the order would add to a goal."""
    matter = card.matter
    goods = [line for line in order.lines if line.kind == "goods" and line.quantity_milli]
    match matter.metric:
        case _ if not goods:
            return 0
        case Metric.ORDERS:
            return 1
        case Metric.NEW_CLIENTS:
            return int(turnover.is_new_client(session, order.client_id, but=order.id))
        case Metric.SUM if order.currency != card.currency:
            return 0
        case Metric.SUM if matter.category_id is None and matter.product_id is None:
            return order.total_minor
    wanted = Goods(matter.category_id, matter.product_id)
    if wanted.product_id is not None:
        lines = [line for line in goods if line.product_id == wanted.product_id]
    else:
        categories = turnover.counted_categories(session, wanted)
        of = _categories_of(session, {line.product_id for line in goods if line.product_id is not None})
        lines = [line for line in goods if categories is None or of.get(line.product_id or 0) in categories]
    return sum(line.total_minor if matter.metric is Metric.SUM else line.quantity_milli for line in lines)


def _of_sale(session: Session, card: GoalCard, sale: Order) -> int:
    """What a recorded sale adds to a goal; of goods it only tells units, by category."""
    matter = card.matter
    match matter.metric:
        case Metric.ORDERS:
            return 1
        case Metric.NEW_CLIENTS:
            return int(turnover.is_new_client(session, sale.client_id, but=sale.id))
        case Metric.SUM:
            counts = sale.currency == card.currency and matter.category_id is None and matter.product_id is None
            return sale.total_minor if counts else 0
        case Metric.UNITS if matter.product_id is not None:
            return 0
    categories = turnover.counted_categories(session, Goods(matter.category_id))
    units = ticket_orders.units_of(session, sale.id)
    return sum(one.quantity_milli for one in units if categories is None or one.category_id in categories)


def _categories_of(session: Session, product_ids: set[int]) -> dict[int, int]:
    query = select(Product.id, Product.category_id).where(Product.id.in_(product_ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _reps(matter: Matter, members: dict[int, set[int]]) -> frozenset[int] | None:
    if matter.person_id is not None:
        return frozenset([matter.person_id])
    if matter.team_id is not None:
        return frozenset(members.get(matter.team_id, ()))
    return None


def _achieved(session: Session, card: GoalCard, reps: frozenset[int] | None) -> int:
    matter = card.matter
    sold = turnover.by_rep(
        session,
        card.period,
        metric=matter.metric,
        rep_ids=reps,
        goods=Goods(matter.category_id, matter.product_id),
        currency=card.currency,
    )
    return sum(sold.values())


def _progress(card: GoalCard, achieved: int, profile: Company, today: date) -> Progress:
    working = [day for day in _days(card.period) if delivery_days.is_working(profile, day)]
    matter = card.matter
    return Progress(
        goal_id=card.goal_id,
        whose="person" if matter.person_id is not None else "team" if matter.team_id is not None else "all",
        who=card.who,
        metric=matter.metric,
        scope_name=card.scope,
        span=matter.span,
        period=card.period,
        target=card.target,
        achieved=achieved,
        currency=card.currency,
        unit_code=card.unit_code,
        decimals=card.decimals,
        days=len(working),
        days_left=sum(day >= today for day in working),
        days_gone=sum(day <= today for day in working),
    )


def _days(period: Period) -> list[date]:
    return [period.first + timedelta(days=number) for number in range(period.days)]


def _order(progress: Progress) -> tuple[object, ...]:
    whose = ("person", "team", "all").index(progress.whose)
    return whose, tuple(Whole).index(progress.span), tuple(Metric).index(progress.metric), progress.goal_id
