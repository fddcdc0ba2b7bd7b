"""The drafts of a rep: there may be several, and the one that was chosen or changed last is the current one.

A draft belongs to the person, so the choice holds on every device and after any pause.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db.models.orders import Order
from services import audit, cart, drafts
from services.actor import Actor, Role, require
from services.drafts import DRAFT
from services.errors import DomainError, Moved
from services.paging import PAGE_SIZE, Page, page_of

MOST = 20


class TooManyDrafts(DomainError):
    """There are as many drafts as one may have. Facts: most."""


def list_mine(session: Session, *, by: Actor, page: int, size: int = PAGE_SIZE) -> Page[Order]:
    """The actor's drafts, the current one first. ``page`` counts from 0."""
    query = (
        select(Order)
        .where(Order.rep_id == by.person_id, Order.status == DRAFT)
        .order_by(Order.touched_at.desc(), Order.id.desc())
        .options(joinedload(Order.client))
    )
    found = page_of(session, query, page=page, size=size)
    return Page(tuple(row[0] for row in found.items), found.page, found.pages, more=found.more)


def count(session: Session, *, by: Actor) -> int:
    """How many drafts the actor has."""
    mine = select(func.count()).select_from(Order).where(Order.rep_id == by.person_id, Order.status == DRAFT)
    return session.scalar(mine) or 0


def begin(session: Session, *, by: Actor, now: datetime) -> Order:
    """A new empty draft, which becomes the current one; an empty one that is there is taken instead.

    Reps only. Locks the person's row. Raises NotAllowed or TooManyDrafts.
    """
    require(by, Role.REP, action="drafts.begin", subject="order")
    drafts.lock_owner(session, by.person_id)
    mine = select(Order).where(
        Order.rep_id == by.person_id,
        Order.status == DRAFT,
        Order.edits_id.is_(None),
        Order.client_id.is_(None),
        Order.note == "",
        ~Order.lines.any(),
    )
    order = session.scalars(mine.limit(1)).first()
    if order is None:
        check_room(session, by=by)
        order = drafts.make(session, by.person_id, now=now)
    make_current(session, order, now=now)
    return order


def choose(session: Session, order_id: int, *, by: Actor, now: datetime) -> Order:
    """Make this draft the current one. Raises NotAllowed, NotYours or NoLongerDraft."""
    order = cart.lock_draft(session, order_id, by=by, action="choose")
    make_current(session, order, now=now)
    return order


def delete(session: Session, order_id: int, version: int, *, by: Actor, now: datetime) -> None:
    """Throw a draft away for good; the order that it was to change stays as it is.

    Raises NotAllowed, NotYours, NoLongerDraft or Moved.
    """
    order = cart.lock_draft(session, order_id, by=by, action="delete")
    if order.version != version:
        raise Moved(order=order.id)
    remove(session, order, by=by, now=now)


def remove(session: Session, order: Order, *, by: Actor, now: datetime) -> None:
    """Delete a locked draft with all that hangs on it, and write that down."""
    before = {"client_id": order.client_id, "total_minor": order.total_minor, "edits_id": order.edits_id}
    audit.write(session, by=by, action="order.draft_deleted", subject=f"order:{order.id}", now=now, before=before)
    session.delete(order)
    session.flush()


def check_room(session: Session, *, by: Actor) -> None:
    """Raise TooManyDrafts where the actor has as many as one may have."""
    if count(session, by=by) >= MOST:
        raise TooManyDrafts(most=MOST)


def make_current(session: Session, order: Order, *, now: datetime) -> None:
    """Let a locked draft be the one that was touched last, whatever the clocks of two processes say."""
    newest = drafts.find_current(session, order.rep_id)
    if newest is not None and newest.id != order.id:
        now = max(now, newest.touched_at + timedelta(microseconds=1))
    order.touched_at = max(now, order.touched_at)
    session.flush()
