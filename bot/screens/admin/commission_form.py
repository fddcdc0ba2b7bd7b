"""The answers that make a rule of commission, what is still missing of them, and the terms that they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from services.commission_rules import EARNERS, Kind, Scope, Terms

if TYPE_CHECKING:
    from db.models.commissions import CommissionRule

KINDS: Final = tuple(Kind)
SCOPES: Final = tuple(Scope)
ROLES: Final = EARNERS
"""What can be pressed; buttons carry the place in here."""
FIGURES: Final = MappingProxyType(
    {
        "": (),
        Kind.PER_UNIT: ("threshold_milli", "amount_minor"),
        Kind.PERCENT: ("rate",),
        Kind.TIERS: ("tiers",),
        Kind.PER_ORDER: ("amount_minor",),
    }
)
"""What is typed for each kind of rule."""
QUESTIONS: Final = (
    "kind", "scope", "category_id", "product_id", "threshold_milli", "amount_minor", "rate", "tiers", "role", "first",
    "last", "name",
)  # fmt: skip
"""All that can be asked; buttons carry the place in here."""
_OPTIONAL: Final = ("last", "name")
_MAY_BE_ZERO: Final = frozenset({"threshold_milli", "amount_minor"})
_THINGS: Final = MappingProxyType({Scope.CATEGORY: ("category_id",), Scope.PRODUCT: ("product_id",)})


@dataclass(frozen=True)
class State:
    """The rule that is changed (0: a new one) with its version, the answers so far (None, 0 or empty: not answered),
    and what is shown: a question that is asked again, the place in the tree, what is looked for, the month, the
    number of the trial and a page of whatever is listed. Days are ordinals; tiers are pairs as a rule has them.
    """

    lineage: int = 0
    version: int = 0
    kind: str = ""
    scope: str = ""
    category_id: int = 0
    product_id: int = 0
    threshold_milli: int | None = None
    amount_minor: int | None = None
    rate: str = ""
    tiers: list[Any] = field(default_factory=list)
    role: str = ""
    name: str = ""
    first: int = 0
    last: int = 0
    asked: str = ""
    at: int = 0
    query: str = ""
    shown: int = 0
    trial: int = 0
    page: int = 0
    form: int = 0


def asked(state: State) -> str:
    """The question that is asked now; empty: all of it is looked over."""
    return state.asked or next((one for one in needed(state) if not is_answered(state, one)), "")


def before(state: State) -> str | None:
    """The question to go back to; empty: look over; None: there is none before."""
    now = asked(state)
    if not now or is_whole(state):
        return "" if now else None
    order = needed(state)
    place = order.index(now) if now in order else 0
    return order[place - 1] if place else None


def needed(state: State) -> list[str]:
    """What has to be answered, in this order."""
    return ["role", "kind", "scope", *_things(state), *FIGURES[state.kind], "first"]


def can_be_asked(state: State) -> list[str]:
    """What can be answered anew once all of it is looked over."""
    return [*needed(state), *_OPTIONAL]


def is_answered(state: State, question: str) -> bool:
    """Tell whether there is an answer to a question; zero is one where it is typed."""
    answer = getattr(state, question)
    return answer is not None if question in _MAY_BE_ZERO else bool(answer)


def has_figures(state: State) -> bool:
    """Tell whether all figures of its kind are known."""
    return all(is_answered(state, one) for one in FIGURES[state.kind])


def is_whole(state: State) -> bool:
    """Tell whether nothing is missing."""
    return all(is_answered(state, one) for one in needed(state))


def terms(state: State) -> Terms:
    """The rule of the answers so far; figures of other kinds than its own are left out."""
    typed = {name: getattr(state, name) for name in FIGURES[state.kind]}
    things = _things(state)
    return Terms(
        name=state.name,
        kind=state.kind,
        role=state.role or ROLES[0],
        scope=state.scope,
        category_id=state.category_id or None if "category_id" in things else None,
        product_id=state.product_id or None if "product_id" in things else None,
        threshold_milli=typed.get("threshold_milli") or 0,
        amount_minor=typed.get("amount_minor") or 0,
        rate=Decimal(typed.get("rate") or 0),
        tiers=tuple((int(begins), Decimal(rate)) for begins, rate in typed.get("tiers", ())),
    )


def answers_of(rule: CommissionRule, *, earliest: date) -> dict[str, Any]:
    """A rule as answers, to be changed from the first day on that it can be."""
    return {
        "lineage": rule.lineage,
        "version": rule.version,
        "kind": rule.kind,
        "scope": rule.scope,
        "category_id": rule.category_id or 0,
        "product_id": rule.product_id or 0,
        "threshold_milli": rule.threshold_milli,
        "amount_minor": rule.amount_minor,
        "rate": str(rule.rate) if rule.rate else "",
        "tiers": [list(tier) for tier in rule.tiers],
        "role": rule.role,
        "name": rule.name,
        "first": max(earliest, rule.valid_from).toordinal(),
        "last": rule.valid_to.toordinal() if rule.valid_to else 0,
    }


def _things(state: State) -> tuple[str, ...]:
    return _THINGS.get(Scope(state.scope), ()) if state.scope else ()
