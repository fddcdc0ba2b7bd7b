"""The demo company in the sandbox: the product as anybody would install it, and the ways to put all back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sandbox.bot_process import BotProcess
from sandbox.client import Bot, Box
from sandbox.demo_day import SIGNED_IN, Day
from sandbox.demo_words import ALL_SIGNED_IN, CONTACTS, EMPTY, PASSWORD, PLACES
from sandbox.refusals import WrongControl
from sandbox.stage import BEGINNING, Scene, Stage
from sandbox.story import StepFailed, Stopped

ROOT = Path(__file__).resolve().parents[1]
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")
USERNAME, NAME = "severny_veter_bot", "Северный Ветер"
FRESH = 20 * 3600.0
"""Seconds for which the admin's password, good for a day, can be used by somebody who begins now."""


class Failed(WrongControl):
    """The demo cannot go on; the text says why."""


class Installation:
    """The product on a SQLite database with the demo company, and a copy of how it was before anybody used it."""

    def __init__(self, folder: Path, box: Box, bot: Bot) -> None:
        self._folder = folder  # where no .env of a real installation lies
        self._data, self._seeded = folder / "data", folder / "seeded"
        self._seeded_at = 0.0
        self.admin_password = ""
        self.log = folder / "telbot.log"
        self._environment = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ} | {
            "BOT_TOKEN": bot.token,
            "BOT_API_URL": box.api_url,
            "SMTP_URL": box.smtp_url,
            "DATABASE_URL": f"sqlite:///{self._data / 'telbot.sqlite3'}",
            "FILES_DIR": str(self._data / "files"),
            "CHAT_RATE": "0",  # our people press faster than any hand
            "NO_PROXY": "127.0.0.1",
            "PYTHONUTF8": "1",
        }
        self.process = BotProcess(self._line("poll"), cwd=folder, env=self._environment, log=self.log)

    def put_back(self) -> None:
        """Let files and database be as before the first start; the product must not run. Raises Failed."""
        if time.time() - self._seeded_at > FRESH:
            self._seed()
        self._empty_data()
        shutil.copytree(self._seeded, self._data, dirs_exist_ok=True)

    def _seed(self) -> None:
        """Make a database with the demo company and a password for the admin, and keep a copy."""
        self._empty_data()
        self._command("migrate")
        self._command("seed")
        printed = re.search(r"Password: (\S+)", self._command("admin"))
        if printed is None:
            raise Failed("`telbot_polling.py admin` printed no password")
        self.admin_password, self._seeded_at = printed[1], time.time()
        shutil.rmtree(self._seeded, ignore_errors=True)
        shutil.copytree(self._data, self._seeded)

    def _empty_data(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir()

    def _command(self, word: str) -> str:
        """Run a command of the product to its end and return what it printed; raises Failed."""
        done = subprocess.run(  # noqa: S603 - our own words
            self._line(word), cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"`telbot_polling.py {word}` ended with {done.returncode}:\n{done.stderr.strip()}")
        return done.stdout

    @staticmethod
    def _line(word: str) -> list[str]:
        return [sys.executable, str(ROOT / "telbot_polling.py"), word]


class Host:
    """Puts the demo company on a stage."""

    def __init__(self, folder: Path, box: Box, stage: Stage) -> None:
        self._box, self._stage = box, stage
        self._settings = box.settings()
        self._bot = box.new_bot(USERNAME, name=NAME)
        self.installation = Installation(folder, box, self._bot)
        self.day = Day(box)
        self.day.begin(self._bot)
        for place in PLACES:
            stage.offer_place(place.name, place.latitude, place.longitude, place.about)
        for contact in CONTACTS:
            stage.offer_contact(f"{contact.name} ({contact.client})", contact.phone)

    def open(self) -> None:
        """Install the product and start it; raises Failed."""
        self._start()
        scenes = (Scene(BEGINNING, EMPTY, self._empty), Scene("signed_in", ALL_SIGNED_IN, self._signed_in))
        self._stage.equip(process=self.installation.process, story=self.day.story, scenes=scenes)

    def _start(self) -> None:
        self.installation.put_back()
        self.day.admin_password = self.installation.admin_password
        self._box.offer_note(self.day.admin.chat.person, self.day.admin_password, PASSWORD)
        self.installation.process.start()

    def _empty(self) -> None:
        self.installation.process.stop(patience=0)  # nothing of it is kept
        self._box.reset()
        self._box.settings(**self._settings)
        self._bot = self._box.new_bot(USERNAME, name=NAME, token=self._bot.token)
        self.day.begin(self._bot)
        self._start()

    def _signed_in(self) -> None:
        self._empty()
        try:
            self.day.story.run(until=SIGNED_IN)
            self.day.settle()
        except (StepFailed, AssertionError) as failure:
            raise Failed(str(failure)) from failure
        except Stopped:
            raise Failed("it was stopped on the way") from None
