"""Something is booked: goods that came in, a count, or what was damaged, lost or found; by typing how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.buttons import Button
from bot.events import Kind
from bot.parsing_stock import parse_entry
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import goods_in, stock_levels, units
from services.actor import Role
from services.goods_in import Receipt
from services.shelf import Cause, Reason

if TYPE_CHECKING:
    from db.models.catalogue import Product

KINDS = ("receipt", "count", "damaged", "lost", "found")
"""By the number that stands for it in a button."""
_ASKED_AGAIN = ("receipt", "count", "found")


@dataclass(frozen=True)
class State:
    """What is booked where. ``milli``: what was typed and is asked once more, as it is so much; -1: nothing yet."""

    product_id: int = 0
    warehouse_id: int = 0
    kind: int = 0
    milli: int = -1
    note: str = ""

    @property
    def name(self) -> str:
        """What is booked, in a word."""
        return KINDS[min(self.kind, len(KINDS) - 1)]


screen = Screen("stock_entry", roles=frozenset({Role.STOREKEEPER, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What lies there, and the question; the button that books carries how often the goods have moved."""
    stock_levels.check_seen(state.warehouse_id, by=turn.actor)
    product = stock_levels.product(turn.session, state.product_id, by=turn.actor)
    here = (product.id, state.warehouse_id)
    rows = [[Button("back", "stock_at", here)]]
    if state.milli >= 0:
        stamp = stock_levels.stamp(turn.session, state.warehouse_id, [product.id])
        rows.append([Button("book", "book", (*here, state.kind, state.milli), stamp)])
    facts = {
        "product": product,
        "base": stock_levels.base_unit(product),
        "level": stock_levels.level(turn.session, state.warehouse_id, product.id),
        "kind": state.name,
        "milli": state.milli,
        "note": state.note,
    }
    return Face(facts, rows)


@screen.pressed("stock_entry")
def open_entry(turn: Turn) -> Step:
    """Ask how many."""
    if turn.id(2) >= len(KINDS):
        raise Stale
    return turn.go("stock_entry", product_id=turn.id(), warehouse_id=turn.id(1), kind=turn.id(2))


@screen.typed(Kind.TEXT)
def type_quantity(turn: Turn) -> Step:
    """How many, in any unit of the product, and what is to be noted; much more than lies there is asked once more."""
    state: State = turn.state
    product = stock_levels.product(turn.session, state.product_id, by=turn.actor)
    typed = parse_entry(turn.text, [unit.code for unit in product.units])
    if typed is None:
        return turn.stay("quantity_unclear")
    unit = next((one for one in product.units if one.code == typed.unit), stock_levels.base_unit(product))
    milli = units.quantity_of(typed.amount, code=unit.code, factor_milli=unit.factor_milli, decimals=unit.decimals)
    filled = State(product.id, state.warehouse_id, state.kind, milli, typed.note[: goods_in.LONGEST_NOTE + 1])
    if state.name in _ASKED_AGAIN and goods_in.is_unusual(turn.session, state.warehouse_id, product.id, milli):
        return turn.go("stock_entry", product_id=product.id, warehouse_id=state.warehouse_id, kind=state.kind,
                       milli=milli, note=filled.note)  # fmt: skip
    return _book(turn, filled, product, None)


@screen.pressed("book")
def book(turn: Turn) -> Step:
    """It is really so much."""
    if turn.id(2) >= len(KINDS):
        raise Stale
    product = stock_levels.product(turn.session, turn.id(), by=turn.actor)
    asked = turn.state if isinstance(turn.state, State) else State()
    state = State(product.id, turn.id(1), turn.id(2), turn.amount(3))
    same = (asked.product_id, asked.warehouse_id, asked.kind, asked.milli) == turn.ids
    filled = State(state.product_id, state.warehouse_id, state.kind, state.milli, asked.note if same else "")
    return _book(turn, filled, product, turn.version)


def _book(turn: Turn, state: State, product: Product, stamp: int | None) -> Step:
    """Book it, and show what lies there now."""
    place, milli = state.warehouse_id, state.milli
    if state.name == "receipt":
        receipt = [Receipt(product.id, milli)]
        goods_in.receive(turn.session, place, receipt, paper=state.note, stamp=stamp, by=turn.actor, now=turn.now)
        delta = milli
    elif state.name == "count":
        delta = goods_in.count(
            turn.session, place, product.id, milli, note=state.note, stamp=stamp, by=turn.actor, now=turn.now
        )
    else:
        signed = milli if state.name == "found" else -milli
        reason = Reason(Cause(state.name), state.note)
        delta = goods_in.change(
            turn.session, place, product.id, signed, reason=reason, stamp=stamp, by=turn.actor, now=turn.now
        )
    base = stock_levels.base_unit(product)
    facts = {"delta": delta, "unit": base.code, "decimals": base.decimals}
    return turn.go("stock_place", "booked" if delta else "agrees", facts, product_id=product.id, warehouse_id=place)
