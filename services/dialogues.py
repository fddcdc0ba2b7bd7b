"""Where each chat stands. Its row lock makes the events of one chat follow one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from db.models.messaging import dialogue, posted
from db.types import Document


@dataclass(slots=True)
class Dialogue:
    """One chat's place in the conversation. ``slot`` counts its screens; the newest one is the living one."""

    chat_key: str
    version: int
    language: str
    screen: str
    state: dict[str, Any]
    slot: int
    asking: bool
    commands: str = ""
    """Which menu of commands the chat shows; empty: the bot's default one."""


_CREATE = text(
    "INSERT INTO dialogue (chat_key, version, state, slot, asking) VALUES (:chat_key, 0, :state, 0, :asking) "
    "ON CONFLICT (chat_key) DO NOTHING"
).bindparams(bindparam("state", type_=Document))
_LOCK = select(dialogue).where(dialogue.c.chat_key == bindparam("key")).with_for_update()
_SAVE = (
    update(dialogue)
    .where(dialogue.c.chat_key == bindparam("key"))
    .values(
        version=dialogue.c.version + 1,
        language=bindparam("new_language"),
        screen=bindparam("new_screen"),
        state=bindparam("new_state"),
        slot=bindparam("new_slot"),
        asking=bindparam("new_asking"),
        commands=bindparam("new_commands"),
    )
)
_POSTED = select(posted.c.message_id).where(
    posted.c.chat_key == bindparam("key"), posted.c.slot == bindparam("slot_number")
)
_NOTE_POSTED = text(
    "INSERT INTO posted (chat_key, slot, message_id) VALUES (:chat_key, :slot, :message_id) "
    "ON CONFLICT (chat_key, slot) DO UPDATE SET message_id = excluded.message_id"
)
_FORGET_POSTED = text("DELETE FROM posted WHERE chat_key = :chat_key AND slot = :slot")


def lock(session: Session, chat_key: str) -> Dialogue:
    """Lock this chat until the end of the transaction; a chat that was never seen begins here."""
    connection = session.connection()
    row = connection.execute(_LOCK, {"key": chat_key}).one_or_none()
    if row is None:
        connection.execute(_CREATE, {"chat_key": chat_key, "state": {}, "asking": False})
        row = connection.execute(_LOCK, {"key": chat_key}).one()
    return Dialogue(row.chat_key, row.version, row.language, row.screen, row.state, row.slot, row.asking, row.commands)


def save(session: Session, known: Dialogue) -> None:
    """Write the chat's new place."""
    session.connection().execute(
        _SAVE,
        {
            "key": known.chat_key,
            "new_language": known.language,
            "new_screen": known.screen,
            "new_state": known.state,
            "new_slot": known.slot,
            "new_asking": known.asking,
            "new_commands": known.commands,
        },
    )


def language_of(session: Session, chat_key: str) -> str:
    """The language chosen in this chat, or an empty text."""
    return session.scalar(select(dialogue.c.language).where(dialogue.c.chat_key == chat_key)) or ""


def message_of(session: Session, chat_key: str, slot: int) -> str | None:
    """Which message shows that screen; None while it is still on its way."""
    return session.connection().execute(_POSTED, {"key": chat_key, "slot_number": slot}).scalar()


def newest_message(session: Session, chat_key: str) -> int:
    """The highest message id that shows a screen of this chat, 0 if none does."""
    ids = session.scalars(select(posted.c.message_id).where(posted.c.chat_key == chat_key))
    return max((int(known) for known in ids if known.isdigit()), default=0)


def note_message(session: Session, chat_key: str, slot: int, message_id: str) -> None:
    """Remember which message shows that screen."""
    session.connection().execute(_NOTE_POSTED, {"chat_key": chat_key, "slot": slot, "message_id": message_id})


def forget_message(session: Session, chat_key: str, slot: int) -> None:
    """That screen is no longer living: nothing will edit it again."""
    session.connection().execute(_FORGET_POSTED, {"chat_key": chat_key, "slot": slot})
