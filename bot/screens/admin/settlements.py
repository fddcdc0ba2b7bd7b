"""The closed periods of the commissions, the last one first."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import settlements
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("settlements", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of them; a press opens one."""
    found = settlements.list_settlements(turn.session, by=turn.actor, page=state.page)
    rows = [[Button("one", "settle_show", (one.settlement.id,), facts={"one": one})] for one in found.items]
    rows.append(keyboards.pages(found, "settlements"))
    return Face({"found": found}, [*rows, [Button("back", "settlement"), *keyboards.menu()]])


@screen.pressed("settlements")
def open_list(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("settlements", page=turn.id())
