"""One closed period of the commissions: who gets what, for good."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.admin.settlement import totals_of
from bot.screens.rep import earnings
from bot.screens.screen import Face, Screen, Step, Turn
from services import paging, settlements
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which one, and the page of its people."""

    settlement_id: int = 0
    page: int = 0


screen = Screen("settlement_closed", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Its days, who closed it, and a page of its people; each opens the statement."""
    view = settlements.get(turn.session, state.settlement_id, by=turn.actor)
    page = paging.page_of_all(view.rows, page=state.page)
    days = earnings.ordinals(view.period)
    rows = [[Button("person", "earnings", (one.person_id, *days), facts={"one": one})] for one in page.items]
    rows += [
        keyboards.pages(page, "settle_show", state.settlement_id),
        [earnings.file_button(turn, 0, *days)],
        [Button("back", "settlements", (0,)), *keyboards.menu()],
    ]
    facts = {"view": view, "page": page, "totals": totals_of(view.rows), "zone": turn.company.time_zone}
    return Face(facts, rows)


@screen.pressed("settle_show")
def open_one(turn: Turn) -> Step:
    """Show it."""
    return turn.go("settlement_closed", settlement_id=turn.id(), page=turn.id(1) if len(turn.ids) > 1 else 0)
