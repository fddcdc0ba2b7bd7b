"""How an order came to where it stands: its moves, changes and credits in one list, for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.credit_notes import CreditNote
from db.models.orders import Order, OrderEvent, OrderRevision
from db.models.people import Person
from services.order_revisions import Content
from services.order_states import Status

MOST = 10
"""Of the newest deeds: what a message has room for."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened. ``what``: the state that it came into, ``changed``, or ``credited``."""

    at: datetime
    who: str
    what: str
    difference: Content
    """Of a change; empty for a move."""
    reason: str = ""
    label: str = ""
    """Of the credit note, where something was credited."""


def tell(session: Session, order: Order) -> list[Deed]:
    """What happened to the order, the first thing first; of a long story the newest part. Drafts have none.

    The caller has checked who may see the order.
    """
    moves = session.execute(
        select(OrderEvent, Person.name)
        .outerjoin(Person, Person.id == OrderEvent.person_id)
        .where(OrderEvent.order_id == order.id)
        .order_by(OrderEvent.id.desc())
        .limit(MOST)
    )
    changes = session.execute(
        select(OrderRevision, Person.name)
        .outerjoin(Person, Person.id == OrderRevision.person_id)
        .where(OrderRevision.order_id == order.id, OrderRevision.revision > 1)
        .order_by(OrderRevision.revision.desc())
        .limit(MOST)
    )
    deeds = [
        Deed(move.at, name or "", move.to_status, {}, str(move.facts.get("reason", "")))
        for move, name in moves.all()[::-1]
    ]
    deeds += [Deed(one.at, name or "", "changed", one.difference) for one, name in changes.all()[::-1]]
    deeds += _credits(session, order.id)
    return sorted(deeds, key=lambda deed: deed.at)[-MOST:]


def voided(session: Session, order: Order) -> Deed | None:
    """Who voided a recorded sale, when and why; None where it stands. The caller has checked who may see the order."""
    if order.status != Status.VOIDED:
        return None
    return next((deed for deed in reversed(tell(session, order)) if deed.what == Status.VOIDED), None)


def _credits(session: Session, order_id: int) -> list[Deed]:
    credited = session.execute(
        select(CreditNote, Person.name)
        .join(Person, Person.id == CreditNote.issued_by)
        .where(CreditNote.order_id == order_id)
        .order_by(CreditNote.id.desc())
        .limit(MOST)
    )
    return [Deed(note.issued_at, name, "credited", {}, note.reason, note.label) for note, name in credited.all()[::-1]]
