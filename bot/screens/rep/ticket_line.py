"""One line of a ticket: which product it is, of what comes nearest or of what is looked for."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_lines
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import catalogue_search, ticket_matching, tickets
from services.actor import Role

LONGEST_QUERY = 100


@dataclass(frozen=True)
class State:
    """Which line (its number counts from 0) of which ticket, what is looked for, and which page of what was found."""

    ticket_id: int = 0
    number: int = 0
    query: str = ""
    page: int = 0


screen = Screen("ticket_line", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What stands on the ticket, and the products that it may be."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    matches = ticket_matching.match(turn.session, ticket)
    if state.number >= len(matches):
        raise Stale
    ids = (ticket.id, state.number)
    pages: list[Button] = []
    if state.query:
        found = catalogue_search.find(turn.session, state.query, page=state.page, by=turn.actor)
        offered = [(item.product_id, item.name) for item in found.items]
        pages = keyboards.pages(found, "ticket_line", *ids)
    else:
        offered = [(item.id, item.name) for item in ticket_matching.suggest(turn.session, ticket, state.number)]
    rows = [
        [Button("product", "ticket_product", (*ids, product_id), facts={"name": name})] for product_id, name in offered
    ]
    rows += [pages, [Button("leave_out", "ticket_leave_out", ids)]]
    rows.append([Button("back", "ticket_lines", (ticket.id, state.number // ticket_lines.PER_PAGE))])
    return Face({"one": matches[state.number], "ticket": ticket, "query": state.query, "offered": offered}, rows)


@screen.pressed("ticket_line")
def open_line(turn: Turn) -> Step:
    """Ask which product a line is; with a page, show that page of what was looked for."""
    known = turn.state
    if len(turn.ids) > 2 and isinstance(known, State) and (known.ticket_id, known.number) == (turn.id(), turn.id(1)):
        return turn.go(
            "ticket_line", ticket_id=known.ticket_id, number=known.number, query=known.query, page=turn.id(2)
        )
    return turn.go("ticket_line", ticket_id=turn.id(), number=turn.id(1))


@screen.pressed("ticket_product")
def choose(turn: Turn) -> Step:
    """The line is this product; tickets that say the same are understood from now on."""
    ticket_matching.teach(turn.session, turn.id(), turn.id(1), turn.id(2), by=turn.actor, now=turn.now)
    return _to_lines(turn, "learned")


@screen.pressed("ticket_leave_out")
def leave_out(turn: Turn) -> Step:
    """The line is nothing to order."""
    ticket_matching.leave_out(turn.session, turn.id(), turn.id(1), by=turn.actor, now=turn.now)
    return _to_lines(turn, "")


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for a product by article or name."""
    query, state = " ".join(turn.text.split())[:LONGEST_QUERY], turn.state
    return turn.go("ticket_line", ticket_id=state.ticket_id, number=state.number, query=query)


def _to_lines(turn: Turn, notice: str) -> Step:
    page = turn.id(1) // ticket_lines.PER_PAGE
    return turn.go("ticket_lines", notice, ticket_id=turn.id(), page=page)
