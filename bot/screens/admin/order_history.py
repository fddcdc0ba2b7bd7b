"""One order's whole history, for admins: moves, changes, invoice, mail, stock and photos, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import order_oversight, orders
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which order, and which page of its history."""

    order_id: int = 0
    page: int = 0


screen = Screen("order_history", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of what happened."""
    page = order_oversight.history(turn.session, state.order_id, by=turn.actor, page=state.page)
    order = orders.get(turn.session, state.order_id, by=turn.actor)
    rows = [
        keyboards.pages(page, "order_history", state.order_id),
        [Button("back", "order", (state.order_id,)), *keyboards.menu()],
    ]
    return Face({"order": order, "page": page, "zone": turn.company.time_zone}, rows)


@screen.pressed("order_history")
def open_history(turn: Turn) -> Step:
    """Show a page of an order's history."""
    return turn.go("order_history", order_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)
