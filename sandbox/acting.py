"""People of a story: all that they do in their chats goes through the story's gate, and no wait outlasts a stop."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from sandbox.client_chat import Chat
from sandbox.control_client import ControlError
from sandbox.records import ChatMessage

PATIENCE = 10.0
"""Seconds to wait for what must come."""
SLICE = 0.3
"""Seconds of a wait between two looks at whether the story is stopped."""

T = TypeVar("T")
Looks = dict[int, tuple[str, list[str]]]
"""What somebody sees in a chat: words and buttons by message."""


class Gate(Protocol):
    """What a story is for those who act in it."""

    def turn(self) -> None:
        """Wait until the next action may be done."""

    def check(self) -> None:
        """Raise when the story is to end."""


class Player:
    """Somebody in the chat with the bot, who acts when the story lets them."""

    def __init__(self, chat: Chat, gate: Gate) -> None:
        self.chat = chat
        self._gate = gate

    def say(self, text: str) -> None:
        """Type something and see the answer below it."""
        self._gate.turn()
        typed = self.chat.say(text)
        self.wait_for("", after=typed)

    def open_link(self, payload: str) -> None:
        """Follow t.me/bot?start=payload."""
        self._gate.turn()
        self.chat.open_link(payload)

    def send_location(self, latitude: float, longitude: float) -> None:
        """Send a place."""
        self._gate.turn()
        self.chat.send_location(latitude, longitude)

    def send_photo(self, content: bytes, caption: str) -> int:
        """Send a picture with words below it; returns the message's id."""
        self._gate.turn()
        return self.chat.send_photo(content, caption)

    def press(self, *labels: str, on: ChatMessage | None = None) -> None:
        """Press buttons one after the other, each when the one before has been answered: by an edit, or a message."""
        for label in labels:
            self._press(label, on.id if on else None)

    def wait_for(self, text: str, *, after: int = 0) -> ChatMessage:
        """Return the newest message of the bot with the text, above `after`; raises AssertionError with the chat."""
        return patiently(self._gate, lambda: self.chat.wait_for(text, after=after, timeout=SLICE))

    def last(self) -> ChatMessage:
        """Return the newest message that is seen."""
        return self.chat.last()

    def _press(self, label: str, message_id: int | None) -> None:
        self._gate.turn()
        seen = looks_of(self.chat)
        tap = patiently(self._gate, lambda: self.chat.press(label, message_id=message_id, timeout=SLICE))
        deadline = time.monotonic() + PATIENCE
        while (now := looks_of(self.chat)).get(tap.message_id) == seen.get(tap.message_id) and max(now) == max(seen):
            self._gate.check()
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing came of pressing {label!r}")
            time.sleep(0.02)


def patiently(gate: Gate, attempt: Callable[[], T], seconds: float = PATIENCE) -> T:
    """Attempt it again and again, a short time each; raises the last reason why nothing came, or that of the gate."""
    deadline = time.monotonic() + seconds
    while True:
        gate.check()
        try:
            return attempt()
        except (AssertionError, ControlError) as trouble:
            if time.monotonic() > deadline:
                reason = re.sub(r"within [\d.]+ s", f"within {seconds:.0f} s", str(trouble), count=1)  # not one attempt
                raise AssertionError(reason) from trouble


def looks_of(chat: Chat) -> Looks:
    """What somebody sees in a chat, by message."""
    return {message.id: (message.words, message.labels) for message in chat.messages()}
