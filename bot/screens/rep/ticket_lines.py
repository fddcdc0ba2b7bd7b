"""The lines that were read on a ticket, each with the product that it is: sure, doubtful or unknown."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_facts, ticket_matching, tickets
from services.actor import Role
from services.paging import page_of_all

PER_PAGE = 6


@dataclass(frozen=True)
class State:
    """Which ticket, and which page of its lines."""

    ticket_id: int = 0
    page: int = 0


screen = Screen("ticket_lines", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of the lines; a press says which product one is."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    matches = ticket_matching.match(turn.session, ticket)
    page = page_of_all(matches, page=state.page, size=PER_PAGE)
    rows = [[Button("line", "ticket_line", (ticket.id, one.number), facts={"one": one})] for one in page.items]
    rows.append(keyboards.pages(page, "ticket_lines", ticket.id))
    rows.append([Button("back", "ticket", (ticket.id,))])
    compared = ticket_facts.compare(turn.session, ticket)
    return Face({"ticket": ticket, "page": page, "compared": compared}, rows)


@screen.pressed("ticket_lines")
def open_lines(turn: Turn) -> Step:
    """Show a page."""
    return turn.go("ticket_lines", ticket_id=turn.id(), page=turn.id(1))
