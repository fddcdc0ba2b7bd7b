"""Whether what came of a ticket's photos is news to the rep who looks at it, and may be pressing a button just now."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from db.models.tickets import Ticket
from services import ticket_duplicates
from services.ticket_duplicates import Duplicate
from services.ticket_states import touch


class ActedOn(NamedTuple):
    """What a rep goes by who says what becomes of a ticket: the figures that count, the day, the warnings."""

    amount_minor: int | None
    sold_on: date | None
    units_milli: dict[int, int]
    duplicates: tuple[Duplicate, ...]


def acted_on(session: Session, ticket: Ticket) -> ActedOn:
    """As it stands; units by the category's id."""
    session.flush()
    units = {row.category_id: row.counts_milli for row in ticket.units if row.counts_milli is not None}
    return ActedOn(ticket.amount_minor, ticket.sold_on, units, ticket_duplicates.find(session, ticket))


def tell_apart(session: Session, ticket: Ticket, before: ActedOn, *, now: datetime) -> None:
    """Give a locked ticket a new version where any of it has changed, so that buttons made before can be told."""
    if acted_on(session, ticket) != before:
        touch(session, ticket, now=now)
