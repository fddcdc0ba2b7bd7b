"""One product in all warehouses of the reader."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import stock_levels
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which product, and which page of the warehouses."""

    product_id: int = 0
    page: int = 0


screen = Screen("stock_product", roles=frozenset({Role.STOREKEEPER, Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A button per warehouse."""
    product = stock_levels.product(turn.session, state.product_id, by=turn.actor)
    found = stock_levels.levels(turn.session, product.id, by=turn.actor, page=state.page)
    rows = [
        [Button("one", "stock_at", (product.id, level.warehouse_id), facts={"level": level})] for level in found.items
    ]
    rows.append(keyboards.pages(found, "stock_of", product.id))
    rows.append([Button("stock", "stock"), Button("menu", "home")])
    return Face({"product": product, "base": stock_levels.base_unit(product), "found": found}, rows)


@screen.pressed("stock_of")
def open_product(turn: Turn) -> Step:
    """Show the product."""
    return way_to(turn, turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)


def way_to(turn: Turn, product_id: int, *, page: int = 0) -> Step:
    """To a product in the reader's warehouses; where there is but one, straight there."""
    houses = stock_levels.warehouses_of(turn.session, by=turn.actor)
    if len(houses) == 1:
        return turn.go("stock_place", product_id=product_id, warehouse_id=houses[0].id)
    return turn.go("stock_product", product_id=product_id, page=page)
