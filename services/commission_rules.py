"""The rules of commissions as admins set them, in versions: what a sale has earned stays with the version of its day.

Days are those of the company's time zone. Changing services lock the company: one admin at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from db.models.catalogue import Category, Product
from db.models.commissions import CommissionBook, CommissionRule
from db.models.company import Company
from services import audit, company, money
from services.actor import Actor, NotAllowed, Role, require
from services.catalogue import CategoryGone, ProductGone
from services.commission_checks import RuleUnfit, check_figures, kept
from services.commission_terms import EARNERS, Kind, Scope, Terms, terms_of
from services.errors import DomainError, Moved

__all__ = [
    "EARNERS", "Kind", "RuleEnded", "RuleTooEarly", "RuleUnfit", "Scope", "Terms", "add", "begin_with", "change",
    "check", "check_figures", "end", "ensure_default", "get", "in_force", "list_current", "list_ended",
    "list_versions", "terms_of", "why_idle",
]  # fmt: skip

FARTHEST_DAYS: Final = 3660
"""How far ahead a rule may begin or end."""


class RuleTooEarly(DomainError):
    """A rule cannot begin, or end, before this day: what was earned stays. Facts: earliest (ISO)."""


class RuleEnded(DomainError):
    """This rule has ended. Facts: last (its last day, ISO)."""


def list_current(session: Session, *, today: date, by: Actor) -> list[CommissionRule]:
    """The versions that apply today, and those that begin later, in the order they were made. Admins only.

    ``why_idle`` says of each whether something keeps it from giving anything.
    """
    _require(by, "commission.rules")
    return list(session.scalars(_not_over(today).order_by(CommissionRule.lineage, CommissionRule.version)))


def list_ended(session: Session, *, today: date, by: Actor) -> list[CommissionRule]:
    """The last version of each rule that applies no more, the newest first. Admins only."""
    _require(by, "commission.rules")
    lasts = select(func.max(CommissionRule.id)).group_by(CommissionRule.lineage)
    alive = _not_over(today).with_only_columns(CommissionRule.lineage)
    query = select(CommissionRule).where(CommissionRule.id.in_(lasts), CommissionRule.lineage.not_in(alive))
    return list(session.scalars(query.order_by(CommissionRule.valid_to.desc(), CommissionRule.id.desc())))


def list_versions(session: Session, lineage: int, *, by: Actor) -> list[CommissionRule]:
    """All versions of a rule, the newest first. Admins only; raises NotAllowed for a guessed one too."""
    _require(by, "commission.rules")
    versions = _versions(session, lineage)
    if not versions:
        raise NotAllowed(by=by, action="commission.rules", subject=f"commission_rule:{lineage}")
    return versions[::-1]


def get(session: Session, rule_id: int, *, by: Actor) -> CommissionRule:
    """One version of a rule. Admins only; raises NotAllowed for a guessed id too."""
    _require(by, "commission.rules")
    rule = session.get(CommissionRule, rule_id)
    if rule is None:
        raise NotAllowed(by=by, action="commission.rules", subject=f"commission_rule:{rule_id}")
    return rule


def in_force(session: Session, day: date, roles: Sequence[Role] = EARNERS) -> list[CommissionRule]:
    """The versions that apply to what was sold on that day, in the order they were made."""
    query = _not_over(day).where(
        CommissionRule.valid_from <= day, CommissionRule.role.in_([str(role) for role in roles])
    )
    return list(session.scalars(query.order_by(CommissionRule.lineage, CommissionRule.version)))


def why_idle(session: Session, rule: CommissionRule) -> str:
    """What keeps a rule from giving anything: ``category_gone``; ``other_currency`` (its amounts are in another one
    than the company's); ``nothing_counted`` (the company counts no units); empty: nothing does.
    """
    if rule.scope == Scope.CATEGORY and rule.category_id is None:
        return "category_gone"
    if rule.kind != Kind.PERCENT and rule.currency != company.get(session).currency:
        return "other_currency"
    if (
        rule.scope == Scope.COUNTED
        and session.scalar(select(Category.id).where(Category.counts_units).limit(1)) is None
    ):
        return "nothing_counted"
    return ""


def add(
    session: Session, terms: Terms, *, valid_from: date, valid_to: date | None = None, by: Actor, now: datetime
) -> CommissionRule:
    """Make a rule that begins today or later. Admins only; locks the company.

    Raises NotAllowed, RuleUnfit, FieldTooLong, RuleTooEarly, CategoryGone or ProductGone, having changed nothing.
    """
    _require(by, "commission.add")
    profile = company.lock(session)
    terms = check(session, terms)
    _check_days(session, profile, valid_from, valid_to, now)
    number = (_next_lineage(session), 1)
    rule = _write(session, terms, number, (valid_from, valid_to), by=by, now=now)
    _note(session, rule, "added", by=by, now=now, after=_said(rule))
    return rule


def change(
    session: Session,
    lineage: int,
    version: int,
    terms: Terms,
    *,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    now: datetime,
) -> CommissionRule:
    """Let a rule say something else from a day on: a new version; those before it end the day before.

    ``version``: the newest one that the admin saw. Admins only; locks the company. Raises NotAllowed, Moved (there is
    a newer one), and what ``add`` raises, having changed nothing.
    """
    former = _said(_lock_newest(session, lineage, version, "commission.change", by))
    terms = check(session, terms)
    _check_days(session, company.get(session), valid_from, valid_to, now)
    _cut(session, lineage, valid_from - timedelta(days=1))
    rule = _write(session, terms, (lineage, version + 1), (valid_from, valid_to), by=by, now=now)
    _note(session, rule, "changed", by=by, now=now, before=former, after=_said(rule))
    return rule


def end(session: Session, lineage: int, version: int, *, last: date, by: Actor, now: datetime) -> CommissionRule:
    """Let a rule apply up to ``last``, and no longer; yesterday ends it at once. Its newest version.

    Admins only; locks the company. Raises NotAllowed, Moved (there is a newer version), RuleEnded (it ends no later
    than that already), RuleTooEarly or RuleUnfit (too far ahead), having changed nothing.
    """
    rule = _lock_newest(session, lineage, version, "commission.end", by)
    earliest = _earliest(session, company.get(session), now) - timedelta(days=1)
    if last < earliest:
        raise RuleTooEarly(earliest=earliest.isoformat())
    if rule.valid_to is not None and rule.valid_to <= last:
        raise RuleEnded(last=rule.valid_to.isoformat())
    if last > _latest(company.get(session), now):
        raise RuleUnfit(what="days")
    before = _said(rule)
    _cut(session, lineage, last)
    _note(session, rule, "ended", by=by, now=now, before=before, after=_said(rule))
    return rule


def ensure_default(session: Session, *, now: datetime) -> CommissionRule | None:
    """The rule that a new company begins with, where there is none yet: of what it counts, reps get 10.00 for each unit
    above 3 per sale.
    """
    if session.scalar(select(CommissionRule.id).limit(1)) is not None:
        return None
    ten = 10 ** (1 + money.minor_digits(company.get(session).currency))
    terms = Terms("", Kind.PER_UNIT, Role.REP, Scope.COUNTED, threshold_milli=3000, amount_minor=ten)
    return begin_with(session, terms, now=now)


def begin_with(session: Session, terms: Terms, *, now: datetime) -> CommissionRule:
    """A rule that a company has from its beginning, and nobody has made. It applies from the first day of this year on:
    tickets may be of days gone by. Raises as ``check`` does.
    """
    first = company.today(company.get(session), now).replace(month=1, day=1)
    number = (_next_lineage(session), 1)
    rule = _write(session, check(session, terms), number, (first, None), by=None, now=now)
    _note(session, rule, "added", by=None, now=now, after=_said(rule))
    return rule


def check(session: Session, terms: Terms) -> Terms:
    """The terms as a rule keeps them: what its kind and scope do not use is empty, the currency is the company's.

    Raises RuleUnfit, FieldTooLong, CategoryGone or ProductGone.
    """
    currency = company.get(session).currency
    if terms.currency not in {"", currency}:
        raise RuleUnfit(what="currency")
    category_id, product_id = _aim(session, terms)
    return Terms(**kept(terms), category_id=category_id, product_id=product_id, currency=currency)


def _aim(session: Session, terms: Terms) -> tuple[int | None, int | None]:
    """The category or the product that the scope points at, and nothing else."""
    if terms.scope == Scope.CATEGORY:
        if terms.category_id is None or session.get(Category, terms.category_id) is None:
            raise CategoryGone
        return terms.category_id, None
    if terms.scope == Scope.PRODUCT:
        if terms.product_id is None or session.get(Product, terms.product_id) is None:
            raise ProductGone(product="")
        return None, terms.product_id
    return None, None


def _check_days(session: Session, profile: Company, first: date, last: date | None, now: datetime) -> None:
    earliest = _earliest(session, profile, now)
    if first < earliest:
        raise RuleTooEarly(earliest=earliest.isoformat())
    latest = _latest(profile, now)
    if first > latest or (last is not None and not first <= last <= latest):
        raise RuleUnfit(what="days")


def _earliest(session: Session, profile: Company, now: datetime) -> date:
    """Today, or the first day after the closed periods."""
    closed = session.scalar(select(CommissionBook.closed_through))
    today = company.today(profile, now)
    return max(today, closed + timedelta(days=1)) if closed else today


def _latest(profile: Company, now: datetime) -> date:
    """The farthest day that a rule may begin on, or end with."""
    return company.today(profile, now) + timedelta(days=FARTHEST_DAYS)


def _not_over(day: date) -> Select[CommissionRule]:
    """The versions that apply on that day or later; those that a change has overtaken never do."""
    lasts = or_(CommissionRule.valid_to.is_(None), CommissionRule.valid_to >= day)
    ever = or_(CommissionRule.valid_to.is_(None), CommissionRule.valid_to >= CommissionRule.valid_from)
    return select(CommissionRule).where(lasts, ever)


def _versions(session: Session, lineage: int) -> list[CommissionRule]:
    """The versions of a rule as they are now, the oldest first."""
    query = select(CommissionRule).where(CommissionRule.lineage == lineage).order_by(CommissionRule.version)
    return list(session.scalars(query, execution_options={"populate_existing": True}))


def _next_lineage(session: Session) -> int:
    return (session.scalar(select(func.max(CommissionRule.lineage))) or 0) + 1


def _lock_newest(session: Session, lineage: int, version: int, action: str, by: Actor) -> CommissionRule:
    _require(by, action)
    company.lock(session)
    versions = _versions(session, lineage)
    if not versions:
        raise NotAllowed(by=by, action=action, subject=f"commission_rule:{lineage}")
    if versions[-1].version != version:
        raise Moved
    return versions[-1]


def _cut(session: Session, lineage: int, last: date) -> None:
    """Let no version of the rule apply after ``last``."""
    for rule in _versions(session, lineage):
        if rule.valid_to is None or rule.valid_to > last:
            rule.valid_to = last
    session.flush()


def _write(
    session: Session,
    terms: Terms,
    number: tuple[int, int],
    days: tuple[date, date | None],
    *,
    by: Actor | None,
    now: datetime,
) -> CommissionRule:
    values = {field.name: getattr(terms, field.name) for field in fields(terms)}
    rule = CommissionRule(
        **values | {"tiers": [[begin, str(rate)] for begin, rate in terms.tiers]},
        lineage=number[0],
        version=number[1],
        valid_from=days[0],
        valid_to=days[1],
        created_by=by.person_id if by else None,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    return rule


def _said(rule: CommissionRule) -> dict[str, Any]:
    """A version as the audit keeps it."""
    values = {column.name: getattr(rule, column.name) for column in CommissionRule.__table__.columns}
    del values["created_by"], values["created_at"]
    return {name: str(value) if isinstance(value, date | Decimal) else value for name, value in values.items()}


def _note(session: Session, rule: CommissionRule, done: str, *, by: Actor | None, now: datetime, **facts: Any) -> None:
    subject = f"commission_rule:{rule.lineage}"
    audit.write(session, by=by, action=f"commission_rule.{done}", subject=subject, now=now, **facts)


def _require(by: Actor, action: str) -> None:
    require(by, Role.ADMIN, action=action, subject="commission_rule")
