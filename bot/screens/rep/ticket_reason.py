"""Why a sale is recorded with other figures than its ticket has; an admin will look at it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_facts, tickets
from services.actor import Role
from services.ticket_facts import Verdict


@dataclass(frozen=True)
class State:
    """Which ticket, as it was when the sale was to be recorded."""

    ticket_id: int = 0
    version: int = 0


screen = Screen("ticket_reason", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """What was typed beside what was read; the read figures can be taken instead."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    compared = ticket_facts.compare(turn.session, ticket)
    ids = (ticket.id,)
    return Face(
        {"ticket": ticket, "compared": compared},
        [[Button("back", "ticket", ids)], [Button("take_read", "ticket_take_read", ids)]],
    )


@screen.pressed("ticket_take_read")
def take_read(turn: Turn) -> Step:
    """Count all that was read, and look at it once more."""
    ticket = tickets.get(turn.session, turn.id(), by=turn.actor)
    compared = ticket_facts.compare(turn.session, ticket)
    if compared.amount.verdict is Verdict.DIFFERS and compared.amount.read is not None:
        ticket_facts.correct_amount(turn.session, ticket.id, compared.amount.read, by=turn.actor, now=turn.now)
    for one in compared.units:
        if one.units.verdict is Verdict.DIFFERS:
            ticket_facts.correct_units(
                turn.session, ticket.id, one.category_id, one.units.read, by=turn.actor, now=turn.now
            )
    return turn.go("ticket", ticket_id=ticket.id)


@screen.typed(Kind.TEXT)
def type_reason(turn: Turn) -> Step:
    """A typed text says why; the sale is recorded with it."""
    return ticket_ways.record(turn, turn.state.ticket_id, turn.state.version, turn.text)
