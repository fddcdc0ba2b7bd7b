"""How many units of a counted category a ticket is about, typed or taken as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from bot import parsing_tickets
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Stale, Step, Turn
from services import ticket_facts, tickets
from services.actor import Role

OFFERED = (1, 2, 3, 4, 5, 6, 8, 10, 12, 20)
PER_ROW = 5


@dataclass(frozen=True)
class State:
    """Which ticket and which category."""

    ticket_id: int = 0
    category_id: int = 0


screen = Screen("ticket_units", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What counts now and what was read, with the figures that are asked for most."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    compared = ticket_facts.compare(turn.session, ticket)
    one = next((known for known in compared.units if known.category_id == state.category_id), None)
    if one is None:
        raise Stale
    buttons = [
        Button("figure", "ticket_set_units", (ticket.id, state.category_id, figure * 1000), facts={"figure": figure})
        for figure in OFFERED
    ]
    rows = [buttons[at : at + PER_ROW] for at in range(0, len(buttons), PER_ROW)]
    rows.append([Button("back", "ticket", (ticket.id,))])
    if one.units.read is not None and one.units.counts != one.units.read:
        read = Button("take_read", "ticket_set_units", (ticket.id, state.category_id, one.units.read))
        rows.append([read])
    return Face({"ticket": ticket, "one": one}, rows)


@screen.pressed("ticket_units")
def ask(turn: Turn) -> Step:
    """Ask for the units of a category."""
    return turn.go("ticket_units", ticket_id=turn.id(), category_id=turn.id(1))


@screen.pressed("ticket_set_units")
def choose(turn: Turn) -> Step:
    """Count so many thousandths."""
    ticket_facts.correct_units(turn.session, turn.id(), turn.id(1), turn.amount(2), by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.id())


@screen.typed(Kind.TEXT)
def type_units(turn: Turn) -> Step:
    """A typed figure is how many."""
    milli, state = parsing_tickets.parse_units(turn.text), turn.state
    if milli is None:
        return turn.stay("units_unclear")
    ticket_facts.correct_units(turn.session, state.ticket_id, state.category_id, milli, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=state.ticket_id)


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket was read meanwhile."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
