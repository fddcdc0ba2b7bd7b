"""Sales that were recorded although the photo says something else: admins look at them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from db.models.orders import Order
from db.models.tickets import WANTED, Ticket
from services import audit, cart, ticket_states
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.order_states import Status
from services.paging import PAGE_SIZE, Page, page_of

LONGEST_WORDS: Final = 500


class NothingAsked(DomainError):
    """To question a sale takes words. No facts."""


def list_wanted(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[Ticket]:
    """The tickets that wait for an admin's look, the oldest first. ``page`` counts from 0. Raises NotAllowed."""
    _require(by, "read", "tickets")
    query = (
        select(Ticket)
        .where(_open())
        .order_by(Ticket.done_at, Ticket.id)
        .options(joinedload(Ticket.client), joinedload(Ticket.person))
    )
    found = page_of(session, query, page=page, size=size)
    return Page(tuple(row[0] for row in found.items), found.page, found.pages, more=found.more)


def count_wanted(session: Session, *, by: Actor) -> int:
    """How many tickets wait for an admin's look. Raises NotAllowed."""
    _require(by, "read", "tickets")
    return session.scalar(select(func.count()).select_from(Ticket).where(_open())) or 0


def accept(session: Session, ticket_id: int, version: int, *, by: Actor, now: datetime) -> Ticket:
    """The sale is right as the rep recorded it. Raises NotAllowed or Moved (another has looked). Locks the ticket."""
    return _decide(session, ticket_id, version, "accepted", "", by=by, now=now)


def question(session: Session, ticket_id: int, version: int, words: str, *, by: Actor, now: datetime) -> Ticket:
    """Ask the rep about the sale, which stays as it is; announces ``ticket_questioned`` to the rep. Locks the ticket.

    Raises NotAllowed, Moved (another has looked), NothingAsked or TextTooLong.
    """
    kept = cart.kept_text(words, LONGEST_WORDS)
    if not kept:
        raise NothingAsked
    ticket = _decide(session, ticket_id, version, "questioned", kept, by=by, now=now)
    announce(
        session,
        Audience(person_id=ticket.person_id),
        "ticket_questioned",
        ticket_id=ticket.id,
        order_id=ticket.order_id,
        client=ticket.client.name if ticket.client else "",
        amount_minor=ticket.amount_minor,
        currency=ticket.currency,
        by=by.name,
        words=kept,
    )
    return ticket


def _open() -> ColumnElement[bool]:
    """Which tickets wait: of a sale that was voided meanwhile nothing is to be asked any more."""
    voided = Ticket.order.has(Order.status == Status.VOIDED.value)
    return and_(WANTED, ~voided)


def _decide(
    session: Session, ticket_id: int, version: int, review: str, words: str, *, by: Actor, now: datetime
) -> Ticket:
    subject = f"ticket:{ticket_id}"
    _require(by, review, subject)
    ticket = ticket_states.lock(session, ticket_id)
    if ticket is None:
        raise NotAllowed(by=by, action=f"ticket.{review}", subject=subject)
    if ticket.version != version or ticket.review != "wanted":
        raise Moved(ticket=ticket_id)
    ticket.review, ticket.review_words = review, words
    ticket.reviewed_by, ticket.reviewed_at = by.person_id, now
    after = {"review": review} | ({"words": words} if words else {})
    audit.write(session, by=by, action=f"ticket.{review}", subject=subject, now=now, after=after)
    ticket_states.touch(session, ticket, now=now)
    return ticket


def _require(by: Actor, action: str, subject: str) -> None:
    require(by, Role.ADMIN, action=f"ticket.{action}", subject=subject)
