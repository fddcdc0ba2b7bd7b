"""A note to a ticket: what nobody can read on it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.buttons import Button
from bot.events import Kind
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_facts, tickets
from services.actor import Role


@dataclass(frozen=True)
class State:
    """Which ticket."""

    ticket_id: int = 0


screen = Screen("ticket_note", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The note as it is."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    drop = [Button("drop_note", "ticket_drop_note", (ticket.id,))] if ticket.note else []
    return Face({"ticket": ticket}, [drop, [Button("back", "ticket", (ticket.id,))]])


@screen.pressed("ticket_note")
def ask(turn: Turn) -> Step:
    """Ask for the note."""
    return turn.go("ticket_note", ticket_id=turn.id())


@screen.pressed("ticket_drop_note")
def drop(turn: Turn) -> Step:
    """Take the note away."""
    ticket_facts.correct_note(turn.session, turn.id(), "", by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.id())


@screen.typed(Kind.TEXT)
def type_note(turn: Turn) -> Step:
    """A typed text is the note."""
    ticket_facts.correct_note(turn.session, turn.state.ticket_id, turn.text, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.state.ticket_id)


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket was read meanwhile."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
