"""The rep's orders, the last touched first: all, or by their state, by number or by client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.parsing_orders import parse_order_number
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import client_search, draft_list, orders
from services.actor import Role
from services.paging import Page

if TYPE_CHECKING:
    from db.models.orders import Order

LONGEST_QUERY = 60
CLIENTS_AT_MOST = 50
FILTERS = ("open", "loaded", "cancelled", "")
"""By their number on the buttons; the last one is all."""


@dataclass(frozen=True)
class State:
    """Which page, of which states, and what was looked for."""

    page: int = 0
    only: str = ""
    query: str = ""


screen = Screen("orders", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """A page of orders with their state."""
    found = _find(turn, state)
    drafts = draft_list.count(turn.session, by=turn.actor)
    rows = [[Button("one", "order", (order.id,), facts={"order": order})] for order in found.items]
    rows.append(keyboards.pages(found, "orders"))
    filters = [
        Button("only", "orders_only", (number,), facts={"filter": name or "all", "is_on": name == state.only})
        for number, name in enumerate(FILTERS)
    ]
    rows += [filters[:2], filters[2:]]
    rows.append([Button("forget", "orders_found")] if state.query else [])
    begun = [Button("drafts", "drafts", (0,), facts={"drafts": drafts})] if drafts else []
    return Face({"found": found, "query": state.query, "only": state.only}, [*rows, [*begun, *keyboards.menu()]])


def _find(turn: Turn, state: State) -> Page[Order]:
    session, by = turn.session, turn.actor
    if not state.query:
        return orders.list_mine(session, by=by, page=state.page, only=state.only)
    number = parse_order_number(state.query)
    known = orders.find_mine(session, number, by=by) if number is not None else None
    if known is not None:
        return Page((known,), 0, 1)
    clients = client_search.list_clients(session, by=by, page=0, size=CLIENTS_AT_MOST, query=state.query)
    ids = [found.client.id for found in clients.items]
    if not ids:
        return Page((), 0, 1)
    return orders.list_mine(session, by=by, page=state.page, only=state.only, client_ids=ids)


@screen.pressed("orders")
@screen.command("orders", menu="command")
def open_orders(turn: Turn) -> Step:
    """Show a page; filter and search stay while their list is the living screen."""
    known = turn.state or State()
    return turn.go("orders", page=turn.id() if turn.ids else 0, only=known.only, query=known.query)


@screen.pressed("orders_only")
def choose_filter(turn: Turn) -> Step:
    """Show those of some states only, or all."""
    if turn.id() >= len(FILTERS):
        raise Stale
    return turn.go("orders", only=FILTERS[turn.id()], query=turn.state.query if turn.state else "")


@screen.pressed("orders_found")
def forget_search(turn: Turn) -> Step:
    """Forget what was looked for."""
    return turn.go("orders", only=turn.state.only if turn.state else "")


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for an order by its number, or for all of a client."""
    return turn.go("orders", only=turn.state.only, query=turn.text[:LONGEST_QUERY])
