"""What the client gives back: plain records."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an inline or a reply keyboard; `request` is contact, location, … or None."""

    label: str
    data: str | None = None
    url: str | None = None
    request: str | None = None
    copy: str | None = None
    style: str | None = None


Rows = list[list[Button]]


def rows_of(found: list[list[dict[str, Any]]]) -> Rows:
    """Return the rows of a keyboard as buttons."""
    return [[Button(**each) for each in row] for row in found]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message as the person sees it. `text` is plain, `html` carries the formatting."""

    id: int
    from_bot: bool
    kind: str
    date: float
    text: str
    caption: str | None
    html: str
    entities: list[dict[str, Any]]
    buttons: Rows
    edited: bool
    deleted: bool
    reactions: list[str]
    reply_to: int | None
    album: str | None
    location: dict[str, Any] | None
    venue: dict[str, Any] | None
    contact: dict[str, Any] | None
    file_id: str | None
    file_name: str | None
    mime: str | None
    size: int | None
    emoji: str | None
    deleted_at: float | None = None
    deleted_by: str | None = None
    wire: dict[str, Any] = field(default_factory=dict)
    versions: list[dict[str, Any]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The text, or the caption."""
        return self.text or self.caption or ""

    @property
    def labels(self) -> list[str]:
        """The labels of all inline buttons."""
        return [button.label for row in self.buttons for button in row]

    @classmethod
    def read(cls, found: dict[str, Any]) -> ChatMessage:
        """Make a message of what the control interface told."""
        return cls(**{**found, "buttons": rows_of(found["buttons"])})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in an e-mail."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """An accepted e-mail with its envelope."""

    number: int
    envelope_from: str
    envelope_to: list[str]
    at: float
    user: str | None
    subject: str
    sender: str
    to: str
    message_id: str
    text: str | None
    html: str | None
    attachments: list[Attachment]
    raw: bytes

    @classmethod
    def read(cls, found: dict[str, Any]) -> Mail:
        """Make a mail of what the control interface told."""
        files = [
            Attachment(each["name"], each["type"], base64.b64decode(each["content"])) for each in found["attachments"]
        ]
        rest = {name: value for name, value in found.items() if name not in ("from", "attachments", "raw")}
        return cls(**rest, sender=found["from"], attachments=files, raw=base64.b64decode(found["raw"]))


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A Bot API request as the sandbox received and answered it; status 0: no answer was sent."""

    number: int
    bot_id: int | None
    method: str
    params: dict[str, Any]
    at: float
    status: int
    answer: Any
    seconds: float
    fault: str | None
