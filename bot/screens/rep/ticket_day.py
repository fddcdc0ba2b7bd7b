"""The day of a ticket's sale: today, yesterday, by calendar or typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot import parsing_tickets
from bot.buttons import Button
from bot.events import Kind
from bot.screens import calendar
from bot.screens.calendar import Choice
from bot.screens.rep import ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import company, ticket_facts, tickets
from services.actor import Role

LONGEST_AGO = timedelta(days=365)


@dataclass(frozen=True)
class State:
    """Which ticket, and the month that is shown (the ordinal of any of its days, 0: the ticket's)."""

    ticket_id: int = 0
    shown: int = 0


screen = Screen("ticket_day", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """The calendar of the last year up to today."""
    ticket, today = tickets.get(turn.session, state.ticket_id, by=turn.actor), company.today(turn.company, turn.now)
    choice = Choice(today - LONGEST_AGO, today, chosen=ticket.sold_on)
    shown = date.fromordinal(state.shown) if state.shown else ticket.sold_on or today
    yesterday = today - timedelta(days=1)
    quick = [
        Button("yesterday", "ticket_on", (ticket.id, yesterday.toordinal())),
        Button("today", "ticket_on", (ticket.id, today.toordinal())),
    ]
    rows = calendar.rows(shown, choice, turn.locale, day="ticket_on", month="ticket_day", ids=(ticket.id,))
    return Face({"ticket": ticket}, [*rows, [Button("back", "ticket", (ticket.id,))], quick])


@screen.pressed("ticket_day")
def ask(turn: Turn) -> Step:
    """Ask for the day; with an ordinal, show the month of that day."""
    shown = calendar.day_of(turn.id(1)).toordinal() if len(turn.ids) > 1 else 0
    return turn.go("ticket_day", ticket_id=turn.id(), shown=shown)


@screen.pressed("ticket_on")
def choose(turn: Turn) -> Step:
    """The sale was on that day."""
    day = calendar.day_of(turn.id(1))
    ticket_facts.correct_day(turn.session, turn.id(), day, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.id())


@screen.typed(Kind.TEXT)
def type_day(turn: Turn) -> Step:
    """A typed day."""
    day = parsing_tickets.parse_past_day(turn.text, company.today(turn.company, turn.now))
    if day is None:
        return turn.stay("day_unclear")
    ticket_facts.correct_day(turn.session, turn.state.ticket_id, day, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.state.ticket_id)


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket was read meanwhile."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
