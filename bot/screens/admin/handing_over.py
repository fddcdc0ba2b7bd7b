"""How a fresh password reaches people: shown to the admin once, and as a link to whoever asked for access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.screens.screen import Turn
from services import announcements
from services.access_codes import FreshCode
from services.announcements import Audience

if TYPE_CHECKING:
    from db.models.people import AccessCode


def show_password(turn: Turn, code: AccessCode, fresh: FreshCode) -> None:
    """Send the admin a message with the password and the link that can be forwarded; they are kept nowhere."""
    announcements.announce(
        turn.session,
        Audience(person_id=turn.actor.person_id),
        "access_issued",
        secret=True,
        person=code.name,
        role=code.role,
        password=fresh.password,
        link=turn.entry_link(fresh.link),
        expires_at=code.expires_at.isoformat(),
        time_zone=turn.company.time_zone,
    )


def invite(turn: Turn, code: AccessCode, fresh: FreshCode, chat_key: str) -> None:
    """Send the link into the chat of the person whom it is for."""
    announcements.announce(
        turn.session,
        Audience(chat_key=chat_key),
        "invited",
        secret=True,
        role=code.role,
        company=turn.company.name,
        password=fresh.password,
        link=turn.entry_link(fresh.link),
        expires_at=code.expires_at.isoformat(),
        time_zone=turn.company.time_zone,
    )
