"""Photos of a loading: up to ten per order, sent while it is loaded or later from the order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models.files import File
from db.models.orders import Order, OrderFile
from db.models.people import Person
from services import audit, claims, fetching, orders, people
from services.actor import Actor, NotAllowed
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.order_states import Status

PURPOSE = "loading_photo"
KIND = "loading"
MOST = 10


class TooManyPhotos(DomainError):
    """The order has all the photos it may have. Facts: order (its id), most."""


def request(session: Session, order_id: int, file_ref: str, *, chat_key: str, by: Actor, now: datetime) -> None:
    """Have a photo fetched that a storekeeper has sent, for an order that he loads or that has been loaded.

    Raises NotAllowed, NotYours or Moved (somebody else loads it, nobody does), or TooManyPhotos. Locks the order.
    """
    order = claims.lock_in_store(session, order_id, by=by, action="loading.photo")
    _check(session, order, by)
    fetching.request(session, PURPOSE, file_ref, chat_key=chat_key, by=by, now=now, order_id=order.id)


def attach(session: Session, file: File, order_id: int, person_id: int, *, origin: str, now: datetime) -> None:
    """Keep a photo that was fetched with its order, once.

    Locks the order. Raises as ``request``, for the person may have lost the right to it meanwhile.
    """
    person = session.get_one(Person, person_id)
    by = people.actor_of(person, origin=origin)
    if person.revoked_at is not None:
        raise NotAllowed(by=by, action="loading.photo", subject=f"order:{order_id}")
    order = claims.lock_in_store(session, order_id, by=by, action="loading.photo")
    if session.get(OrderFile, (order.id, file.id)) is None:
        _check(session, order, by)
        session.add(OrderFile(order_id=order.id, file_id=file.id, kind=KIND, person_id=person_id, at=now))
        after = {"file_id": file.id, "sha256": file.sha256}
        audit.write(session, by=by, action="loading.photo", subject=f"order:{order.id}", now=now, after=after)
        session.flush()


def is_kept(session: Session, order_id: int, sha256: str) -> bool:
    """Tell whether the order has the photo with this content."""
    query = (
        select(OrderFile.file_id)
        .join(File, File.id == OrderFile.file_id)
        .where(OrderFile.order_id == order_id, OrderFile.kind == KIND, File.sha256 == sha256)
    )
    return session.scalar(query) is not None


def tell_kept(session: Session, order_id: int, person_id: int) -> None:
    """Announce ``photo_kept`` to whoever has sent one."""
    there = count(session, order_id)
    announce(session, Audience(person_id=person_id), "photo_kept", order_id=order_id, count=there, most=MOST)


def count(session: Session, order_id: int) -> int:
    """How many photos an order has."""
    query = select(func.count()).where(OrderFile.order_id == order_id, OrderFile.kind == KIND)
    return session.scalar(query) or 0


def find(session: Session, order_id: int, number: int, *, by: Actor) -> File:
    """The order's photo of that number, counted from 0, for whoever may see the order; else NotAllowed, or Moved."""
    order = session.get(Order, order_id)
    if order is None or not orders.may_see(order, by):
        raise NotAllowed(by=by, action="loading.photo", subject=f"order:{order_id}")
    query = (
        select(File)
        .join(OrderFile, OrderFile.file_id == File.id)
        .where(OrderFile.order_id == order_id, OrderFile.kind == KIND)
        .order_by(OrderFile.at, OrderFile.file_id)
        .offset(min(number, MOST))
        .limit(1)
    )
    photo = session.scalars(query).first()
    if photo is None:
        raise Moved(order=order_id)
    return photo


def _check(session: Session, order: Order, by: Actor) -> None:
    if order.status != Status.LOADED:
        claims.check(order, by=by, action="loading.photo")
    if count(session, order.id) >= MOST:
        raise TooManyPhotos(order=order.id, most=MOST)
