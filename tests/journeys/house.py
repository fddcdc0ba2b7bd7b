"""A running TelBot for the journeys: a door in a process of its own, over real HTTP and SMTP to a sandbox."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.models.company import Warehouse
from db.models.messaging import inbox, outbox
from db.models.people import AccessCode
from db.models.record import AuditEntry
from db.session import Database
from sandbox.client import Box
from sandbox.client_chat import Bot, Chat, Person, Press
from services import access_admin, access_codes, people
from services.access_codes import CodeHasher, FreshCode
from services.actor import Actor, Role
from tests.builders import make_category, make_client, make_company, make_product, make_warehouse

ROOT = Path(__file__).resolve().parents[2]
SECRET = "journey-secret"
HASHER = CodeHasher()


@dataclass
class House:
    """One installation: its bot, its database, and the process that runs the door."""

    box: Box
    bot: Bot
    database: Database
    database_url: str
    folder: Path
    mode: str
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    port: int = 0

    # running

    def start(self) -> None:
        """Start the door and wait until it takes updates."""
        self.launch()
        if self.mode == "webhook":
            self._wait_until_healthy()
            self.run("telbot_webhooks.py", "set")

    def launch(self) -> None:
        """Start the door's process and wait for nothing: a webhook that is set already stays set."""
        if self.mode == "webhook" and not self.port:
            self.port = _free_port()
        command = ["telbot_polling.py", "poll"] if self.mode == "polling" else ["telbot_webhooks.py", "serve"]
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own door
                [sys.executable, str(ROOT / command[0]), *command[1:]],
                cwd=self.folder,  # where nobody's .env lies
                env=self.environment(),
                stdout=log,
                stderr=log,
            )

    def environment(self) -> dict[str, str]:
        """The settings of this installation."""
        base = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONPATH"}}
        return base | {
            "BOT_TOKEN": self.bot.token,
            "BOT_API_URL": self.box.api_url,
            "DATABASE_URL": self.database_url,
            "SMTP_URL": self.box.smtp_url,
            "MAIL_FROM": "desk@example.org",
            "FILES_DIR": str(self.folder / "files"),
            "WEBHOOK_URL": f"http://127.0.0.1:{self.port}/telegram" if self.mode == "webhook" else "",
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_LISTEN": f"127.0.0.1:{self.port}",
            "CHAT_RATE": "0",
            "NOTICE_RATE": "0",
            "GEOCODER": "none",
            **self.extra,
        }

    def run(self, *command: str) -> str:
        """Run one of the doors' commands to its end and return what it printed."""
        done = subprocess.run(  # noqa: S603 - our own door
            [sys.executable, str(ROOT / command[0]), *command[1:]],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the webhook did not come up:\n{self.log()}")

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask the process to end, and see that it does so well."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def log(self) -> str:
        """What the door has written."""
        return (self.folder / "log.txt").read_text()

    # looking

    def settle(self, timeout: float = 20.0, *, apart_from: str = "") -> None:
        """Wait until every update is taken and everything that can leave has left.

        ``apart_from``: what begins the names of lanes that cannot leave, such as ``mail:`` while mail is down.
        """
        waiting = select(func.count()).select_from(outbox).where(outbox.c.status == "pending")
        if apart_from:
            waiting = waiting.where(outbox.c.lane.not_like(f"{apart_from}%"))
        deadline = time.monotonic() + timeout
        while True:
            # an update is acknowledged after its commit, and a row is marked after it left and what came of it is
            # committed: so no long quiet is needed to be sure
            self.box.wait_until_quiet(timeout=max(1.0, deadline - time.monotonic()), idle=0.01, bot=self.bot)
            pending = self.scalar(waiting)
            if not pending:
                return
            assert time.monotonic() < deadline, f"{pending} rows are still waiting:\n{self.log()[-3000:]}"
            time.sleep(0.02)

    def wait_until(self, holds: Callable[[], object], timeout: float = 15.0) -> None:
        """Wait for something that becomes so by itself."""
        deadline = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < deadline, f"it did not come to that:\n{self.log()[-3000:]}"
            time.sleep(0.02)

    def scalar(self, query: Any) -> Any:
        """One value from the database."""
        with self.database.reading() as session:
            return session.scalar(query)

    def fingerprint(self) -> dict[str, Any]:
        """Everything of the business that a refusal must leave as it was."""
        tables = ("order", "order_line", "order_event", "reservation", "stock_movement", "invoice", "mail_request")
        with self.database.reading() as session:
            rows = {name: session.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all() for name in tables}  # noqa: S608
            rows["stock"] = session.execute(text("SELECT * FROM stock ORDER BY warehouse_id, product_id")).all()
            rows["person"] = session.execute(text("SELECT id, roles, revoked_at FROM person ORDER BY id")).all()
            rows["access_code"] = session.execute(text("SELECT id, used_by FROM access_code ORDER BY id")).all()
        return rows

    def now(self) -> int:
        """The number of the newest request to the Bot API: a moment to look back to with ``told``."""
        newest = self.box.requests(limit=1)
        return newest[-1].number if newest else 0

    def told(self, chat: Chat, since: int) -> list[str]:
        """Every text that was sent or edited into a chat after a moment, oldest first."""
        return [
            str(request.params["text"])
            for request in self.box.requests(self.bot, since=since)
            if request.method in {"sendMessage", "editMessageText"}
            and request.status == 200
            and int(request.params["chat_id"]) == chat.id
        ]

    @contextmanager
    def refuses(self, chat: Chat, words: str, *, apart_from: str = "") -> Iterator[None]:
        """What happens inside is answered in the chat exactly once, with these words, and changes nothing else."""
        self.settle(apart_from=apart_from)
        before, since = self.fingerprint(), self.now()
        yield
        self.settle(apart_from=apart_from)
        told = self.told(chat, since)
        assert len(told) == 1, f"{len(told)} answers:\n{chat.transcript()}\n{self.log()[-3000:]}"
        assert words in told[0], told[0]
        assert self.fingerprint() == before

    def audits(self, chat: Chat) -> list[str]:
        """What was written down of the deeds in a chat, oldest first."""
        query = select(AuditEntry.action).where(AuditEntry.origin == self.chat_key(chat)).order_by(AuditEntry.id)
        with self.database.reading() as session:
            return list(session.scalars(query))

    def updates_taken(self) -> int:
        """How many updates were done or put aside."""
        return int(self.scalar(select(func.count()).select_from(inbox).where(inbox.c.status != "failed")))

    # people

    def issue(
        self, name: str, role: Role, *, warehouse: str | None = None, valid_for: timedelta = timedelta(days=7)
    ) -> FreshCode:
        """A one-time password, as the server's command line would make it."""
        with self.database.transaction() as session:
            fresh = self._unused_code(session)
            ids = [session.scalars(select(Warehouse.id).where(Warehouse.name == warehouse)).one()] if warehouse else []
            access_admin.issue(
                session,
                fresh,
                by=None,
                name=name,
                role=role,
                warehouse_ids=ids,
                valid_for=valid_for,
                now=datetime.now(UTC),
            )
        return fresh

    @staticmethod
    def _unused_code(session: Session) -> FreshCode:
        """A thousand codes in one house are enough for two of them to begin alike, one run in seventy."""
        while True:
            fresh = access_codes.prepare(HASHER)
            if session.scalar(select(AccessCode.id).where(AccessCode.public == fresh.public)) is None:
                return fresh

    def stranger(self, name: str, language: str = "ru") -> Chat:
        """Somebody new, with the chat open but nothing said."""
        person: Person = self.box.new_person(name, language_code=language)
        return person.chat_with(self.bot)

    def staff(self, name: str, role: Role, language: str = "en", *, warehouse: str | None = None) -> Chat:
        """Somebody who got in with a link."""
        fresh = self.issue(name, role, warehouse=warehouse)
        chat = self.stranger(name, language)
        chat.open_link(fresh.link)
        chat.wait_for(name, timeout=30)  # the house may just be starting
        self.settle()
        return chat

    # acting

    def press(self, chat: Chat, label: str) -> Press:
        """Press a button and see what comes of it."""
        pressed = chat.press(label)
        self.settle()
        return pressed

    def say(self, chat: Chat, words: str) -> int:
        """Say something and see what comes of it."""
        message_id = chat.say(words)
        self.settle()
        return message_id

    def chat_key(self, chat: Chat) -> str:
        """What the desk calls a chat."""
        return f"tg:{self.bot.id}:{chat.id}"

    def actor(self, chat: Chat) -> Actor:
        """Who is behind a chat of the staff."""
        with self.database.reading() as session:
            actor = people.find_actor(session, "tg", str(chat.id), origin=self.chat_key(chat))
        assert actor is not None
        return actor


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def furnish(database: Database) -> None:
    """A small company: two warehouses, some goods, clients with and without e-mail."""
    with database.transaction() as session:
        make_company(session, director_phone="+7 495 000-00-00", email="office@example.org", director="Анна Орлова")
        moscow = make_warehouse(session, "Москва", latitude=55.7512, longitude=37.6184)
        kazan = make_warehouse(session, "Казань", latitude=55.7963, longitude=49.1088)
        dairy = make_category(session, "Молочное")
        drinks = make_category(session, "Bebidas")
        make_product(
            session, "Молоко 3,2 %", price_minor=8900, warehouse=moscow, category=dairy,
            units=[("box", 12000, 100000)], article="M-1",
        )  # fmt: skip
        make_product(session, "Сыр", price_minor=54000, warehouse=moscow, category=dairy, base=("kg", 3), article="S-1")
        make_product(session, "Piña colada", price_minor=25000, warehouse=kazan, category=drinks, article="P-1")
        make_client(session, "Лавка на Покровке", email="lavka@example.org", address="Покровка, 1")
        make_client(session, "Señor Muñoz", email="", address="Calle Mayor 3", language="es")
        make_client(session, "Corner Shop", email="corner@example.org", language="en", place=None)


def new_house(box: Box, database_url: str, folder: Path, mode: str, **extra: str) -> House:
    """An installation that is furnished but not started."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(database_url)
    furnish(database)
    bot = box.new_bot(username=f"telbot_{folder.name.replace('-', '_')[-20:]}_bot", name="TelBot")
    return House(box, bot, database, database_url, folder, mode, extra)
