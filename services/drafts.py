"""Which draft a rep is working on: asked by the cart and by the catalogue; and how one is made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.models.orders import Order
from db.models.people import Person
from services import company

DRAFT = "draft"
"""The state of an order that was not submitted yet."""


_CURRENT = (
    select(Order)
    .where(Order.rep_id == bindparam("rep"), Order.status == DRAFT)
    .order_by(Order.touched_at.desc(), Order.id.desc())
    .limit(1)
)


def lock(session: Session, order_id: int) -> Order | None:
    """Read an order as it is now, draft or not, and hold its row to the end of the transaction.

    The first lock of them all. What this transaction had read before is replaced: it may be old by now.
    """
    query = select(Order).where(Order.id == order_id).with_for_update()
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def find_current(session: Session, rep_id: int) -> Order | None:
    """The rep's draft that was touched last."""
    return session.scalars(_CURRENT, {"rep": rep_id}).first()


def make(session: Session, rep_id: int, *, now: datetime) -> Order:
    """A new empty draft in the company's currency. The caller has locked its owner."""
    profile = company.get(session)
    order = Order(
        status=DRAFT,
        rep_id=rep_id,
        currency=profile.currency,
        prices_include_vat=profile.prices_include_vat,
        created_at=now,
        touched_at=now,
    )
    session.add(order)
    session.flush()
    return order


def lock_owner(session: Session, rep_id: int) -> None:
    """Hold the rep's row, so that two devices cannot begin drafts at once."""
    session.execute(select(Person.id).where(Person.id == rep_id).with_for_update(key_share=True))
