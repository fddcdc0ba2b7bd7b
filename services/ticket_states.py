"""Where a ticket may stand and how it gets from one state to another; and who may touch it.

Beneath all other rules about tickets, so that each of them can use it. Locks: the ticket before orders and lanes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.tickets import Ticket, TicketCorrection
from services import audit
from services.actor import Actor, NotAllowed, Role, require
from services.errors import DomainError, Moved
from services.order_states import Status as OrderStatus


class Status(StrEnum):
    """Where a ticket stands."""

    COLLECTING = "collecting"
    """Photos are on their way, or more may come."""
    READING = "reading"
    READ = "read"
    """Read, or found unreadable (``trouble``), or typed: the rep says what becomes of it."""
    DRAFTED = "drafted"
    RECORDED = "recorded"
    DISCARDED = "discarded"


OPEN: Final = (Status.COLLECTING, Status.READING, Status.READ)
"""What the rep still works on; it can be ended by hand in each of these states."""
_ENDS: Final = (Status.DRAFTED, Status.RECORDED, Status.DISCARDED)
MOVES: Final[Mapping[Status, frozenset[Status]]] = MappingProxyType(
    {
        Status.COLLECTING: frozenset({Status.READING, Status.READ, *_ENDS}),
        # another photo came while it was being read
        Status.READING: frozenset({Status.COLLECTING, Status.READ, *_ENDS}),
        Status.READ: frozenset({Status.COLLECTING, Status.READING, *_ENDS}),
        # the draft was thrown away
        Status.DRAFTED: frozenset({Status.READ}),
        Status.RECORDED: frozenset(),
        Status.DISCARDED: frozenset(),
    }
)
"""Every allowed move: from a state to these."""


class TicketMoveRefused(DomainError):
    """A ticket in this state cannot come into that one. Facts: ticket (its id), status, to."""


def move(session: Session, ticket: Ticket, to: Status, *, by: Actor | None, now: datetime, **facts: Any) -> None:
    """Bring a locked ticket into another state: status, version, an audit row with ``facts`` (plain JSON values).

    Where it stands there already only the version grows. Raises TicketMoveRefused, having changed nothing.
    """
    go_on(session, ticket, to, by=by, now=now, **facts)
    touch(session, ticket, now=now)


def go_on(session: Session, ticket: Ticket, to: Status, *, by: Actor | None, now: datetime, **facts: Any) -> None:
    """The same by itself, while the rep looks at it: nothing that a button acts on has changed, and those that were
    there before still work.
    """
    before = Status(ticket.status)
    if to is not before:
        if to not in MOVES[before]:
            raise TicketMoveRefused(ticket=ticket.id, status=before.value, to=to.value)
        ticket.status = to.value
        if to in _ENDS:
            ticket.done_at, ticket.join_until = now, None
        audit.write(
            session,
            by=by,
            action=f"ticket.{to.value}",
            subject=f"ticket:{ticket.id}",
            now=now,
            before={"status": before.value},
            after={"status": to.value, **facts},
        )
    ticket.touched_at = max(now, ticket.touched_at)
    session.flush()


def touch(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Note that a locked ticket has changed, so that buttons made before can be told."""
    ticket.version += 1
    ticket.touched_at = max(now, ticket.touched_at)
    session.flush()


def lock(session: Session, ticket_id: int) -> Ticket | None:
    """Read a ticket as it is now and hold its row to the end of the transaction."""
    query = select(Ticket).where(Ticket.id == ticket_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def lock_own(session: Session, ticket_id: int, *, by: Actor, action: str) -> Ticket:
    """Lock a ticket of the actor's, in whatever state; else NotAllowed, for a guessed id too. Reps only."""
    subject = f"ticket:{ticket_id}"
    require(by, Role.REP, action=f"ticket.{action}", subject=subject)
    ticket = lock(session, ticket_id)
    if ticket is None or ticket.person_id != by.person_id:
        raise NotAllowed(by=by, action=f"ticket.{action}", subject=subject)
    return ticket


def lock_open(
    session: Session, ticket_id: int, *, by: Actor, action: str, now: datetime, version: int | None = None
) -> Ticket:
    """Lock a ticket of the actor's that is still worked on; raises NotAllowed or Moved (ended, or another version).

    A ticket whose draft was thrown away is worked on again.
    """
    ticket = lock_own(session, ticket_id, by=by, action=action)
    if version is not None and ticket.version != version:
        raise Moved(ticket=ticket_id)
    if is_abandoned(ticket):
        ticket.order, ticket.order_id, ticket.done_at = None, None, None
        move(session, ticket, Status.READ, by=by, now=now)
    if ticket.status not in OPEN:
        raise Moved(ticket=ticket_id)
    return ticket


def is_abandoned(ticket: Ticket) -> bool:
    """Tell whether a draft was made of it and thrown away since."""
    if ticket.status != Status.DRAFTED:
        return False
    return ticket.order_id is None or ticket.order is None or ticket.order.status == OrderStatus.CANCELLED


def correct(
    session: Session, ticket: Ticket, field: str, change: tuple[object, object], *, by: Actor, now: datetime
) -> None:
    """Write down what a rep has said of a locked ticket, for good; ``change``: what stood there, and what does now."""
    before, after = (None if value is None else str(value) for value in change)
    session.add(
        TicketCorrection(ticket_id=ticket.id, at=now, person_id=by.person_id, field=field, before=before, after=after)
    )
