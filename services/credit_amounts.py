"""What a part of a billed line is worth. Pure: the same for the screen, the credit note and the commission.

The parts of a line that are credited one after another come to the line itself, to the minor unit and the gram,
however it is cut: each is what the line is worth up to there, less what it was worth before.
"""

from __future__ import annotations

from db.models.orders import OrderLine
from services import money
from services.pricing import Amounts


def amounts_between(line: OrderLine, before_milli: int, after_milli: int, *, prices_include_vat: bool) -> Amounts:
    """What the line's goods from ``before_milli`` to ``after_milli`` (thousandths of the base unit) are worth.

    Never below zero; all of the line is what the line says.
    """
    before = _up_to(line, before_milli, prices_include_vat=prices_include_vat)
    after = _up_to(line, after_milli, prices_include_vat=prices_include_vat)
    return Amounts(
        after.net_minor - before.net_minor, after.vat_minor - before.vat_minor, after.total_minor - before.total_minor
    )


def weight_between(line: OrderLine, before_milli: int, after_milli: int) -> int:
    """What they weigh, in grams."""
    return _part(line.weight_g, after_milli, line.quantity_milli) - _part(
        line.weight_g, before_milli, line.quantity_milli
    )


def _up_to(line: OrderLine, milli: int, *, prices_include_vat: bool) -> Amounts:
    """The price says what it is worth, with or without VAT as the prices are; the VAT is as much of that as on the
    whole line.
    """
    if prices_include_vat:
        total = _part(line.total_minor, milli, line.quantity_milli)
        vat = _part(line.vat_minor, total, line.total_minor)
        return Amounts(total - vat, vat, total)
    net = _part(line.net_minor, milli, line.quantity_milli)
    vat = _part(line.vat_minor, net, line.net_minor)
    return Amounts(net, vat, net + vat)


def _part(whole: int, share: int, of: int) -> int:
    return money.amount_of(whole, share, of) if of else 0
