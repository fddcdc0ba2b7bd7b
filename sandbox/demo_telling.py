"""The demo's day told in a terminal: the steps, what is new in the chats after each, and the mail."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.acting import Looks, looks_of
from sandbox.demo_day import Day
from sandbox.records import ChatMessage, Mail


class Telling:
    """Tells one playing of a day; what was seen and read is not told again."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._seen: dict[int, Looks] = {}
        self._letters = 0

    @contextmanager
    def step(self, number: int, title: str) -> Iterator[None]:
        """Tell the title, and what came of the step even where it fails."""
        say(f"{number:2}. {title}\n")
        try:
            yield
            self._day.settle()
        finally:
            self._tell_news()
        for mail in self._day.mails[self._letters :]:
            _tell_mail(mail)
        self._letters = len(self._day.mails)

    def _tell_news(self) -> None:
        """Print what is new or has changed in the chats since the last time."""
        for player in self._day.players.values():
            chat = player.chat
            before, now = self._seen.get(chat.id, {}), looks_of(chat)
            for message in chat.messages():
                look, known = (message.words, message.labels), before.get(message.id)
                if look != known and not (known and look == (known[0], [])):  # what only lost its buttons is no news
                    _tell(chat.person.first_name, _drawn(message))
            self._seen[chat.id] = now


def _tell_mail(mail: Mail) -> None:
    _tell("✉", f"From: {mail.sender}\nTo: {mail.to}\nSubject: {mail.subject}\n\n{(mail.text or '').strip()}")
    _tell("✉", "\n".join(f"📎 {attached.name}" for attached in mail.attachments))


def _tell(whose: str, text: str) -> None:
    say("\n".join(f"{whose:>10} │ {line}".rstrip() for line in text.splitlines()) + "\n")


def _drawn(message: ChatMessage) -> str:
    """A message as lines: what was said, and the buttons below it."""
    place = message.location
    words = message.words or (f"📍 {place['latitude']}, {place['longitude']}" if place else f"({message.kind})")
    rows = [" ".join(f"[{button.label}]" for button in row) for row in message.buttons]
    return "\n".join([words if message.from_bot else f"» {words}", *rows])


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
