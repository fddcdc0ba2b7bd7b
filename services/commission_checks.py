"""Which figures a commission rule may have: pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from services import figures, forms, money
from services.commission_terms import EARNERS, Kind, Scope, Terms
from services.errors import DomainError

LONGEST_NAME: Final = 100
MOST_TIERS: Final = 10
LARGEST_THRESHOLD: Final = 1_000_000_000
"""A million units."""
_FINEST: Final = Decimal("0.000001")
"""What a rate is stored with."""


class RuleUnfit(DomainError):
    """A rule cannot be like this; nothing was saved. Facts: what (of kind, role, scope, currency, amount, threshold,
    rate, tiers, days), most (of tiers alone: how many steps a rule may have).
    """


def kept(terms: Terms) -> dict[str, Any]:
    """What of the terms a rule keeps: those that its kind has no use for are left out. Raises as ``check_figures``."""
    fits = {
        "kind": terms.kind in set(Kind),
        "role": terms.role in EARNERS,
        "scope": terms.scope in set(Scope),
    }
    for what, is_fit in fits.items():
        if not is_fit:
            raise RuleUnfit(what=what)
    words = {"name": _READ["name"](terms), "kind": str(terms.kind), "role": str(terms.role), "scope": str(terms.scope)}
    return words | {name: _READ[name](terms) for name in FIGURES[Kind(terms.kind)]}


def check_figures(terms: Terms, names: Collection[str]) -> None:
    """Look at some of what was typed, by the names of the terms; raises RuleUnfit or FieldTooLong."""
    for name in names:
        _READ[name](terms)


def _name(terms: Terms) -> str:
    """One line; it may be empty."""
    name: str = forms.words("name", LONGEST_NAME)(terms.name)
    return name


def _amount(terms: Terms) -> int:
    if not 0 < terms.amount_minor <= figures.LARGEST_MINOR:
        raise RuleUnfit(what="amount")
    return terms.amount_minor


def _threshold(terms: Terms) -> int:
    if not 0 <= terms.threshold_milli <= LARGEST_THRESHOLD:
        raise RuleUnfit(what="threshold")
    return terms.threshold_milli


def _rate(terms: Terms) -> Decimal:
    if not (_is_rate(terms.rate) and terms.rate > 0):
        raise RuleUnfit(what="rate")
    return money.plain_rate(terms.rate)


def _tiers(terms: Terms) -> tuple[tuple[int, Decimal], ...]:
    """Steps rise and so do their rates: more is never paid for less, so that a credit note never adds to it."""
    begins, rates = [begin for begin, _ in terms.tiers], [rate for _, rate in terms.tiers]
    fits = (
        0 < len(begins) <= MOST_TIERS
        and all(0 <= begin <= figures.LARGEST_MINOR for begin in begins)
        and all(_is_rate(rate) for rate in rates)
        and all(low < high for low, high in pairwise(begins))
        and all(low < high for low, high in pairwise(rates))
        and rates[-1] > 0
    )
    if not fits:
        raise RuleUnfit(what="tiers", most=MOST_TIERS)
    return tuple((begin, money.plain_rate(rate)) for begin, rate in terms.tiers)


def _is_rate(rate: Decimal) -> bool:
    """From 0 to 1, with no more digits than are stored."""
    return rate.is_finite() and 0 <= rate <= 1 and rate == rate.quantize(_FINEST)


FIGURES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.PER_UNIT: ("threshold_milli", "amount_minor"),
        Kind.PERCENT: ("rate",),
        Kind.TIERS: ("tiers",),
        Kind.PER_ORDER: ("amount_minor",),
    }
)
"""What each kind of rule has beside its words."""
_READ: Final[Mapping[str, Callable[[Terms], Any]]] = MappingProxyType(
    {"name": _name, "amount_minor": _amount, "threshold_milli": _threshold, "rate": _rate, "tiers": _tiers}
)
