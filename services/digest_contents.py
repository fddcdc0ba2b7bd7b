"""What a digest says: read in one go, from the rules that the screens of the same figures use.

Amounts: minor units, VAT included; orders and recorded sales count on the day that they were loaded, credit notes on
theirs, and what was voided does not count. Quantities of weight: grams.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from services import (
    charts,
    commissions,
    company,
    contact_requests,
    dead_rows,
    delivery_days,
    goal_progress,
    loading_queue,
    order_oversight,
    periods,
    ranking,
    statistics,
    ticket_reviews,
)
from services.actor import Actor, Role
from services.digests import Kind, period_of
from services.periods import Period, Whole
from services.statistics import Figures, Scope, Sums

MOST_GOALS: Final = 5
TOP: Final = 3
"""How many reps an admin's digest names."""

Facts = dict[str, Any]


def read(session: Session, kind: Kind, day: date, *, by: Actor, now: datetime) -> Facts:
    """What somebody is told of the day, or of the week up to it, by their roles; plain JSON.

    ``own``, ``company``, ``loadings``: None without the role for it. ``is_quiet``: a day off on
    which nothing happened.
    """
    period = period_of(kind, day)
    found: Facts = {
        "kind": kind.value,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "own": _own(session, kind, period, by, now) if Role.REP in by.roles else None,
        "company": _company(session, kind, period, by, now) if Role.ADMIN in by.roles else None,
        "loadings": _loadings(session, period, by) if Role.STOREKEEPER in by.roles else None,
        "commission": _commission(session, period, by),
        "goals": _goals(session, day, by, now) if by.roles & {Role.REP, Role.ADMIN} else [],
    }
    is_off = kind is Kind.DAILY and not delivery_days.is_working(company.get(session), day)
    return {**found, "is_quiet": is_off and not _has_anything(found)}


def _own(session: Session, kind: Kind, period: Period, by: Actor, now: datetime) -> Facts:
    """What a rep has sold, compared with the week before, and the place among all reps."""
    scope = Scope(rep_id=by.person_id)
    span = Whole.MONTH if kind is Kind.DAILY else Whole.WEEK
    whole = periods.whole(span, period.last)
    ranked = ranking.of_period(session, whole, ranking.Metric.SUM, by=by, now=now, size=1)
    return {
        "sold": _sold(session, kind, period, scope, statistics.sums(session, period, scope)),
        "place": ranked.own.place if ranked.own else None,
        "people": ranked.people,
        "span": span.value,
    }


def _company(session: Session, kind: Kind, period: Period, by: Actor, now: datetime) -> Facts:
    """What the company has sold, whose sales were the largest, and what waits for somebody."""
    whole = periods.whole(Whole.MONTH if kind is Kind.DAILY else Whole.WEEK, period.last)
    ranked = ranking.of_period(session, whole, ranking.Metric.SUM, by=by, now=now, size=TOP)
    found = statistics.sums(session, period, Scope())
    open_orders = order_oversight.count_open(session, by=by)
    return {
        "sold": _sold(session, kind, period, Scope(), found),
        "formed": [_sums(one) for one in found.formed],
        "top": [{"place": row.place, "name": row.name, "value": row.value} for row in ranked.rows if row.value > 0],
        "currency": ranked.currency,
        "open": open_orders,
        "requests": contact_requests.count_open(session, by=by),
        "reviews": ticket_reviews.count_wanted(session, by=by),
        "trouble": dead_rows.count(session, by=by),
    }


def _loadings(session: Session, period: Period, by: Actor) -> Facts:
    """What a storekeeper has loaded, and what waits."""
    loaded = statistics.sums(session, period, Scope(storekeeper_id=by.person_id)).loaded
    return {
        "orders": sum(one.orders for one in loaded),
        "weight_g": sum(one.weight_g for one in loaded),
        "waiting": loading_queue.count_waiting(session, by=by),
    }


def _commission(session: Session, period: Period, by: Actor) -> list[Facts]:
    """What was earned, by currency."""
    earned = commissions.totals(session, period, person_ids=[by.person_id]).get(by.person_id, {})
    return [{"currency": currency, "amount_minor": minor} for currency, minor in sorted(earned.items()) if minor]


def _goals(session: Session, day: date, by: Actor, now: datetime) -> list[Facts]:
    """The goals of the periods that hold the day: on the first of a month, how the last one ended."""
    found = goal_progress.of_person(session, by.person_id, day=day, now=now, by=by)
    return [charts.frozen_goal(progress) for progress in found[:MOST_GOALS]]


def _sold(session: Session, kind: Kind, period: Period, scope: Scope, figures: Figures) -> list[Facts]:
    """What was sold less what was credited, by currency; of a week with the week before, None where there was none.

    ``figures``: those of the scope in the period.
    """
    earlier = periods.before(period) if kind is Kind.WEEKLY else None
    before = statistics.sums(session, earlier, scope).turnover if earlier else ()
    compared = {one.currency: one.total_minor for one in before}
    return [{**_sums(one), "before_minor": compared.get(one.currency)} for one in figures.turnover]


def _sums(sums: Sums) -> Facts:
    return {"currency": sums.currency, "orders": sums.orders, "total_minor": sums.total_minor}


def _has_anything(found: Facts) -> bool:
    own, whole, loadings = found["own"], found["company"], found["loadings"]
    return bool(
        (own and own["sold"])
        or (whole and (whole["sold"] or whole["formed"] or whole["trouble"]))
        or (loadings and loadings["orders"])
        or found["commission"]
    )
