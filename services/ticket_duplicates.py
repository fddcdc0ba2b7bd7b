"""Tickets that may have been sent before: only a warning, and whoever reads it decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from db.models.files import File
from db.models.orders import Order
from db.models.tickets import Ticket, TicketPhoto, TicketPictureBand
from services import company, picture_bands
from services.order_states import Status as OrderStatus
from services.periods import Period
from services.ticket_states import Status

SAME_FILE, SAME_PICTURE, SAME_FISCAL_ID, SAME_SALE = "same_file", "same_picture", "same_fiscal_id", "same_sale"
MOST: Final = 5
_LOOKED_AT: Final = 500


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another ticket, or an order that no ticket became, that may be the same sale; and whose it is."""

    reasons: tuple[str, ...]
    ticket_id: int | None
    order_id: int | None
    rep: str
    day: date


def find(session: Session, ticket: Ticket) -> tuple[Duplicate, ...]:
    """What looks like this ticket, anybody's, the surest first, at most ``MOST``; discarded ones do not count."""
    reasons: dict[int, list[str]] = {}
    for reason, ids in (
        (SAME_FILE, _same_files(session, ticket)),
        (SAME_FISCAL_ID, _same_fiscal_id(session, ticket)),
        (SAME_PICTURE, _same_pictures(session, ticket)),
        (SAME_SALE, _same_sales(session, ticket)),
    ):
        for ticket_id in ids:
            reasons.setdefault(ticket_id, []).append(reason)
    reasons.pop(ticket.id, None)
    found = list(_of_tickets(session, reasons))
    known = {one.order_id for one in found} | {ticket.order_id}
    found += [one for one in _of_orders(session, ticket) if one.order_id not in known]
    return tuple(found[:MOST])


def day_of(session: Session, ticket: Ticket) -> date:
    """The day of the sale: as it was typed or read, else when the ticket came."""
    return ticket.sold_on or company.today(company.get(session), ticket.created_at)


def _same_files(session: Session, ticket: Ticket) -> list[int]:
    mine, theirs = aliased(File), aliased(File)
    query = (
        select(TicketPhoto.ticket_id)
        .join(theirs, theirs.id == TicketPhoto.file_id)
        .join(mine, mine.sha256 == theirs.sha256)
        .where(mine.id.in_([photo.file_id for photo in ticket.photos]), TicketPhoto.ticket_id != ticket.id)
    )
    return list(session.scalars(query.distinct().order_by(TicketPhoto.ticket_id.desc()).limit(_LOOKED_AT)))


def _same_pictures(session: Session, ticket: Ticket) -> list[int]:
    hashes = [photo.picture_hash for photo in ticket.photos if photo.picture_hash]
    if not hashes:
        return []
    keys = {key for one in hashes for key in picture_bands.keys(one)}
    query = (
        select(TicketPhoto.ticket_id, TicketPhoto.picture_hash)
        .join(
            TicketPictureBand,
            (TicketPictureBand.ticket_id == TicketPhoto.ticket_id) & (TicketPictureBand.file_id == TicketPhoto.file_id),
        )
        .where(TicketPictureBand.key.in_(keys), TicketPhoto.ticket_id != ticket.id)
        .distinct()
    )
    near = {
        ticket_id
        for ticket_id, other in session.execute(query)
        if any(picture_bands.distance(one, other) <= picture_bands.FARTHEST for one in hashes)
    }
    return sorted(near, reverse=True)


def _same_fiscal_id(session: Session, ticket: Ticket) -> list[int]:
    if not ticket.fiscal_id:
        return []
    query = select(Ticket.id).where(Ticket.fiscal_id == ticket.fiscal_id, Ticket.id != ticket.id)
    return list(session.scalars(query.order_by(Ticket.id.desc()).limit(_LOOKED_AT)))


def _same_sales(session: Session, ticket: Ticket) -> list[int]:
    """Other tickets of the same client, sum and day."""
    if ticket.client_id is None or ticket.amount_minor is None:
        return []
    query = select(Ticket).where(
        Ticket.client_id == ticket.client_id,
        Ticket.amount_minor == ticket.amount_minor,
        Ticket.currency == ticket.currency,
        Ticket.id != ticket.id,
    )
    day = day_of(session, ticket)
    others = session.scalars(query.order_by(Ticket.id.desc()).limit(_LOOKED_AT))
    return [other.id for other in others if day_of(session, other) == day]


def _of_tickets(session: Session, reasons: dict[int, list[str]]) -> Iterator[Duplicate]:
    query = select(Ticket).where(Ticket.id.in_(reasons), Ticket.status != Status.DISCARDED.value)
    others = {other.id: other for other in session.scalars(query.options(joinedload(Ticket.person)))}
    for ticket_id, why in reasons.items():
        if ticket_id in others:
            other = others[ticket_id]
            yield Duplicate(tuple(why), other.id, other.order_id, other.person.name, day_of(session, other))


def _of_orders(session: Session, ticket: Ticket) -> Iterator[Duplicate]:
    """Orders of the same client, sum and day, whichever way they came in."""
    if ticket.client_id is None or ticket.amount_minor is None:
        return
    day = day_of(session, ticket)
    begin, end = Period(day, day).moments(company.get(session).time_zone)
    query = select(Order).where(
        Order.client_id == ticket.client_id,
        Order.submitted_at >= begin,
        Order.submitted_at < end,
        Order.total_minor == ticket.amount_minor,
        Order.currency == ticket.currency,
        Order.status.not_in([OrderStatus.CANCELLED.value, OrderStatus.VOIDED.value]),
    )
    for order in session.scalars(query.options(joinedload(Order.rep)).order_by(Order.id.desc()).limit(MOST + 1)):
        yield Duplicate((SAME_SALE,), None, order.id, order.rep.name, day)
