"""What a messenger's connector must be able to do for the chat's way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.outbox import Message
from services.ways_out import NeverAgain

__all__ = ["Connector", "FileGone", "FileTooLarge", "Message", "MessageGone", "Upload"]


class MessageGone(Exception):
    """The message that was to be edited no longer exists, or cannot be edited any more."""


class FileGone(NeverAgain):
    """The messenger does not have the file, or not any more."""


class FileTooLarge(NeverAgain):
    """The file is larger than we take."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that goes out: the name that people see, and its bytes."""

    name: str
    content: bytes = field(repr=False)


class Connector(Protocol):
    """Every method may raise ``TryLater``, ``NeverAgain`` or ``Unreachable`` of ``services.ways_out``."""

    def send(self, chat_key: str, message: Message) -> str:
        """Send a new message and return its id."""

    def edit(self, chat_key: str, message_id: str, message: Message) -> None:
        """Replace a message; one that already looks so is a success. Raises MessageGone."""

    def strip(self, chat_key: str, message_id: str) -> None:
        """Take a message's buttons away; one that is gone or has none is a success."""

    def delete(self, chat_key: str, message_id: str) -> None:
        """Delete a message; one that is gone, or too old for it, is a success."""

    def hush(self, chat_key: str, message: Message) -> str:
        """Send a short message that takes the reply keyboard away."""

    def document(self, chat_key: str, upload: Upload, message: Message) -> str:
        """Send a file with the message as its caption, which may be empty; return its id."""

    def photo(self, chat_key: str, upload: Upload, message: Message) -> str:
        """The same as a picture that is seen in the chat."""

    def map(self, chat_key: str, message: Message) -> str:
        """Send the place of the message: latitude and longitude, with title and address where it has them."""

    def react(self, chat_key: str, message_id: str, emoji: str) -> None:
        """Put one emoji under a message in place of what we put there before."""

    def typing(self, chat_key: str) -> None:
        """Have the chat show for some seconds that an answer is being written. Best effort."""

    def fetch(self, file_ref: str, *, largest: int) -> bytes:
        """The bytes of a file that a person sent. Raises FileTooLarge above ``largest`` bytes, FileGone."""

    def show_commands(self, chat_key: str, commands: Sequence[dict[str, str]]) -> None:
        """Have the chat's menu show these commands: ``command`` and ``description`` of each."""

    def tell_profile(self, what: str, language: str, value: Any) -> None:
        """Say something of the bot itself to readers of a language, empty: of all others.

        ``what`` is name, description, short_description or commands.
        """

    def answer_press(self, press_id: str, text: str) -> None:
        """Free the pressed button, with a short text over the chat. Best effort."""
