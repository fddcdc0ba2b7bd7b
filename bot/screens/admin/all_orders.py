"""All orders, for admins: by state, by the number of an order or paper, by client or rep."""

from __future__ import annotations

from dataclasses import dataclass

from bot import keyboards
from bot.buttons import Button
from bot.events import Kind
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import order_oversight
from services.actor import Role
from services.order_oversight import STATES

LONGEST_QUERY = 60


@dataclass(frozen=True)
class State:
    """Which page, of which state (place in ``STATES`` from 1; 0: all), and what was looked for."""

    page: int = 0
    only: int = 0
    query: str = ""


screen = Screen("all_orders", roles=frozenset({Role.ADMIN}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """How many are open, and a page of the chosen ones."""
    status = STATES[state.only - 1].value if state.only else ""
    found = order_oversight.list_orders(turn.session, by=turn.actor, page=state.page, status=status, query=state.query)
    counts = order_oversight.count_open(turn.session, by=turn.actor)
    rows = [[Button("one", "order", (order.id,), facts={"order": order})] for order in found.items]
    rows.append(keyboards.pages(found, "all_orders"))
    filters = [
        Button("only", "all_orders_only", (number,), facts={"status": one.value, "count": counts.get(one.value)})
        for number, one in enumerate(STATES, start=1)
    ]
    rows += [filters[start : start + 2] for start in range(0, len(filters), 2)]
    every = [Button("every", "all_orders_only", (0,))] if state.only or state.query else []
    rows.append([*every, *keyboards.menu()])
    return Face({"found": found, "status": status, "query": state.query}, rows)


@screen.pressed("all_orders")
def open_orders(turn: Turn) -> Step:
    """Show a page; state and search stay while their list is the living screen."""
    known = turn.state or State()
    return turn.go("all_orders", page=turn.id() if turn.ids else 0, only=known.only, query=known.query)


@screen.pressed("all_orders_only")
def choose_state(turn: Turn) -> Step:
    """Show those of one state, or all."""
    if turn.id() > len(STATES):
        raise Stale
    return turn.go("all_orders", only=turn.id())


@screen.typed(Kind.TEXT)
def search(turn: Turn) -> Step:
    """Look for the number of an order or paper, a client or a rep."""
    return turn.go("all_orders", query=turn.text[:LONGEST_QUERY])
