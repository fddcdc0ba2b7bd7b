"""Somebody's own bot in the sandbox: registered, started by its command, and all put back on demand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.bot_process import BotProcess
from sandbox.client import Box
from sandbox.stage import BEGINNING, Scene, Stage
from sandbox.story import Words

PEOPLE = (("Anna", "en"), ("Boris", "ru"))
"""Who is there to begin with, and the language of their apps."""
ALL_NEW: Words = {
    "en": "From the beginning: empty chats, the bot started anew",
    "es": "Desde el principio: chats vacíos y el bot arrancado de nuevo",
    "ru": "С самого начала: чаты пусты, бот запущен заново",
}
NOT_BY_PROXY = "127.0.0.1,localhost"


@dataclass(frozen=True, slots=True)
class Command:
    """How to start a bot, and what its settings are called in its environment."""

    words: Sequence[str]
    token_variable: str
    api_variable: str
    mail_variable: str


class OwnBot:
    """Puts a bot and its first people on a stage; what the bot keeps elsewhere is its own affair."""

    def __init__(self, box: Box, stage: Stage, command: Command, *, username: str, name: str) -> None:
        """Register the bot, so that its token is there to start it with; raises ControlError."""
        self._box, self._stage = box, stage
        self._settings = box.settings()
        self._bot = box.new_bot(username, name=name)
        self._add_people()
        environment = {
            "PYTHONUNBUFFERED": "1",  # what it prints is seen when it is printed
            **os.environ,
            command.token_variable: self._bot.token,
            command.api_variable: box.api_url,
            command.mail_variable: box.smtp_url,
            **{key: ",".join(filter(None, [os.environ.get(key), NOT_BY_PROXY])) for key in ("NO_PROXY", "no_proxy")},
        }
        self._process = BotProcess(command.words, cwd=Path.cwd(), env=environment)

    def start(self) -> None:
        """Start it, and let the page put all back; raises WrongControl where the command cannot be run."""
        self._process.start()
        self._stage.equip(process=self._process, scenes=[Scene(BEGINNING, ALL_NEW, self._begin_anew)])

    def _begin_anew(self) -> None:
        self._process.stop()
        self._box.reset()
        self._box.settings(**self._settings)
        self._box.new_bot(self._bot.username, name=self._bot.name, token=self._bot.token)
        self._add_people()
        self._process.start()

    def _add_people(self) -> None:
        for name, language in PEOPLE:
            self._box.new_person(name, language_code=language)
