"""Rules of commissions, sales and loadings for tests, and the ledger as short rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.catalogue import Product, Unit
from db.models.commissions import CommissionBook, CommissionEntry, CommissionRule
from db.models.orders import Order
from db.models.record import AuditEntry
from services import announcements, commission_rules, loading, ticket_orders
from services.commission_rules import Terms
from services.credit_notes import GoodsTo, Wanted
from services.ticket_tags import Tags
from tests.builders import NOON, actor_of, make_ticket
from tests.services.desk import Desk, make_claimed

MONDAY = date(2026, 3, 2)
"""The day of NOON."""

BONUS = Terms("Bonus", "per_unit", "rep", "counted", threshold_milli=3000, amount_minor=1000)
"""10.00 for each unit above 3."""
SHARE = Terms("Share", "percent", "rep", "all", rate=Decimal("0.05"))
LOADING = Terms("Loading", "per_order", "storekeeper", "all", amount_minor=5000)
STEPS = Terms("Steps", "tiers", "rep", "all", tiers=((0, Decimal("0.01")), (100_000, Decimal("0.02"))))


def make_rule(session: Session, desk: Desk, terms: Terms, first: date = MONDAY, **over: Any) -> CommissionRule:
    """A rule that applies from NOON's day on."""
    return commission_rules.add(session, terms, valid_from=first, by=actor_of(desk.ann), **{"now": NOON} | over)


def load(session: Session, desk: Desk, goods: Mapping[Product | Unit, int], *, now: datetime = NOON) -> Order:
    """An order of Rita's that Bob has loaded."""
    order = make_claimed(session, desk, goods)
    loading.confirm(session, order.id, order.version, by=actor_of(desk.bob), now=now)
    announcements.take(session)
    return order


def record(
    session: Session,
    desk: Desk,
    amount_minor: int,
    *,
    tubes: int | None = None,
    day: date | None = None,
    now: datetime = NOON,
) -> Order:
    """A sale that Rita has recorded; ``tubes``: whole units of the first category that is counted."""
    milli = None if tubes is None else tubes * 1000
    said = Tags(amount_minor=amount_minor, client="Corner Shop", units_milli=milli, day=day)
    ticket = make_ticket(session, desk.rita, tags=said, now=now)
    order = ticket_orders.record_sale(session, ticket.id, ticket.version, by=actor_of(desk.rita), now=now)
    announcements.take(session)
    return order


def wanted(order: Order, *quantities: int) -> list[Wanted]:
    """So many base units of the first lines of goods, to be written off."""
    lines = [line for line in order.lines if line.kind == "goods"]
    return [
        Wanted(line.id, quantity * 1000, GoodsTo.WRITTEN_OFF)
        for line, quantity in zip(lines, quantities, strict=False)
        if quantity
    ]


def ledger(session: Session, order: Order | None = None) -> list[tuple[str, int, str, date]]:
    """(rule, amount, kind, booked on) in the order of writing."""
    query = select(CommissionEntry, CommissionRule.name).join(CommissionRule).order_by(CommissionEntry.id)
    if order is not None:
        query = query.where(CommissionEntry.order_id == order.id)
    return [(name, entry.amount_minor, entry.kind, entry.booked_on) for entry, name in session.execute(query)]


def amounts(session: Session, order: Order | None = None) -> dict[str, int]:
    """By rule, what its entries come to."""
    found: dict[str, int] = {}
    for name, amount, _, _ in ledger(session, order):
        found[name] = found.get(name, 0) + amount
    return found


def books(session: Session) -> dict[str, Any]:
    """All that a refusal must leave as it was."""
    session.flush()
    rules = select(CommissionRule.id, CommissionRule.valid_to).order_by(CommissionRule.id)
    return {
        "rules": [tuple(row) for row in session.execute(rules)],
        "entries": session.scalar(select(func.count()).select_from(CommissionEntry)),
        "closed": session.scalar(select(CommissionBook.closed_through)),
        "audit": session.scalar(select(func.count()).select_from(AuditEntry)),
        "announced": announcements.count(session),
    }
