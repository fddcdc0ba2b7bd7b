"""Files that people send: fetched from their messenger by a job, then handed to whoever asked for them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services import outbox
from services.actor import Actor
from services.jobs import Job
from services.outbox import Item

LARGEST = 10 * 1024 * 1024
"""Bytes that we take of one file."""
LARGEST_TICKET = 20 * 1024 * 1024
"""Bytes that we take of the photo of a ticket, which somebody may send as a file so that it stays sharp."""
TICKET = "ticket"
"""The purpose of such a photo. It is kept as it came: what it is, is found out where it is read."""
PICTURES = frozenset({"logo", "product_photo", "loading_photo"})
"""What must be a picture, and is looked at before it is stored."""
TOO_LARGE, GONE, NO_PICTURE, TOO_MANY_PIXELS, TOO_MANY, NOT_USED, NO_TABLE, TOO_LONG, TROUBLE = REASONS = (
    "too_large",
    "gone",
    "no_picture",
    "too_many_pixels",
    "too_many",
    "not_used",
    "no_table",
    "too_long",
    "trouble",
)
"""Why a file did not get to whoever asked for it; the notice ``file_not_fetched`` has words for each."""


def largest(purpose: str) -> int:
    """Bytes that we take of a file for this purpose."""
    return LARGEST_TICKET if purpose == TICKET else LARGEST


def request(
    session: Session,
    purpose: str,
    file_ref: str,
    *,
    chat_key: str,
    by: Actor,
    now: datetime,
    name: str = "",
    **facts: Any,
) -> None:
    """Have a file fetched that came with a message in ``chat_key``, by the messenger's ``file_ref`` for it.

    What became of it comes back as an internal event: the file with ``facts`` goes to what ``bot.internal.FETCHED``
    has for the purpose, or the person is told why it could not be fetched. ``name`` is the sender's word and only
    shown. Checks no right: whoever takes the file does. Locks the file's lane.
    """
    digest = hashlib.sha256(f"{chat_key} {file_ref}".encode()).hexdigest()
    payload = {
        "purpose": purpose,
        "file_ref": file_ref,
        "chat_key": chat_key,
        "name": name,
        "person_id": by.person_id,
        "facts": facts,
    }
    outbox.put(session, [Item(f"file:{digest[:32]}", Job.FETCH_FILE, payload)], now=now)
