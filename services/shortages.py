"""What a warehouse lacks of an order, and the two ways on: cut to what is there, or back-order the rest.

Quantities: thousandths of the base unit. Amounts: minor units of the order's currency, VAT included.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.catalogue import Unit
from db.models.orders import Order, OrderLine
from services import availability, back_orders, cart, money, originals, pricing, repricing, units
from services.actor import Actor
from services.errors import DomainError, Moved


class NothingThere(DomainError):
    """Nothing of it can be had from the warehouse now, so it cannot be cut. No facts."""


@dataclass(frozen=True, slots=True)
class ShortLine:
    """A line of which less is there than was asked for."""

    name: str
    unit: str
    factor_milli: int
    decimals: int
    asked_milli: int
    left_milli: int
    """What can be had of it, in whole packs and allowed steps."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """How an order falls short of its warehouse."""

    lines: tuple[ShortLine, ...]
    kept: Mapping[int | None, int]
    """By unit id, how much of each line of goods can be had."""
    elsewhere: tuple[str, ...]
    """The other warehouses that have all of it."""
    now_minor: int
    """What the part that is there costs, with the delivery."""
    later_minor: int
    """What the rest costs."""

    @property
    def is_total(self) -> bool:
        """Whether nothing at all is there."""
        return not any(self.kept.values())


def find(session: Session, order: Order) -> Shortage | None:
    """In what an order with a warehouse is short; None where all is there. Locks nothing.

    What is reserved for the order that a draft changes counts as there for the draft.
    """
    goods = [line for line in order.lines if line.kind == "goods"]
    kept = _kept(session, order, goods)
    short = [line for line in goods if kept[line.unit_id] < line.quantity_milli]
    if not short:
        return None
    needs = Counter[int]()
    for line in goods:
        needs[line.product_id or 0] += line.quantity_milli
    elsewhere = availability.warehouses_with(session, needs, apart_from=order.warehouse_id or 0)
    here = sum(_amount(order, line, kept[line.unit_id]) for line in goods)
    rest = sum(_amount(order, line, line.quantity_milli - kept[line.unit_id]) for line in short)
    return Shortage(
        lines=tuple(_short_line(line, kept[line.unit_id]) for line in short),
        kept=kept,
        elsewhere=tuple(house.name for house in elsewhere),
        now_minor=here + order.delivery_minor,
        later_minor=rest,
    )


def cut(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> Order:
    """Bring the draft's quantities down to what is there now; a line with nothing goes. Nothing is submitted.

    Raises NotYours, NoLongerDraft, Moved or NothingThere, having changed nothing. Locks the order.
    """
    order = cart.lock_draft(session, order_id, by=by, action="cut")
    if order.version != version:
        raise Moved(order=order.id)
    short = find(session, order)
    if short is not None:
        if short.is_total:
            raise NothingThere
        order.shortage = "cut"
        _keep_only(order, short.kept)
    cart.reprice(session, order, now=now)
    return order


def back_order_rest(session: Session, order: Order, short: Shortage, *, by: Actor, now: datetime) -> Order:
    """Leave on a locked order only what is there, and open its child for the rest; returns the child.

    Prices and delivery stay as they are; the totals of both are added up anew.
    """
    goods = [line for line in order.lines if line.kind == "goods"]
    rest = {line.id: line.quantity_milli - short.kept[line.unit_id] for line in goods}
    child = back_orders.open_child(session, order, rest, by=by, now=now)
    order.shortage = "back_order"
    _keep_only(order, short.kept)
    with session.no_autoflush:
        repricing.add_up(order)
    order.has_all_goods = True
    session.flush()
    return child


def _kept(session: Session, order: Order, goods: list[OrderLine]) -> dict[int | None, int]:
    free = availability.free_in(session, order.warehouse_id or 0, {line.product_id or 0 for line in goods})
    original = originals.find(session, order)
    if original is not None:
        free.update(original.held)
    asked = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_([one.unit_id for one in goods])))}
    kept: dict[int | None, int] = {}
    for line in goods:
        product_id = line.product_id or 0
        kept[line.unit_id] = _fit(line, asked[line.unit_id or 0], free[product_id])
        free[product_id] -= kept[line.unit_id]
    return kept


def _fit(line: OrderLine, unit: Unit, free_milli: int) -> int:
    """The most of a line that can be had and may be ordered: in whole packs and allowed steps, else nothing."""
    if free_milli >= line.quantity_milli:
        return line.quantity_milli
    step = line.factor_milli // math.gcd(line.factor_milli, 10**line.decimals)
    if unit.multiple_milli:
        step = math.lcm(step, unit.multiple_milli)
    fits = max(0, free_milli) // step * step
    return fits if fits >= units.least(unit.minimum_milli, unit.multiple_milli) else 0


def _keep_only(order: Order, kept: Mapping[int | None, int]) -> None:
    for line in [line for line in order.lines if line.kind == "goods"]:
        if not kept[line.unit_id]:
            order.lines.remove(line)
        elif kept[line.unit_id] != line.quantity_milli:
            line.weight_g = money.amount_of(line.weight_g, kept[line.unit_id], line.quantity_milli)
            line.quantity_milli = kept[line.unit_id]


def _amount(order: Order, line: OrderLine, quantity_milli: int) -> int:
    charge = pricing.Charge(line.price_minor, line.vat_rate, quantity_milli, line.factor_milli)
    return pricing.price_line(charge, prices_include_vat=order.prices_include_vat).total_minor


def _short_line(line: OrderLine, left_milli: int) -> ShortLine:
    return ShortLine(line.name, line.unit_code, line.factor_milli, line.decimals, line.quantity_milli, left_milli)
