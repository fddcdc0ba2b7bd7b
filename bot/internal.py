"""What our own jobs found out, and which rule it concerns. They come through the same door as people's events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from services import (
    announcements,
    delivery,
    fetching,
    figures_export,
    files,
    invoicing,
    loading_photos,
    mailing,
    people,
    pictures,
    places,
)
from services.actor import Role
from services.announcements import Audience
from services.errors import DomainError

if TYPE_CHECKING:
    from db.models.files import File


def _invoice_drawn(session: Session, facts: dict[str, Any], now: datetime) -> None:
    pdf = files.record(
        session,
        sha256=facts["sha256"],
        name=facts["name"],
        content_type="application/pdf",
        size=facts["size"],
        created_by=None,
        now=now,
    )
    invoicing.attach_pdf(session, facts["invoice_id"], pdf.id, now=now)


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


FETCHED: dict[str, Fetched] = {
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


def _file_not_fetched(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
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


def _photo_kept_elsewhere(session: Session, facts: dict[str, Any], now: datetime) -> None:  # noqa: ARG001
    order_id = facts["facts"].get("order_id")
    if facts["purpose"] == loading_photos.PURPOSE and loading_photos.is_kept(session, order_id, facts["sha256"]):
        loading_photos.tell_kept(session, order_id, facts["person_id"])


UNHEARD: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "place.found": _place_found_elsewhere,
    "file.fetched": _photo_kept_elsewhere,
}
"""What is said where no living screen was drawn anew for what was found out."""

HANDLERS: dict[str, Callable[[Session, dict[str, Any], datetime], None]] = {
    "place.found": _place_found,
    "road.found": _road_found,
    "invoice.drawn": _invoice_drawn,
    "mail.delayed": _mail_delayed,
    "mail.accepted": _mail_accepted,
    "mail.refused": _mail_refused,
    "chat.blocked": _chat_blocked,
    "chat.refused": _screen_refused,
    "file.fetched": _file_fetched,
    "file.not_fetched": _file_not_fetched,
    "figures.drawn": _figures_drawn,
    "gave_up": _gave_up,
}
