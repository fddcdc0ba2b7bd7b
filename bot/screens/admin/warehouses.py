"""The warehouses, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import company
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("warehouses", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The warehouses by name, and a way to add one."""
    found = company.list_warehouses(turn.session, page=state.page)
    rows = [[Button("warehouse", "warehouse", (house.id,), facts={"house": house})] for house in found.items]
    rows.append(keyboards.pages(found, "warehouses"))
    rows.append([Button("back", "company"), Button("new", "warehouse_new")])
    return Face({"found": found}, rows)


@screen.pressed("warehouses")
def open_page(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("warehouses", page=turn.id())
