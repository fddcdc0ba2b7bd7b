"""One line of the pick list: all there, less with the number typed, or not looked at after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import parsing
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import claims, loading, picking, shelf, stock_levels, units
from services.actor import Role
from services.picking import ShortCause

if TYPE_CHECKING:
    from db.models.orders import OrderLine

CAUSES = (ShortCause.MISSING, ShortCause.LEFT)
"""By the number that stands for it in a button."""


@dataclass(frozen=True)
class State:
    """Which line of which order. ``milli``: what was typed, while it is asked why that is less; -1: nothing."""

    order_id: int = 0
    line_id: int = 0
    milli: int = -1


screen = Screen("pick_line", roles=frozenset({Role.STOREKEEPER}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What was ordered, what the books say lies there, what is loaded, and what it means that it is less."""
    order = loading.get(turn.session, state.order_id, by=turn.actor)
    claims.check(order, by=turn.actor, action="picking.read")
    line = picking.find_line(order, state.line_id, by=turn.actor)
    place, product_id = order.warehouse_id or 0, line.product_id or 0
    loaded = state.milli if state.milli >= 0 else line.loaded_milli or 0
    facts = {
        "order": order,
        "line": line,
        "asked": state.milli,
        "base": stock_levels.base_unit(stock_levels.product(turn.session, product_id, by=turn.actor)),
        "level": stock_levels.level(turn.session, place, product_id),
        "gone": shelf.count_gone(turn.session, order, product_id, picking.taken_with(order, line, loaded)),
        "relying": shelf.count_relying(turn.session, place, [product_id]),
    }
    return Face(facts, _causes(line, loaded) if state.milli >= 0 else _marks(line))


def _causes(line: OrderLine, milli: int) -> list[list[Button]]:
    """Why it is less; nobody guesses that."""
    here = (line.order_id, line.id, milli)
    rows = [
        [Button("cause", "short_cause", (*here, number), facts={"cause": cause.value})]
        for number, cause in enumerate(CAUSES)
    ]
    return [*rows, [Button("list", "pick", (line.order_id,))]]


def _marks(line: OrderLine) -> list[list[Button]]:
    """What can be said of the line; of a short one also that its cause is the other one."""
    here = (line.order_id, line.id)
    rows = []
    if line.short_cause:
        other = 1 - CAUSES.index(ShortCause(line.short_cause))
        why = {"cause": CAUSES[other].value}
        rows.append([Button("cause", "short_cause", (*here, line.loaded_milli or 0, other), facts=why)])
    marks = [Button("nothing", "short_line", (*here, 0))] if line.loaded_milli != 0 else []
    if line.loaded_milli is not None:
        marks.append(Button("unmark", "unmark_line", here))
    rows.append(marks)
    if line.loaded_milli != line.quantity_milli:
        rows.append([Button("whole", "loaded_line", (*here, line.quantity_milli))])
    rows.append([Button("list", "pick", (line.order_id,))])
    return rows


@screen.pressed("pick_line")
def open_line(turn: Turn) -> Step:
    """Show the line."""
    return turn.go("pick_line", order_id=turn.id(), line_id=turn.id(1))


@screen.pressed("short_line")
def mark_short(turn: Turn) -> Step:
    """The shelf has only this much of it, and that is on the vehicle."""
    order_id, line_id, milli = turn.id(), turn.id(1), turn.amount(2)
    picking.mark(turn.session, order_id, line_id, milli, by=turn.actor, now=turn.now)
    return turn.go("pick_line", "noted", order_id=order_id, line_id=line_id)


@screen.pressed("short_cause")
def say_why(turn: Turn) -> Step:
    """Why it is less: the shelf has no more, or it stays behind."""
    order_id, line_id, milli, cause = turn.id(), turn.id(1), turn.amount(2), turn.amount(3)
    if cause >= len(CAUSES):
        raise Stale
    picking.mark(turn.session, order_id, line_id, milli, cause=CAUSES[cause], by=turn.actor, now=turn.now)
    return turn.go("pick_line", "noted", order_id=order_id, line_id=line_id)


@screen.pressed("unmark_line")
def undo(turn: Turn) -> Step:
    """Take the mark back."""
    order_id = turn.id()
    picking.unmark(turn.session, order_id, turn.id(1), by=turn.actor, now=turn.now)
    return turn.go("pick", "undone", order_id=order_id)


@screen.typed(Kind.TEXT)
def type_quantity(turn: Turn) -> Step:
    """How many are on the vehicle, in the line's unit, or in the base unit where that comes out even."""
    state: State = turn.state
    typed = parsing.parse_quantity(turn.text)
    if typed is None:
        return turn.stay("quantity_unclear")
    order = loading.get(turn.session, state.order_id, by=turn.actor)
    line = picking.find_line(order, state.line_id, by=turn.actor)
    code, factor_milli = line.unit_code, line.factor_milli
    if typed.word:
        base = stock_levels.base_unit(stock_levels.product(turn.session, line.product_id or 0, by=turn.actor))
        found = parsing.match_unit(typed.word, [line.unit_code, base.code])
        if found is None:
            return turn.stay("quantity_unclear")
        if found != line.unit_code:
            code, factor_milli = base.code, base.factor_milli
    decimals = line.decimals if code == line.unit_code else 3
    milli = units.quantity_of(typed.amount, code=code, factor_milli=factor_milli, decimals=decimals)
    claims.check(order, by=turn.actor, action="picking.mark")
    picking.check_amount(line, milli)
    if milli < line.quantity_milli:
        return turn.go("pick_line", order_id=order.id, line_id=line.id, milli=milli)
    picking.mark(turn.session, order.id, line.id, milli, by=turn.actor, now=turn.now)
    return turn.go("pick", order_id=order.id)
