"""The append-only record of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from db.models.record import AuditEntry

if TYPE_CHECKING:
    from services.actor import Actor


def write(
    session: Session,
    *,
    by: Actor | None,
    action: str,
    subject: str,
    now: datetime,
    origin: str = "internal",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add one row. ``subject`` is kind and id (``order:12``); never put a password or token into the facts.

    ``origin`` says where a deed without an actor came from.
    """
    session.add(
        AuditEntry(
            at=now,
            person_id=by.person_id if by else None,
            origin=by.origin if by else origin,
            action=action,
            subject=subject,
            before=before or {},
            after=after or {},
        )
    )
