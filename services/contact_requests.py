"""Strangers who ask the admins to get in touch: one open request per chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.models.people import ContactRequest
from services import audit, people
from services.actor import Actor, NotAllowed, Role, require
from services.announcements import Audience, announce
from services.errors import DomainError, Moved
from services.paging import Page, page_of
from services.people import NewAccount

ASKED_AGAIN_AFTER = timedelta(days=1)
MIN_DIGITS, MAX_DIGITS = 7, 15
"""Of a number with its country: ITU-T E.164 allows 15 at most."""


class AlreadyAsked(DomainError):
    """This chat's request is still open, and fresh. Facts: asked_at (ISO, UTC)."""


class AlreadyHandled(Moved):
    """The request was closed before: the second of two taps. No facts."""


def ask_contact(session: Session, account: NewAccount, username: str, *, now: datetime) -> ContactRequest:
    """Ask the admins to get in touch, and announce ``contact_request`` to them.

    ``username``: the messenger's public name without "@", or empty. The caller holds the chat's dialogue row, which
    makes two taps follow one another. A request that is open for a day is asked anew. A fresh one raises
    AlreadyAsked, having changed nothing, or is returned as it is while no admin can be told (``is_heard``).
    """
    request = session.scalar(
        select(ContactRequest).where(ContactRequest.chat_key == account.chat_key, ContactRequest.handled_at.is_(None))
    )
    if request is not None and now - request.asked_at < ASKED_AGAIN_AFTER:
        if is_heard(session):
            raise AlreadyAsked(asked_at=request.asked_at.isoformat())
        return request
    if request is None:
        request = ContactRequest(chat_key=account.chat_key, platform=account.platform, external_id=account.external_id)
        session.add(request)
    request.name = account.name.strip()[:200]
    request.username = username.strip().removeprefix("@")[:64]
    request.asked_at = now
    session.flush()
    announce(
        session,
        Audience(role=Role.ADMIN),
        "contact_request",
        request_id=request.id,
        person_name=request.name,
        username=request.username,
        platform=request.platform,
        external_id=request.external_id,
    )
    return request


def is_heard(session: Session) -> bool:
    """Tell whether there is an admin who can be told."""
    return bool(people.chats_of(session, Audience(role=Role.ADMIN)))


def list_open(session: Session, *, by: Actor, page: int = 0) -> Page[ContactRequest]:
    """The open requests, oldest first. ``page`` counts from 0. Raises NotAllowed unless an admin asks."""
    require(by, Role.ADMIN, action="list_contact_requests", subject="contact_request")
    query = (
        select(ContactRequest)
        .where(ContactRequest.handled_at.is_(None))
        .order_by(ContactRequest.asked_at, ContactRequest.id)
    )
    found = page_of(session, query, page=page)
    return replace(found, items=tuple(request for (request,) in found.items))


def count_open(session: Session, *, by: Actor) -> int:
    """How many requests are open. Raises NotAllowed unless an admin asks."""
    require(by, Role.ADMIN, action="list_contact_requests", subject="contact_request")
    return session.scalar(select(func.count()).where(ContactRequest.handled_at.is_(None))) or 0


def get(session: Session, request_id: int, *, by: Actor) -> ContactRequest:
    """One request. Raises NotAllowed unless an admin asks and it exists."""
    subject = f"contact_request:{request_id}"
    require(by, Role.ADMIN, action="read_contact_request", subject=subject)
    request = session.get(ContactRequest, request_id)
    if request is None:
        raise NotAllowed(by=by, action="read_contact_request", subject=subject)
    return request


def close(session: Session, request_id: int, *, by: Actor, now: datetime) -> None:
    """Mark a request as handled, so that its chat may ask again. Locks it.

    Raises NotAllowed unless an admin asks and the request exists, AlreadyHandled if it is closed already.
    """
    subject = f"contact_request:{request_id}"
    require(by, Role.ADMIN, action="close_contact_request", subject=subject)
    request = session.get(ContactRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None:
        raise NotAllowed(by=by, action="close_contact_request", subject=subject)
    if request.handled_at is not None:
        raise AlreadyHandled
    request.handled_at = now
    audit.write(session, by=by, action="contact_request.closed", subject=subject, now=now)
    session.flush()


def answer(session: Session, request_id: int, *, by: Actor, now: datetime) -> ContactRequest:
    """The request that access was just issued for, handled from now on; one that was closed before stays so.

    Raises NotAllowed unless an admin asks and it exists.
    """
    request = get(session, request_id, by=by)
    if request.handled_at is None:
        close(session, request_id, by=by, now=now)
    return request


def add_phone(session: Session, chat_key: str, phone: str) -> bool:
    """Add the number that a stranger shares to their open request and announce ``phone_shared`` to the admins.

    ``phone``: as the messenger gives it, with or without "+". False, having changed nothing: there is no open
    request, or it is no number.
    """
    digits = "".join(sign for sign in phone if sign.isdecimal())
    request = session.scalar(
        select(ContactRequest)
        .where(ContactRequest.chat_key == chat_key, ContactRequest.handled_at.is_(None))
        .with_for_update()
    )
    if request is None or not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
        return False
    if request.phone == f"+{digits}":
        return True
    request.phone = f"+{digits}"
    session.flush()
    announce(
        session,
        Audience(role=Role.ADMIN),
        "phone_shared",
        request_id=request.id,
        person_name=request.name,
        phone=request.phone,
    )
    return True


def close_of_chat(session: Session, chat_key: str, *, now: datetime) -> str:
    """Close the open request of a chat whose person has got in, and return the number that they shared last, or ""."""
    of_chat = ContactRequest.chat_key == chat_key
    session.execute(update(ContactRequest).where(of_chat, ContactRequest.handled_at.is_(None)).values(handled_at=now))
    shared = select(ContactRequest.phone).where(of_chat, ContactRequest.phone != "")
    return session.scalar(shared.order_by(ContactRequest.id.desc()).limit(1)) or ""
