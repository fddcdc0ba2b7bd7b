"""What a rule would have paid for the sales of a period: a trial that writes nothing.

It reads what stands of those sales now, and puts the rule beside (or in place of) what the ledger has for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.commissions import CommissionEntry, CommissionRule
from db.models.orders import Order
from db.models.people import Person
from services import commission_rules, company, sale_facts
from services.actor import Actor, Role, require
from services.commission_terms import Scope, Terms, earn, earner
from services.periods import Period, PeriodUnfit
from services.sale_facts import Goods

LONGEST_DAYS: Final = 93
"""A quarter: each sale of the period is read."""


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One person: what the ledger has for the sales of the period, and what it would have with the rule."""

    person_id: int
    name: str
    paid_minor: int
    would_minor: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have changed, by name; in the company's currency. ``orders``: how many it would pay for."""

    rows: tuple[TrialRow, ...]
    currency: str
    orders: int


def run(session: Session, terms: Terms, period: Period, *, replaces: int | None, by: Actor) -> Trial:
    """Try a rule on what was loaded and recorded in the period, whenever the rule would begin. Admins only.

    ``replaces``: the lineage of the rule that it would take the place of; None: it would come on top. What was sold in
    another currency than the company's is left out. Raises NotAllowed, PeriodUnfit (longer than a quarter), and what
    ``commission_rules.check`` raises.
    """
    require(by, Role.ADMIN, action="commission.trial", subject="commission_rule")
    if period.days > LONGEST_DAYS:
        raise PeriodUnfit(longest=LONGEST_DAYS)
    currency = company.get(session).currency
    tried = commission_rules.check(session, replace(terms, currency=""))
    paid, would = _paid(session, period, currency, replaces)
    orders = 0
    for person_id, amount in _earned(session, tried, period, currency):
        would[person_id] += amount
        orders += 1
    people = select(Person.id, Person.name).where(Person.id.in_(paid.keys() | would.keys()))
    rows = [TrialRow(one.id, one.name, paid[one.id], would[one.id]) for one in session.execute(people)]
    rows.sort(key=lambda row: (row.name.casefold(), row.person_id))
    return Trial(tuple(rows), currency, orders)


def _paid(session: Session, period: Period, currency: str, replaces: int | None) -> tuple[Counter[int], Counter[int]]:
    """By person, what the ledger has for the sales of the period, and the same without the replaced rule."""
    begin, end = period.moments(company.get(session).time_zone)
    keys = (CommissionEntry.person_id, CommissionRule.lineage)
    query = (
        select(*keys, func.sum(CommissionEntry.amount_minor).label("amount"))
        .join(Order, Order.id == CommissionEntry.order_id)
        .join(CommissionRule, CommissionRule.id == CommissionEntry.rule_id)
        .where(Order.loaded_at >= begin, Order.loaded_at < end, CommissionEntry.currency == currency)
        .group_by(*keys)
    )
    paid, kept = Counter[int](), Counter[int]()
    for row in session.execute(query):
        paid[row.person_id] += int(row.amount)
        kept[row.person_id] += 0 if row.lineage == replaces else int(row.amount)
    return paid, kept


def _earned(session: Session, terms: Terms, period: Period, currency: str) -> Iterator[tuple[int, int]]:
    """Of each sale that the rule would pay for, whom and how much."""
    for facts in sale_facts.of_period(session, period, _goods(session, terms)):
        person_id = earner(terms, facts)
        amount = earn(terms, facts).amount_minor if facts.currency == currency else 0
        if person_id is not None and amount:
            yield person_id, amount


def _goods(session: Session, terms: Terms) -> Goods:
    if terms.scope == Scope.COUNTED:
        return sale_facts.goods_counted(session)
    if terms.scope == Scope.CATEGORY:
        return sale_facts.goods_below(session, terms.category_id or 0)
    return Goods(product_id=terms.product_id)
