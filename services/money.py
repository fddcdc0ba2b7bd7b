"""Money as integers: minor units (kopecks, cents) of a currency. The one rounding rule of the product lives here."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

_NONE: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"}
    | {"RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_THREE: Final = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_FOUR: Final = frozenset(["CLF", "UYW"])


def round_half_up(value: Decimal | Fraction | int) -> int:
    """Round to a whole number, a half away from zero. Exact: no float, no limit of digits."""
    above, below = value.as_integer_ratio()
    whole = (2 * abs(above) + below) // (2 * below)
    return whole if above >= 0 else -whole


def amount_of(price_minor: int, quantity_milli: int, factor_milli: int) -> int:
    """What a quantity costs: price per unit times quantity in units, computed exactly and rounded once.

    ``quantity_milli`` and ``factor_milli`` are thousandths of the base unit, so that their quotient is in units.
    """
    return round_half_up(Fraction(price_minor * quantity_milli, factor_milli))


def price_after(list_price_minor: int, discount: Decimal) -> int:
    """Take a discount (a fraction of the price, 0.05 is 5 %) off a price."""
    return round_half_up(list_price_minor * (1 - Fraction(discount)))


def vat_in(gross_minor: int, rate: Decimal) -> int:
    """The VAT that an amount contains: gross times rate / (1 + rate). ``rate`` is a fraction, 0.20 is 20 %."""
    exact = Fraction(rate)
    return round_half_up(gross_minor * exact / (1 + exact))


def vat_on(net_minor: int, rate: Decimal) -> int:
    """The VAT that comes on top of an amount: net times rate. ``rate`` is a fraction, 0.20 is 20 %."""
    return round_half_up(net_minor * Fraction(rate))


def minor_digits(currency: str) -> int:
    """How many digits after the point amounts of this currency have (ISO 4217)."""
    code = currency.upper()
    if code in _NONE:
        return 0
    if code in _THREE:
        return 3
    return 4 if code in _FOUR else 2


def plain_rate(rate: Decimal) -> Decimal:
    """The same rate without trailing zeros, as the database gives it back: a rate can be part of a row's key."""
    plain = rate.normalize()
    return plain if plain.as_tuple().exponent < 0 else plain.quantize(Decimal(1))  # type: ignore[operator]
