"""One ticket: what was photographed, typed and read of a sale, what does not agree, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import parsing_tickets
from bot.buttons import Button
from bot.events import Kind
from bot.screens import ticket_photos
from bot.screens.rep import order_gain, quick_order, ticket_ways
from bot.screens.screen import Face, Screen, Step, Turn
from services import ticket_duplicates, ticket_facts, ticket_matching, ticket_orders, tickets
from services.actor import Role
from services.ticket_states import OPEN, Status

if TYPE_CHECKING:
    from db.models.tickets import Ticket
    from services.ticket_facts import Comparison

LINES_SHOWN = 8
DUPLICATES_SHOWN = 3


@dataclass(frozen=True)
class State:
    """Which ticket, which of its photos is shown next, and whether throwing it away was asked for once."""

    ticket_id: int = 0
    photo: int = 0
    form: int = 0
    """The number of the form that its client was just written down with."""
    discarding: bool = False
    just_recorded: bool = False
    """Whether this is the answer to recording it."""


screen = Screen("ticket", roles=frozenset({Role.REP}), state=State)


@screen.shown
def show(turn: Turn, state: State) -> Face:
    """Everything that is known of it on one message; what can be done ends with recording the sale."""
    ticket = tickets.get(turn.session, state.ticket_id, by=turn.actor)
    is_open = ticket.status in OPEN
    compared = ticket_facts.compare(turn.session, ticket)
    matches = ticket_matching.match(turn.session, ticket) if is_open else ()
    facts = {
        "ticket": ticket,
        "is_open": is_open,
        "compared": compared,
        "matches": matches[:LINES_SHOWN],
        "more_lines": max(0, len(matches) - LINES_SHOWN),
        "sure": sum(match.sure for match in matches),
        "duplicates": ticket_duplicates.find(turn.session, ticket)[:DUPLICATES_SHOWN],
        "joining": ticket.join_until is not None and ticket.join_until >= turn.now,
        "discarding": state.discarding and is_open,
        "recorded": ticket.status == Status.RECORDED,
        "earned": order_gain.of_done(turn, ticket.order_id) if ticket.order_id and not is_open else [],
        "moved": order_gain.of_sale(turn, ticket.order) if ticket.order and state.just_recorded else [],
    }
    if facts["discarding"]:
        keep = Button("keep", "ticket", (ticket.id,))
        return Face(facts, [[keep, Button("do_discard", "ticket_discard", (ticket.id,), ticket.version)]])
    if not is_open:
        return Face(facts, _ended_rows(ticket, state))
    return Face(facts, _open_rows(ticket, compared, state, has_lines=bool(matches)))


def _open_rows(ticket: Ticket, compared: Comparison, state: State, *, has_lines: bool) -> list[list[Button]]:
    ids = (ticket.id,)
    units = [
        Button("units", "ticket_units", (ticket.id, one.category_id), facts={"one": one}) for one in compared.units[:4]
    ]
    fields = [
        Button("amount", "ticket_amount", ids),
        *units,
        Button("day", "ticket_day", ids),
        Button("note", "ticket_note", ids),
    ]
    rows = [[Button("done", "ticket_done", ids)]] if ticket.album and ticket.status == Status.COLLECTING else []
    rows += [fields[at : at + 2] for at in range(0, len(fields), 2)]
    lines = [Button("lines", "ticket_lines", (ticket.id, 0))] if has_lines else []
    rows.append([*lines, *_photo(ticket, state)])
    rows.append([Button("more_photos", "ticket_join", ids)])
    rows.append([Button("discard", "ticket_ask_discard", ids), Button("menu", "home")])
    if compared.unsure_minor is not None and ticket.amount_minor is None:
        rows.append([Button("is_it", "ticket_take_amount", ids, facts={"minor": compared.unsure_minor})])
    rows.append([Button("client", "ticket_client", (ticket.id, 0))])
    rows.append([Button("draft", "ticket_draft", ids, ticket.version)])
    if ticket.amount_minor is not None and ticket.client_id is not None:
        rows.append([Button("record", "ticket_record", ids, ticket.version)])
    return rows


def _photo(ticket: Ticket, state: State) -> list[Button]:
    return [Button("photo", "ticket_photo", (ticket.id, state.photo))] if ticket.photos else []


def _ended_rows(ticket: Ticket, state: State) -> list[list[Button]]:
    rows = [[*_photo(ticket, state), Button("my_tickets", "tickets", (0,))], [Button("menu", "home")]]
    if ticket.order_id is not None and ticket.status == Status.DRAFTED:
        rows.append([Button("to_draft", "draft", (ticket.order_id,))])
    elif ticket.order_id is not None:
        rows.append([Button("to_sale", "order", (ticket.order_id,))])
    return rows


@screen.pressed("ticket")
def open_ticket(turn: Turn) -> Step:
    """Show a ticket."""
    return turn.go("ticket", ticket_id=turn.id())


@screen.command("ticket", "чек")
def open_current(turn: Turn) -> Step:
    """Show the ticket that is being worked on, else the list of all."""
    ticket = tickets.current(turn.session, by=turn.actor)
    if ticket is None:
        return turn.go("tickets")
    return turn.go("ticket", ticket_id=ticket.id)


@screen.otherwise(Kind.PHOTO, Kind.FILE)
def send_photo(turn: Turn) -> Step | None:
    """A photo that no screen asks for is one of a ticket."""
    return ticket_ways.take_photo(turn)


@screen.claims_text(parsing_tickets.has_tags)
def type_tags(turn: Turn) -> Step | None:
    """A text with tags tells of the ticket that is shown, else of a sale without a photo."""
    return ticket_ways.take_text(turn)


@screen.typed(Kind.TEXT)
def type_amount(turn: Turn) -> Step | None:
    """A figure alone is the sum."""
    minor = parsing_tickets.parse_bare_amount(turn.text, turn.company.currency)
    ticket = tickets.get(turn.session, turn.state.ticket_id, by=turn.actor)
    if minor is None or ticket.status not in OPEN:
        return None
    ticket_facts.correct_amount(turn.session, ticket.id, minor, by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=ticket.id)


@screen.pressed("ticket_done")
def done(turn: Turn) -> Step:
    """All photos of the album are there: read them now."""
    tickets.done_collecting(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("ticket", ticket_id=turn.id())


@screen.pressed("ticket_join")
def join(turn: Turn) -> Step:
    """Let the next photo belong to this ticket."""
    tickets.join_next(turn.session, turn.id(), by=turn.actor, now=turn.now)
    return turn.go("ticket", "send_more", ticket_id=turn.id())


@screen.pressed("ticket_photo")
def show_photo(turn: Turn) -> Step:
    """Send one of its photos, with the ticket below."""
    photo = ticket_photos.asked_for(turn)
    return photo.above(turn.go("ticket", ticket_id=turn.id(), photo=photo.following))


@screen.pressed("ticket_ask_discard")
def ask_discard(turn: Turn) -> Step:
    """Ask once more before throwing it away."""
    return turn.go("ticket", ticket_id=turn.id(), discarding=True)


@screen.pressed("ticket_discard")
def discard(turn: Turn) -> Step:
    """Throw it away; its photos stay on file."""
    tickets.discard(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    return turn.go("ticket", "discarded", ticket_id=turn.id())


@screen.pressed("ticket_draft")
def make_draft(turn: Turn) -> Step:
    """Make a draft order of it: its client, and every line whose product is known."""
    made = ticket_orders.make_draft(turn.session, turn.id(), turn.version, by=turn.actor, now=turn.now)
    has_lines = made.taken or made.untaken
    step = quick_order.show_of_ticket(turn, made.taken, made.untaken) if has_lines else turn.go("cart", "drafted")
    return ticket_ways.thumbed(turn, tickets.get(turn.session, turn.id(), by=turn.actor), step)


@screen.pressed("ticket_record")
def record(turn: Turn) -> Step:
    """Record the sale; where typed and read do not agree, ask why first."""
    ticket = tickets.get(turn.session, turn.id(), by=turn.actor)
    is_current = ticket.status in OPEN and ticket.version == turn.version
    if is_current and ticket_facts.compare(turn.session, ticket).differs:
        return turn.go("ticket_reason", ticket_id=ticket.id, version=ticket.version)
    return ticket_ways.record(turn, ticket.id, turn.version)


@screen.heard("ticket.read", "file.not_fetched")
def show_read(turn: Turn) -> Step | None:
    """The ticket that is shown was read, or a photo of it could not be fetched."""
    return turn.stay() if ticket_ways.is_about(turn.heard, turn.state.ticket_id) else None
