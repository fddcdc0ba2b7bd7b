"""What comes in and what goes out, in words that no messenger owns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a person did."""

    TEXT = "text"
    COMMAND = "command"
    PASSWORD = "password"  # noqa: S105 - a kind of message, not a password
    PRESS = "press"
    PLACE = "place"
    CONTACT = "contact"
    PHOTO = "photo"
    FILE = "file"
    STICKER = "sticker"
    VOICE = "voice"
    OTHER = "other"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    HEARD = "heard"
    """Nothing: a job of ours found something out that the living screen wants to know."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it, as the messenger knows them. ``language`` is what their app is set to."""

    platform: str
    external_id: str
    name: str
    username: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did in a chat.

    ``source`` and ``update_id`` together name it for ever: the same pair is the same deed. ``message_id`` is the
    message that was written, or whose button was pressed. ``file_ref`` is what the messenger fetches a photo (in its
    largest size) or a file by; ``file_size`` counts bytes, 0 where it is not said; name and type are the sender's
    word. Photos that were sent together have the same ``album``, which is empty for one alone; each is an event of its
    own. ``raw`` is kept only if it cannot be handled.
    """

    source: str
    update_id: int
    chat_key: str
    sender: Sender
    kind: Kind
    text: str = ""
    data: str = ""
    message_id: str = ""
    press_id: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    phone: str = ""
    is_own_phone: bool = False
    """The messenger says that the number is the sender's own."""
    file_ref: str = ""
    file_name: str = ""
    file_size: int = 0
    content_type: str = ""
    album: str = ""
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """Without what was written: it may be a password."""
        return f"Incoming({self.source}/{self.update_id}, {self.kind.value}, {self.chat_key})"


@dataclass(frozen=True, slots=True)
class Internal:
    """What a job of ours found out. ``number`` (the outbox row's id) and ``name`` together name it for ever."""

    name: str
    number: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """What the messenger shows over the chat when a button was pressed; plain text, may be empty."""

    press_id: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Handled:
    """What to do after the commit: look at these lanes, and free the pressed button."""

    lanes: list[str] = field(default_factory=list)
    answer: PressAnswer | None = None
    duplicate: bool = False


class TryAgain(Exception):
    """The event was not taken, nothing of it is kept: hand it in again after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds
