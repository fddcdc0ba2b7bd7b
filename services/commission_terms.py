"""What a commission rule says, and what it gives for one sale: pure.

Amounts: minor units; rates: fractions of the net amount; quantities: thousandths of the base unit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from db.models.commissions import CommissionRule
from services import money
from services.actor import Role
from services.sale_facts import Part, SaleFacts


class Kind(StrEnum):
    """How a rule reckons."""

    PER_UNIT = "per_unit"
    """An amount for each unit above a threshold per sale."""
    PERCENT = "percent"
    """A rate of the net amount."""
    TIERS = "tiers"
    """The rate of the highest step that the net amount reaches, of the whole net amount."""
    PER_ORDER = "per_order"
    """An amount for each order that has any of it."""


class Scope(StrEnum):
    """What of a sale a rule looks at."""

    ALL = "all"
    COUNTED = "counted"
    """The categories whose units the company counts, with all below them."""
    CATEGORY = "category"
    """One category, with all below it."""
    PRODUCT = "product"


EARNERS: Final = (Role.REP, Role.STOREKEEPER)
"""Who can earn: who sold it, or who loaded it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule says. ``name`` may be empty: screens then say in words what it does. ``tiers``: pairs of the net
    amount that a step begins at and its rate, the lowest first. ``currency``: of the amounts; empty: the company's.
    """

    name: str
    kind: str
    role: str
    scope: str
    category_id: int | None = None
    product_id: int | None = None
    threshold_milli: int = 0
    amount_minor: int = 0
    rate: Decimal = Decimal(0)
    tiers: tuple[tuple[int, Decimal], ...] = ()
    currency: str = ""


Rule = Terms | CommissionRule


@dataclass(frozen=True, slots=True)
class Earned:
    """What a rule gives for a sale, and what it saw of it (plain JSON values; empty: it has nothing to do with it)."""

    amount_minor: int
    basis: dict[str, Any]


NOTHING: Final = Earned(0, {})


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a sale lies in a rule's scope. ``net_minor`` is None where the amount of that alone is not known."""

    units_milli: int
    net_minor: int | None
    any: bool
    lines: list[int]
    """The lines of the order that were chosen by what the catalogue says of them today."""


def terms_of(rule: CommissionRule) -> Terms:
    """What a version of a rule says, as terms."""
    return Terms(
        name=rule.name,
        kind=rule.kind,
        role=rule.role,
        scope=rule.scope,
        category_id=rule.category_id,
        product_id=rule.product_id,
        threshold_milli=rule.threshold_milli,
        amount_minor=rule.amount_minor,
        rate=rule.rate,
        tiers=tuple((int(begins), Decimal(rate)) for begins, rate in rule.tiers),
        currency=rule.currency,
    )


def earner(rule: Rule, facts: SaleFacts) -> int | None:
    """Who would earn by this rule: the rep who sold, or the storekeeper who loaded; None where nobody did."""
    return facts.rep_id if rule.role == Role.REP else facts.loader_id


def earn(rule: Rule, facts: SaleFacts, *, lines: Collection[int] | None = None) -> Earned:
    """What the rule gives for what stands of a sale, rounded once, half up.

    Fixed amounts and steps count in their own currency alone, a percentage in any. ``lines``: the lines of the order
    that counted when it was earned, where that was decided before; else the catalogue's categories of today decide.
    """
    foreign = rule.currency and rule.currency != facts.currency and rule.kind != Kind.PERCENT
    if foreign or not facts.stands:
        return NOTHING
    seen = _look(rule, facts, lines)
    if seen is None or not seen.any:
        return NOTHING
    earned = _RECKONED[Kind(rule.kind)](rule, seen)
    if not earned.amount_minor:
        return NOTHING
    basis = {"kind": rule.kind, "scope": rule.scope} | earned.basis
    return Earned(earned.amount_minor, basis | ({"lines": seen.lines} if seen.lines else {}))


def _look(rule: Rule, facts: SaleFacts, lines: Collection[int] | None) -> _Seen | None:
    if rule.scope == Scope.ALL:
        units = facts.units_milli
        return _Seen(units, facts.net_minor, facts.is_sale or units > 0, [])
    if lines is not None:
        parts = [part for part in facts.parts if part.line_id in lines]
    else:
        parts = [part for part in facts.parts if _is_of(rule, part)]
    units = sum(part.units_milli for part in parts)
    net = None if facts.is_sale else sum(part.net_minor for part in parts)
    chosen = [] if rule.scope == Scope.PRODUCT else [part.line_id for part in parts if part.line_id is not None]
    return _Seen(units, net, units > 0, chosen)


def _is_of(rule: Rule, part: Part) -> bool:
    if rule.scope == Scope.COUNTED:
        return part.counted
    if rule.scope == Scope.CATEGORY:
        return rule.category_id in part.categories
    return part.product_id is not None and part.product_id == rule.product_id


def _per_unit(rule: Rule, seen: _Seen) -> Earned:
    over = max(0, seen.units_milli - rule.threshold_milli)
    return Earned(
        money.amount_of(rule.amount_minor, over, 1000),
        {
            "units_milli": seen.units_milli,
            "threshold_milli": rule.threshold_milli,
            "over_milli": over,
            "each_minor": rule.amount_minor,
        },
    )


def _percent(rule: Rule, seen: _Seen) -> Earned:
    if seen.net_minor is None:
        return NOTHING
    return Earned(_share(seen.net_minor, rule.rate), {"net_minor": seen.net_minor, "rate": str(rule.rate)})


def _tiers(rule: Rule, seen: _Seen) -> Earned:
    net = seen.net_minor
    if net is None:
        return NOTHING
    reached = [(int(begins), Decimal(rate)) for begins, rate in rule.tiers if int(begins) <= net]
    if not reached:
        return NOTHING
    begins, rate = reached[-1]
    return Earned(_share(net, rate), {"net_minor": net, "rate": str(rate), "from_minor": begins})


def _per_order(rule: Rule, _seen: _Seen) -> Earned:
    return Earned(rule.amount_minor, {"each_minor": rule.amount_minor})


def _share(net_minor: int, rate: Decimal) -> int:
    return money.round_half_up(net_minor * Fraction(rate))


_RECKONED: Final[Mapping[Kind, Callable[[Rule, _Seen], Earned]]] = MappingProxyType(
    {
        Kind.PER_UNIT: _per_unit,
        Kind.PERCENT: _percent,
        Kind.TIERS: _tiers,
        Kind.PER_ORDER: _per_order,
    }
)
