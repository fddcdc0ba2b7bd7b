"""`make demo`: a day in the demo company, played over real HTTP and SMTP, with no token and no account.

`python -m sandbox.demo` starts the sandbox in this process and the product in processes of its own, plays the day,
prints what each person saw in the chat after each step, and saves what came by mail under ``var/demo/``, or another
folder that is named. On a terminal it stays up until Ctrl-C; with ``ONCE=1`` or without a terminal it ends, with 1
where a step did not work.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.client import Bot, Box, ChatMessage, ControlError, Mail
from sandbox.demo_day import DAY, Day, looks_of
from sandbox.process import running_sandbox

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "demo"
KEPT_FROM_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV")


Seen = dict[int, dict[int, tuple[str, list[str]]]]
"""How the messages of each chat looked when they were printed."""


class Failed(Exception):
    """The demo cannot go on; the text says why."""


class Installation:
    """The product with a fresh SQLite database, run as anybody would run it."""

    def __init__(self, folder: Path, box: Box, bot: Bot) -> None:
        self._folder = folder  # where no .env of a real installation lies
        self.log = folder / "telbot.log"
        self._environment = {name: os.environ[name] for name in KEPT_FROM_OUTSIDE if name in os.environ} | {
            "BOT_TOKEN": bot.token,
            "BOT_API_URL": box.api_url,
            "SMTP_URL": box.smtp_url,
            "DATABASE_URL": f"sqlite:///{folder / 'telbot.sqlite3'}",
            "FILES_DIR": str(folder / "files"),
            "CHAT_RATE": "0",  # our people press faster than any hand
            "NO_PROXY": "127.0.0.1",
            "PYTHONUTF8": "1",
        }

    def command(self, word: str) -> str:
        """Run a command of the product to its end and return what it printed; raises Failed."""
        done = subprocess.run(  # noqa: S603 - our own words
            self._line(word), cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Failed(f"`telbot_polling.py {word}` ended with {done.returncode}:\n{done.stderr.strip()}")
        return done.stdout

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Let the product poll until the end of the block."""
        with self.log.open("wb") as log:
            # In a session of its own: Ctrl-C is for us, and we end the product.
            process = subprocess.Popen(  # noqa: S603 - our own words
                self._line("poll"),
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            try:
                yield
            finally:
                process.terminate()
                try:
                    process.wait(timeout=5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    @staticmethod
    def _line(word: str) -> list[str]:
        return [sys.executable, str(ROOT / "telbot_polling.py"), word]


def main(folder: Path) -> int:
    """Play the day in a folder that is emptied first; returns what the process ends with."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: sys.exit(128 + number))  # ends the product too
    try:
        with _alone(folder), running_sandbox() as box:
            _play(folder, box)
    except Failed as failure:
        say(f"\nThe demo did not work: {failure}")
        return 1
    except KeyboardInterrupt:
        say("\nThe demo has ended.")
    return 0


def _play(folder: Path, box: Box) -> None:
    bot = box.new_bot("severny_veter_bot", name="Северный Ветер")
    installation = Installation(folder, box, bot)
    say("A fresh database with the demo company; Telegram and a mail server in miniature.\n")
    installation.command("migrate")
    installation.command("seed")
    printed = re.search(r"Password: (\S+)", installation.command("admin"))
    if printed is None:
        raise Failed("`telbot_polling.py admin` printed no password")
    day = Day(box, bot, admin_password=printed[1])
    with installation.polling():
        _take_steps(day, installation.log)
        _save_mail(folder / "mail", day)
        if sys.stdout.isatty() and os.environ.get("ONCE") != "1":
            _stay(box)


def _take_steps(day: Day, log: Path) -> None:
    seen: Seen = {}
    letters = 0
    for number, step in enumerate(DAY, 1):
        say(f"{number:2}. {step.told}\n")
        try:
            step.play(day)
            day.box.wait_until_quiet()
        except (AssertionError, ControlError, ValueError) as trouble:
            told = "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
            raise Failed(f"step {number} ({step.told}): {trouble}\nThe end of {log}:\n{told}") from trouble
        finally:
            _show_news(day, seen)
        for mail in day.mails[letters:]:
            _show_mail(mail)
        letters = len(day.mails)


def _show_news(day: Day, seen: Seen) -> None:
    """Print what is new or has changed in the chats since the last time."""
    for chat in day.chats.values():
        before, now = seen.get(chat.id, {}), looks_of(chat)
        for message in chat.messages():
            look, known = (message.words, message.labels), before.get(message.id)
            if look != known and not (known and look == (known[0], [])):  # what only lost its buttons is no news
                _show(chat.person.first_name, _drawn(message))
        seen[chat.id] = now


def _show_mail(mail: Mail) -> None:
    _show("✉", f"From: {mail.sender}\nTo: {mail.to}\nSubject: {mail.subject}\n\n{(mail.text or '').strip()}")
    _show("✉", "\n".join(f"📎 {attached.name}" for attached in mail.attachments))


def _show(whose: str, text: str) -> None:
    say("\n".join(f"{whose:>10} │ {line}".rstrip() for line in text.splitlines()) + "\n")


def _drawn(message: ChatMessage) -> str:
    """A message as lines: what was said, and the buttons below it."""
    place = message.location
    words = message.words or (f"📍 {place['latitude']}, {place['longitude']}" if place else f"({message.kind})")
    rows = [" ".join(f"[{button.label}]" for button in row) for row in message.buttons]
    return "\n".join([words if message.from_bot else f"» {words}", *rows])


def _save_mail(letters: Path, day: Day) -> None:
    """Save the letters as they came, and what was in them."""
    letters.mkdir()
    for mail in day.mails:
        saved = letters / f"{mail.number}.eml"
        saved.write_bytes(mail.raw)
        say(f"E-mail:  {_shown(saved)}")
        for attached in mail.attachments:
            paper = letters / Path(attached.name).name
            paper.write_bytes(attached.content)
            say(f"Invoice: {_shown(paper)} ({len(attached.content)} bytes)")


def _stay(box: Box) -> None:
    say(
        f"\nThe bot and the sandbox stay up until Ctrl-C:\n"
        f"  control {box.control_url} (sandbox/README.md)\n  Bot API {box.api_url}\n  mail    {box.smtp_url}"
    )
    while True:
        time.sleep(3600)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Empty the folder and hold it: a demo that runs there already must not lose its database."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed(f"another demo is running in {_shown(folder)}") from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield


def _shown(path: Path) -> Path:
    """A path as it is best read: from where we stand, if it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER))
