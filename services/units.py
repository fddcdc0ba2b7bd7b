"""Quantities: integer thousandths of a product's base unit, counted in units that have a factor and decimals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from services.errors import DomainError

LARGEST_MILLI = 10**9
"""The most that a line may hold: a million base units."""


class NotDivisible(DomainError):
    """The unit is not sold in such parts ("1,5 box"). Facts: unit (its code), decimals."""


class QuantityUnfit(DomainError):
    """The quantity is negative or too large. Facts: unit (its code), largest (whole units that still fit)."""


class QuantityBelowMinimum(DomainError):
    """Less than may be ordered in this unit. Facts: unit (its code), factor_milli, decimals, minimum_milli."""


class QuantityNotMultiple(DomainError):
    """The unit is ordered in steps, and this is none of them. Quantities in thousandths of the base unit.

    Facts: unit (its code), factor_milli, decimals, multiple_milli, below_milli (the nearest that is allowed below;
    0: none) and above_milli.
    """


def check(
    quantity_milli: int,
    *,
    code: str,
    factor_milli: int,
    decimals: int,
    minimum_milli: int = 0,
    multiple_milli: int = 0,
) -> None:
    """Raise what is wrong with a quantity that cannot be ordered in this unit. 0 is fit.

    QuantityUnfit, NotDivisible, QuantityBelowMinimum or QuantityNotMultiple; a minimum or multiple of 0 asks nothing.
    """
    if not 0 <= quantity_milli <= LARGEST_MILLI:
        raise QuantityUnfit(unit=code, largest=LARGEST_MILLI // factor_milli)
    if quantity_milli * 10**decimals % factor_milli:
        raise NotDivisible(unit=code, decimals=decimals)
    shown: dict[str, Any] = {"unit": code, "factor_milli": factor_milli, "decimals": decimals}
    minimum = least(minimum_milli, multiple_milli)
    if 0 < quantity_milli < minimum:
        raise QuantityBelowMinimum(**shown, minimum_milli=minimum)
    if multiple_milli and quantity_milli % multiple_milli:
        below = quantity_milli - quantity_milli % multiple_milli
        raise QuantityNotMultiple(
            **shown, multiple_milli=multiple_milli, below_milli=below, above_milli=below + multiple_milli
        )


def least(minimum_milli: int, multiple_milli: int) -> int:
    """The smallest quantity that may be ordered: the minimum, brought up to a multiple."""
    return -(-minimum_milli // multiple_milli) * multiple_milli if multiple_milli else minimum_milli


def stepped(quantity_milli: int, steps: int, *, factor_milli: int, minimum_milli: int, multiple_milli: int) -> int:
    """What so many steps up or down lead to: by the multiple (else by one unit), to the minimum, and below it to 0."""
    minimum, step = least(minimum_milli, multiple_milli), multiple_milli or factor_milli
    stray = quantity_milli % multiple_milli if multiple_milli else 0  # an old draft may hold what is no multiple now
    start = quantity_milli - stray + (multiple_milli if stray and steps < 0 else 0)
    target = max(0, start + steps * step)
    if target >= minimum:
        return min(target, LARGEST_MILLI)
    leaves = steps < 0 and quantity_milli <= minimum
    return 0 if leaves or target == 0 else minimum


def steps_around(quantity_milli: int, *, factor_milli: int, minimum_milli: int, multiple_milli: int) -> list[int]:
    """What ten steps down, one down, one up and ten up lead to, in this order: each quantity once, and not the one that
    it is. Only a single step leads to 0.
    """
    reached = [
        stepped(
            quantity_milli, steps, factor_milli=factor_milli, minimum_milli=minimum_milli, multiple_milli=multiple_milli
        )
        for steps in (-10, -1, 1, 10)
    ]
    wanted = reached if reached[0] else reached[1:]
    return [target for target in dict.fromkeys(wanted) if target != quantity_milli]


def quantity_of(
    amount: Decimal,
    *,
    code: str,
    factor_milli: int,
    decimals: int,
    minimum_milli: int = 0,
    multiple_milli: int = 0,
) -> int:
    """Thousandths of the base unit in ``amount`` units; raises NotDivisible or what ``check`` raises."""
    if not amount.is_finite() or not 0 <= amount <= LARGEST_MILLI:
        raise QuantityUnfit(unit=code, largest=LARGEST_MILLI // factor_milli)
    digits = amount.normalize().as_tuple().exponent
    exact = amount * factor_milli
    if not isinstance(digits, int) or -digits > decimals or exact != exact.to_integral_value():
        raise NotDivisible(unit=code, decimals=decimals)
    quantity = int(exact)
    check(
        quantity,
        code=code,
        factor_milli=factor_milli,
        decimals=decimals,
        minimum_milli=minimum_milli,
        multiple_milli=multiple_milli,
    )
    return quantity


def in_units(quantity_milli: int, factor_milli: int) -> Decimal:
    """How many units of that factor a quantity is."""
    return Decimal(quantity_milli) / Decimal(factor_milli)
