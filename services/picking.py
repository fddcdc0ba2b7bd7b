"""Line by line onto the vehicle: what was loaded of each line, and what an order bills where that is less.

What was picked stands on the lines, so it survives restarts and other devices. A tick carries what the line is to
hold, so it may come twice. Quantities: thousandths of the base unit. All changes lock the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from db.models.orders import Order, OrderLine
from services import audit, claims, money, repricing, units
from services.actor import Actor, NotAllowed
from services.errors import DomainError


class ShortCause(StrEnum):
    """Why less was loaded than was ordered."""

    MISSING = "missing"
    """The shelf has no more: the books are corrected."""
    LEFT = "left"
    """It is there but stays behind: the vehicle has no room, the client does not want it yet."""


class MoreThanOrdered(DomainError):
    """Facts: product, ordered (thousandths of the base unit), unit, factor_milli, decimals."""


class LinesUnmarked(DomainError):
    """Some lines are marked and others not: nobody knows of those. Facts: order (its id), count."""


class NothingLoaded(DomainError):
    """Of no line anything was loaded: that is to be put back, not confirmed. Facts: order (its id)."""


@dataclass(frozen=True, slots=True)
class Short:
    """Less was loaded of this line than was ordered."""

    line: OrderLine
    missing_milli: int
    cause: ShortCause


def goods_of(order: Order) -> list[OrderLine]:
    """The lines that are goods."""
    return [line for line in order.lines if line.kind == "goods"]


def find_line(order: Order, line_id: int, *, by: Actor) -> OrderLine:
    """That line of the order's goods; else NotAllowed: somebody guessed an id."""
    line = next((line for line in goods_of(order) if line.id == line_id), None)
    if line is None:
        raise NotAllowed(by=by, action="picking.line", subject=f"order:{order.id}")
    return line


def count_marked(order: Order) -> int:
    """Of how many lines it is known what was loaded."""
    return sum(line.loaded_milli is not None for line in goods_of(order))


def mark(
    session: Session,
    order_id: int,
    line_id: int,
    loaded_milli: int,
    *,
    cause: ShortCause = ShortCause.MISSING,
    by: Actor,
    now: datetime,
) -> Order:
    """Note that exactly this much of a line is on the vehicle, 0 included; ``cause`` counts where that is less.

    Raises NotAllowed, claims.AlreadyLoaded, NotYours, Moved, units.NotDivisible, units.QuantityUnfit or
    MoreThanOrdered, having changed nothing.
    """
    order = claims.lock_own(session, order_id, by=by, action="picking.mark")
    line = find_line(order, line_id, by=by)
    check_amount(line, loaded_milli)
    _note(session, order, [(line, loaded_milli)], cause, by=by, now=now)
    return order


def check_amount(line: OrderLine, loaded_milli: int) -> None:
    """Raise units.NotDivisible, units.QuantityUnfit or MoreThanOrdered where so much cannot have been loaded."""
    units.check(loaded_milli, code=line.unit_code, factor_milli=line.factor_milli, decimals=line.decimals)
    if loaded_milli > line.quantity_milli:
        raise MoreThanOrdered(
            product=line.name,
            ordered=line.quantity_milli,
            unit=line.unit_code,
            factor_milli=line.factor_milli,
            decimals=line.decimals,
        )


def taken_with(order: Order, line: OrderLine, loaded_milli: int) -> int:
    """How much of the line's product the order takes if this much of the line is loaded, other lines as they stand."""
    others = [one for one in goods_of(order) if one.product_id == line.product_id and one.id != line.id]
    return loaded_milli + sum(one.quantity_milli if one.loaded_milli is None else one.loaded_milli for one in others)


def unmark(session: Session, order_id: int, line_id: int, *, by: Actor, now: datetime) -> Order:
    """Take a line's mark back. Raises NotAllowed, claims.AlreadyLoaded, NotYours or Moved."""
    order = claims.lock_own(session, order_id, by=by, action="picking.unmark")
    _note(session, order, [(find_line(order, line_id, by=by), None)], ShortCause.MISSING, by=by, now=now)
    return order


def mark_rest(session: Session, order_id: int, *, by: Actor, now: datetime) -> Order:
    """All that is not marked is on the vehicle, whole; what is marked stays as it is.

    Raises NotAllowed, claims.AlreadyLoaded, NotYours or Moved.
    """
    order = claims.lock_own(session, order_id, by=by, action="picking.mark_rest")
    rest = [(line, line.quantity_milli) for line in goods_of(order) if line.loaded_milli is None]
    _note(session, order, rest, ShortCause.MISSING, by=by, now=now)
    return order


def forget(order: Order) -> None:
    """Take all marks back: whoever loads the locked order next begins anew."""
    for line in order.lines:
        line.loaded_milli, line.short_cause = None, ""


def finish(order: Order) -> list[Short]:
    """What is short of a locked order that leaves now. No line marked at all means that everything is loaded.

    Raises LinesUnmarked or NothingLoaded.
    """
    goods = goods_of(order)
    unmarked = [line for line in goods if line.loaded_milli is None]
    if 0 < len(unmarked) < len(goods):
        raise LinesUnmarked(order=order.id, count=len(unmarked))
    for line in unmarked:
        line.loaded_milli = line.quantity_milli
    if not any(line.loaded_milli for line in goods):
        raise NothingLoaded(order=order.id)
    return list_short(order)


def list_short(order: Order) -> list[Short]:
    """The marked lines of which less was loaded than was ordered."""
    return [
        Short(line, line.quantity_milli - line.loaded_milli, ShortCause(line.short_cause or ShortCause.MISSING))
        for line in goods_of(order)
        if line.loaded_milli is not None and line.loaded_milli < line.quantity_milli
    ]


def is_nothing_there(order: Order) -> bool:
    """Tell whether it is known that nothing was loaded, and of some line that the shelf has no more."""
    is_empty = all(line.loaded_milli == 0 for line in goods_of(order))
    return is_empty and bool(missing_of(list_short(order)))


def missing_of(short: Sequence[Short]) -> list[int]:
    """The ids of the products of which the shelf has no more, in order."""
    return sorted({one.line.product_id or 0 for one in short if one.cause is ShortCause.MISSING})


def bill_loaded(order: Order) -> None:
    """Let the locked order hold and cost what was loaded, at the prices it was ordered at; the delivery stays.

    ``ordered_milli`` of the short lines keeps what was ordered.
    """
    for short in list_short(order):
        line = short.line
        loaded = line.quantity_milli - short.missing_milli
        line.weight_g = money.round_half_up(Fraction(line.weight_g * loaded, line.quantity_milli))
        line.ordered_milli, line.quantity_milli = line.quantity_milli, loaded
    repricing.add_up(order)
    order.weight_g = sum(line.weight_g for line in goods_of(order))
    billed = {money.plain_rate(line.vat_rate) for line in order.lines if line.quantity_milli}
    order.taxes = [tax for tax in order.taxes if money.plain_rate(tax.vat_rate) in billed]


def _note(
    session: Session,
    order: Order,
    marks: Sequence[tuple[OrderLine, int | None]],
    cause: ShortCause,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write the marks down. The version grows, as a confirmation is for exactly what its button's screen showed."""
    changed = []
    for line, loaded in marks:
        is_short = loaded is not None and loaded < line.quantity_milli
        short_cause = cause.value if is_short else ""
        if (line.loaded_milli, line.short_cause) != (loaded, short_cause):
            changed.append({"line_id": line.id, "was": line.loaded_milli, "now": loaded, "cause": short_cause})
            line.loaded_milli, line.short_cause = loaded, short_cause
    if not changed:
        return
    order.version += 1
    order.touched_at = now
    subject = f"order:{order.id}"
    audit.write(session, by=by, action="loading.marked", subject=subject, now=now, after={"lines": changed})
    session.flush()
