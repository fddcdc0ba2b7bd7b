"""The sum of a ticket, typed or taken as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import parsing_tickets
from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_facts, tickets
from services.actor import Role

if TYPE_CHECKING:
    from db.models.tickets import Ticket


@dataclass(frozen=True)
class State:
    """Which ticket."""

    ticket_id: int = 0


screen = Screen("ticket_amount", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What counts now and what was read."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    rows, read = [[Button("back", "ticket", (ticket.id,))]], _read(turn, ticket)
    if read is not None and ticket.amount_minor != read:
        rows.append([Button("take_read", "ticket_take_amount", (ticket.id,))])
    return Face({"ticket": ticket, "read_minor": read}, rows)


def _read(turn: Turn, ticket: Ticket) -> int | None:
    """What was read, for sure or not: whoever presses it has looked."""
    return ticket.read_minor or ticket_facts.compare(turn.session, ticket).unsure_minor


@screen.pressed("ticket_amount")
def ask(turn: Turn) -> Step:
    """Ask for the sum."""
    return turn.go("ticket_amount", ticket_id=turn.id())


@screen.pressed("ticket_take_amount")
def take_read(turn: Turn) -> Step:
    """Count what was read."""
    ticket = tickets.get(turn.session, turn.id(), by=turn.actor)
    read = _read(turn, ticket)
    if read is not None:
        ticket_facts.correct_amount(turn.session, ticket.id, read, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=ticket.id)


@screen.typed(Kind.TEXT)
def type_amount(turn: Turn) -> Step:
    """A typed figure is the sum."""
    minor = parsing_tickets.parse_amount(turn.text, turn.company.currency)
    if minor is None:
        return turn.stay("amount_unclear")
    ticket_facts.correct_amount(turn.session, turn.state.ticket_id, minor, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.state.ticket_id)


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket was read meanwhile."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
