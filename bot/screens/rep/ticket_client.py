"""Who a ticket was sold to: found by the name that it has, by whatever is typed, or written down anew."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import client_search, ticket_facts, tickets
from services.actor import Role

LONGEST_QUERY = 60


@dataclass(frozen=True)
class State:
    """Which ticket, what is looked for, and which page of what was found."""

    ticket_id: int = 0
    query: str = ""
    page: int = 0


screen = Screen("ticket_client", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of clients, the recent ones first where nothing is looked for."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    found = client_search.list_clients(turn.session, by=turn.actor, page=state.page, query=state.query)
    rows = [
        [Button("client", "ticket_this_client", (ticket.id, one.client.id), facts={"one": one})] for one in found.items
    ]
    rows.append(keyboards.pages(found, "ticket_client", ticket.id))
    every = [Button("all_clients", "ticket_any_client", (ticket.id,))] if state.query else []
    rows.append([Button("back", "ticket", (ticket.id,)), *every])
    rows.append([Button("new_client", "client_new", (0, ticket.id))])
    return Face({"ticket": ticket, "query": state.query, "found": found}, rows)


@screen.pressed("ticket_client")
def ask(turn: Turn) -> Step:
    """Show a page; the search begins with the name that the ticket has, as long as nobody is chosen."""
    known = turn.state if isinstance(turn.state, State) and turn.state.ticket_id == turn.id() else None
    if known is not None:
        return turn.go("ticket_client", ticket_id=turn.id(), query=known.query, page=turn.id(1))
    ticket = tickets.get(turn.session, turn.id(), by=turn.actor)
    named = ticket.client_text[:LONGEST_QUERY] if ticket.client_id is None else ""
    return turn.go("ticket_client", ticket_id=ticket.id, query=named, page=turn.id(1))


@screen.pressed("ticket_any_client")
def forget_search(turn: Turn) -> Step:
    """Forget what was looked for."""
    return turn.go("ticket_client", ticket_id=turn.id())


@screen.pressed("ticket_this_client")
def choose(turn: Turn) -> Step:
    """It was sold to this client."""
    ticket_facts.choose_client(turn.session, turn.id(), turn.id(1), by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.id())


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for a name, a phone or a tax id."""
    return turn.go("ticket_client", ticket_id=turn.state.ticket_id, query=turn.text[:LONGEST_QUERY])


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket was read meanwhile."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
