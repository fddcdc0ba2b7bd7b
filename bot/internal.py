"""What our own jobs found out, and which rule it concerns. They come through the same door as people's events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from services import (
    announcements,
    charts,
    commission_export,
    credit_notes,
    delivery,
    digests,
    fetching,
    figures_export,
    files,
    goal_files,
    invoicing,
    loading_photos,
    mailing,
    people,
    pictures,
    places,
    tickets,
)
from services.actor import Role
from services.announcements import Audience
from services.errors import DomainError
from services.ticket_states import Status

if TYPE_CHECKING:
    from db.models.files import File


def _record_pdf(session: Session, facts: dict[str, Any], now: datetime) -> int:
    """Write a drawn paper down as a file; returns its id."""
    return files.record(
        session,
        sha256=facts["sha256"],
        name=facts["name"],
        content_type="application/pdf",
        size=facts["size"],
        created_by=None,
        now=now,
    ).id


def _invoice_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    invoicing.attach_pdf(session, facts["invoice_id"], _record_pdf(session, facts, now), now=now)


def _credit_note_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    credit_notes.attach_pdf(session, facts["credit_note_id"], _record_pdf(session, facts, now), now=now)


def _mail_delayed(session: Session, facts: dict[str, Any], now: datetime) -> None:
    mailing.note_delayed(session, facts["request_id"], facts["reason"], now=now)


def _mail_accepted(session: Session, facts: dict[str, Any], now: datetime) -> None:
    mailing.note_accepted(session, facts["request_id"], now=now, copy_refused=facts.get("copy_refused", ""))


def _mail_refused(session: Session, facts: dict[str, Any], now: datetime) -> None:
    mailing.note_refused(session, facts["request_id"], facts["reason"], now=now)


def _chat_blocked(session: Session, facts: dict[str, Any], now: datetime) -> None:
    people.mark_blocked(session, facts["chat_key"], now=now)


def _gave_up(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    announcements.announce(session, Audience(role=Role.ADMIN), "gave_up", kind=facts["kind"], reason=facts["reason"])


def _screen_refused(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    announcements.announce(session, Audience(chat_key=facts["chat_key"]), "not_shown")


Fetched = Callable[[Session, "File", dict[str, Any], datetime], None]
"""Takes a file that was fetched, with the facts that it was asked for with, ``person_id`` and ``chat_key``."""


def _keep_loading_photo(session: Session, file: File, facts: dict[str, Any], now: datetime) -> None:
    order_id, person_id = facts["order_id"], facts["person_id"]
    loading_photos.attach(session, file, order_id, person_id, origin=facts["chat_key"], now=now)


def _keep_ticket_photo(session: Session, file: File, facts: dict[str, Any], now: datetime) -> None:
    tickets.attach(session, file, facts["ticket_id"], facts["person_id"], origin=facts["chat_key"], now=now)


FETCHED: dict[str, Fetched] = {
    fetching.TICKET: _keep_ticket_photo,
    goal_files.PURPOSE: goal_files.take,
    pictures.LOGO: pictures.take_logo,
    pictures.PRODUCT_PHOTO: pictures.take_product_photo,
    loading_photos.PURPOSE: _keep_loading_photo,
}
"""By the purpose that a file was asked for."""


def _file_fetched(session: Session, facts: dict[str, Any], now: datetime) -> None:
    """Write the file down and hand it on. Whoever takes it may refuse; then only its sender hears of it."""
    mark, savepoint = announcements.count(session), session.begin_nested()
    try:
        file = files.record(
            session,
            sha256=facts["sha256"],
            name=facts["name"],
            content_type=facts["content_type"],
            size=facts["size"],
            created_by=facts["person_id"],
            now=now,
        )
        asked = {**facts["facts"], "person_id": facts["person_id"], "chat_key": facts["chat_key"]}
        FETCHED[facts["purpose"]](session, file, asked, now)
        session.flush()
    except DomainError as refusal:
        savepoint.rollback()
        announcements.forget_since(session, mark)
        refusal.record(session, now=now)
        reason = fetching.TOO_MANY if isinstance(refusal, loading_photos.TooManyPhotos) else fetching.NOT_USED
        _file_not_fetched(session, {**facts, "reason": reason}, now)
    else:
        savepoint.commit()


def _file_not_fetched(session: Session, facts: dict[str, Any], now: datetime) -> None:
    """Say so, with the reason; a ticket says it itself, and goes on with its other photos or by hand."""
    if facts["purpose"] == fetching.TICKET:
        tickets.not_fetched(session, facts["facts"]["ticket_id"], facts["reason"], now=now)
        return
    announcements.announce(
        session,
        Audience(chat_key=facts["chat_key"]),
        "file_not_fetched",
        purpose=facts["purpose"],
        reason=facts["reason"],
        file_name=facts["name"],
    )


def _figures_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    figures_export.deliver(session, facts, now=now)


def _commission_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    commission_export.deliver(session, facts, now=now)


def _goals_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    goal_files.deliver(session, facts, now=now)


def _chart_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    charts.deliver(session, facts, now=now)


def _digest_read(session: Session, facts: dict[str, Any], now: datetime) -> None:
    digests.deliver(session, facts, now=now)


def _place_found(session: Session, facts: dict[str, Any], now: datetime) -> None:
    places.learn(session, facts["address"], facts["hits"], facts["source"], now=now)


def _place_found_elsewhere(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    announcements.announce(
        session,
        Audience(person_id=facts["person_id"]),
        "place_found" if facts["hits"] else "place_not_found",
        address=facts["address"],
    )


def _road_found(session: Session, facts: dict[str, Any], now: datetime) -> None:
    delivery.learn_road(session, facts["order_id"], facts["key"], facts["distance_m"], now=now)


def _file_kept_elsewhere(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Say that a photo of a loading is kept; and that a table, which its screen would have shown, is not."""
    if facts["purpose"] == goal_files.PURPOSE:
        goal_files.tell_unread(session, facts["chat_key"])
    order_id = facts["facts"].get("order_id")
    if facts["purpose"] == loading_photos.PURPOSE and loading_photos.is_kept(session, order_id, facts["sha256"]):
        loading_photos.tell_kept(session, order_id, facts["person_id"])


def _ticket_read(session: Session, facts: dict[str, Any], now: datetime) -> None:
    """Take it in; ``learnt`` tells whoever is told next whether it was news."""
    found = facts["reading"], facts["photos"]
    facts["learnt"] = tickets.learn(session, facts["ticket_id"], facts["revision"], *found, now=now) is not None


def _ticket_read_elsewhere(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    """Tell the rep, who is busy with something else, that a ticket was read just now."""
    ticket = tickets.find(session, facts["ticket_id"])
    if ticket is None or ticket.status != Status.READ or not facts["learnt"]:
        return
    announcements.announce(
        session,
        Audience(person_id=ticket.person_id),
        "ticket_read",
        ticket_id=ticket.id,
        amount_minor=ticket.amount_minor,
        currency=ticket.currency,
        client=ticket.client.name if ticket.client else ticket.client_text,
        trouble=ticket.trouble,
    )


def _ticket_photo_lost_elsewhere(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    if facts["purpose"] != fetching.TICKET:
        return
    announcements.announce(
        session,
        Audience(person_id=facts["person_id"]),
        "ticket_photo_lost",
        ticket_id=facts["facts"]["ticket_id"],
        reason=facts["reason"],
    )


UNHEARD: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "place.found": _place_found_elsewhere,
    "file.fetched": _file_kept_elsewhere,
    "file.not_fetched": _ticket_photo_lost_elsewhere,
    "ticket.read": _ticket_read_elsewhere,
}
"""What is said where no living screen was drawn anew for what was found out."""

HANDLERS: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "place.found": _place_found,
    "road.found": _road_found,
    "invoice.drawn": _invoice_drawn,
    "credit.drawn": _credit_note_drawn,
    "mail.delayed": _mail_delayed,
    "mail.accepted": _mail_accepted,
    "mail.refused": _mail_refused,
    "chat.blocked": _chat_blocked,
    "chat.refused": _screen_refused,
    "file.fetched": _file_fetched,
    "file.not_fetched": _file_not_fetched,
    "figures.drawn": _figures_drawn,
    "goals.drawn": _goals_drawn,
    "commission.drawn": _commission_drawn,
    "chart.drawn": _chart_drawn,
    "digest.read": _digest_read,
    "ticket.read": _ticket_read,
    "gave_up": _gave_up,
}
