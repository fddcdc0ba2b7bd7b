"""One product in one warehouse: what lies there, what has moved, and what can be booked."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from bot.screens.storekeeper.stock_entry import KINDS
from services import stock_levels
from services.actor import Role

MOVEMENTS = 8


@dataclass(frozen=True)
class State:
    """Which product, where, and which page of its movements."""

    product_id: int = 0
    warehouse_id: int = 0
    page: int = 0


screen = Screen("stock_place", roles=frozenset({Role.STOREKEEPER, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The level with its last movements."""
    product = stock_levels.product(turn.session, state.product_id, by=turn.actor)
    moved = stock_levels.list_movements(
        turn.session, product.id, state.warehouse_id, by=turn.actor, page=state.page, size=MOVEMENTS
    )
    here = (product.id, state.warehouse_id)
    book = [Button("book", "stock_entry", (*here, kind), facts={"kind": name}) for kind, name in enumerate(KINDS)]
    several = len(stock_levels.warehouses_of(turn.session, by=turn.actor)) > 1
    back = [Button("houses", "stock_of", (product.id,))] if several else []
    rows = [
        keyboards.pages(moved, "stock_at", *here),
        [*back, Button("stock", "stock"), Button("menu", "home")],
        book[2:],
        book[:2],
    ]
    facts = {
        "product": product,
        "base": stock_levels.base_unit(product),
        "level": stock_levels.level(turn.session, state.warehouse_id, product.id),
        "moved": moved,
        "time_zone": turn.company.time_zone,
    }
    return Face(facts, rows)


@screen.pressed("stock_at")
def open_place(turn: Turn) -> Step:
    """Show the product there."""
    page = turn.id(2) if len(turn.ids) > 2 else 0
    return turn.go("stock_place", product_id=turn.id(), warehouse_id=turn.id(1), page=page)
