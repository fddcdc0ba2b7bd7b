"""Strangers who asked to be contacted, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import contact_requests
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which page."""

    page: int = 0


screen = Screen("requests", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of open requests; each can be marked as done, or answered with a password."""
    found = contact_requests.list_open(turn.session, by=turn.actor, page=state.page)
    rows = [
        [
            Button("done", "request_done", (request.id,), facts={"request": request}),
            Button("access", "request_access", (request.id,)),
        ]
        for request in found.items
    ]
    facts = {"found": found, "time_zone": turn.company.time_zone}
    return Face(facts, [*rows, keyboards.pages(found, "requests"), keyboards.menu()])


@screen.pressed("requests")
def open_requests(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("requests", page=turn.id() if turn.ids else 0)


@screen.pressed("request_done")
def close(turn: Turn) -> Step:
    """Mark a request as done; once done, it stays so."""
    contact_requests.close(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("requests", "closed", page=turn.state.page if turn.state else 0)
