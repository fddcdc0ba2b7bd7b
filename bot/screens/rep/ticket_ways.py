"""What comes to a ticket from anywhere in the chat: photos, texts with tags. No screen of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from bot import parsing_tickets
from bot.events import Incoming, Kind
from bot.screens.screen import Step, Turn
from services import company, fetching, ticket_orders, tickets
from services.ticket_states import OPEN
from services.ticket_tags import Tags

if TYPE_CHECKING:
    from db.models.tickets import Ticket

SEEN, DONE = "👀", "👍"
SCREENS = frozenset({"ticket", "ticket_amount", "ticket_units", "ticket_day", "ticket_client", "ticket_note"})
"""Screens that show one ticket which can still be changed: what is typed there belongs to it."""
_TYPES = ("image/", "application/pdf", "application/octet-stream")
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".gif", ".pdf"})


def take_photo(turn: Turn) -> Step | None:
    """Begin a ticket with a photo, or add it to the ticket that waits for it; files that cannot be photos are none.

    What is a photo in the end is found out where it is read.
    """
    incoming = turn.incoming
    if not incoming.file_ref or (incoming.kind is Kind.FILE and not _may_be_a_photo(incoming)):
        return None
    tags = read_tags(turn, incoming.text)
    ticket = tickets.take_photo(
        turn.session,
        incoming.file_ref,
        album=incoming.album,
        caption=incoming.text,
        tags=tags,
        chat_key=incoming.chat_key,
        message_ref=incoming.message_id,
        name=incoming.file_name,
        by=turn.actor,
        now=turn.now,
    )
    return _told(turn, ticket, tags).reacting(SEEN, incoming.message_id)


def take_text(turn: Turn) -> Step | None:
    """A text with tags: about the ticket that is shown, else a sale without a photo."""
    tags = read_tags(turn, turn.text)
    if not tags.said and not tags.unclear:
        return None
    shown = _shown(turn)
    if shown is not None and not _is_another_sale(shown, tags):
        ticket = tickets.apply(turn.session, shown.id, tags, turn.text, by=turn.actor, now=turn.now)
        return _told(turn, ticket, tags)
    ticket = tickets.take_text(
        turn.session,
        tags,
        turn.text,
        chat_key=turn.incoming.chat_key,
        message_ref=turn.incoming.message_id,
        by=turn.actor,
        now=turn.now,
    )
    return _told(turn, ticket, tags).reacting(SEEN, turn.incoming.message_id)


def read_tags(turn: Turn, text: str) -> Tags:
    """The tags of a text, in the company's currency, up to the company's today."""
    profile = turn.company
    return parsing_tickets.parse_tags(text, currency=profile.currency, today=company.today(profile, turn.now))


def record(turn: Turn, ticket_id: int, version: int, reason: str = "") -> Step:
    """Record the sale of a ticket, once."""
    ticket_orders.record_sale(turn.session, ticket_id, version, reason=reason, by=turn.actor, now=turn.now)
    ticket = tickets.get(turn.session, ticket_id, by=turn.actor)
    return thumbed(turn, ticket, turn.go("ticket", ticket_id=ticket_id, just_recorded=True))


def thumbed(turn: Turn, ticket: Ticket, step: Step) -> Step:
    """The same step with a thumb under the message that the ticket came with, where it came into this chat."""
    if ticket.chat_key != turn.incoming.chat_key or not ticket.message_ref:
        return step
    return step.reacting(DONE, ticket.message_ref)


def is_about(heard: Mapping[str, Any], ticket_id: int) -> bool:
    """Tell whether an internal event is about this ticket: it was read, or a photo of it could not be fetched."""
    asked = heard.get("facts", heard)
    return bool(heard.get("purpose", fetching.TICKET) == fetching.TICKET and asked.get("ticket_id") == ticket_id)


def _told(turn: Turn, ticket: Ticket, tags: Tags) -> Step:
    """Show the ticket, and name back what was not understood."""
    if tags.unknown or tags.unclear:
        named = {"unknown": tags.unknown, "unclear": tags.unclear}
        return turn.go("ticket", "not_understood", named, ticket_id=ticket.id)
    return turn.go("ticket", ticket_id=ticket.id)


def _shown(turn: Turn) -> Ticket | None:
    """The ticket of the living screen, while it can be changed."""
    last = turn.last_screen
    if last is None or last.screen not in SCREENS:
        return None
    ticket_id = int(dict(last.state).get("ticket_id", 0))
    ticket = tickets.get(turn.session, ticket_id, by=turn.actor) if ticket_id else None
    return ticket if ticket is not None and ticket.status in OPEN else None


def _is_another_sale(shown: Ticket, tags: Tags) -> bool:
    """Tell whether a text names a sum and a client while the ticket that is shown has its own: typed one after the
    other, none of two sales may be lost.
    """
    complete = tags.amount_minor is not None and tags.client is not None
    return complete and (shown.typed_minor is not None or bool(shown.client_text) or shown.client_id is not None)


def _may_be_a_photo(incoming: Incoming) -> bool:
    return incoming.content_type.startswith(_TYPES) or PurePath(incoming.file_name).suffix.lower() in _SUFFIXES
