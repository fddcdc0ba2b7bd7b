"""The rep's tickets, the last touched first, and how to send one."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import tickets
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("tickets", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of tickets with their state."""
    found = tickets.list_mine(turn.session, by=turn.actor, page=state.page)
    rows = [[Button("one", "ticket", (ticket.id,), facts={"ticket": ticket})] for ticket in found.items]
    rows += [keyboards.pages(found, "tickets"), keyboards.menu()]
    return Face({"found": found}, rows)


@screen.pressed("tickets")
@screen.command("tickets", menu="command")
def open_tickets(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("tickets", page=turn.id() if turn.ids else 0)
