"""Files that a job has drawn for somebody: written down, and handed to whoever asked, where they asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.models.people import Person
from services import files, people
from services.announcements import Audience, announce


def hand_over(session: Session, facts: dict[str, Any], notice: str, *, now: datetime, **told: Any) -> None:
    """Record the file and announce ``notice`` with it and ``told``. The caller has checked any right that it takes.

    ``facts``: ``person_id``, ``chat_key``, and ``sha256``, ``name``, ``content_type``, ``size`` (bytes) of the stored
    file. Whoever has lost access, or that chat, meanwhile gets nothing.
    """
    person_id, chat_key = facts["person_id"], facts["chat_key"]
    person = session.get_one(Person, person_id)
    if person.revoked_at is not None or not people.has_chat(session, person_id, chat_key):
        return
    kept = {name: facts[name] for name in ("sha256", "name", "content_type", "size")}
    file = files.record(session, **kept, created_by=person_id, now=now)
    announce(session, Audience(chat_key=chat_key), notice, file=files.as_document(file), **told)
