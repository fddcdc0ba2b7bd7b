"""Recorded sales that are not like their tickets, for admins to look at."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_reviews
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("ticket_reviews", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of tickets, the oldest first."""
    found = ticket_reviews.list_wanted(turn.session, by=turn.actor, page=state.page)
    rows = [[Button("one", "ticket_review", (ticket.id,), facts={"ticket": ticket})] for ticket in found.items]
    rows += [keyboards.pages(found, "ticket_reviews"), keyboards.menu()]
    return Face({"found": found}, rows)


@screen.pressed("ticket_reviews")
@screen.command("reviews")
def open_reviews(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("ticket_reviews", page=turn.id() if turn.ids else 0)
