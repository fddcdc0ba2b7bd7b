"""The doors as anybody runs them: whatever stands in the way is told in one line, without a traceback or a secret."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from db import migrate
from db.models.messaging import outbox as table
from db.session import Database
from sandbox.client import Box
from sandbox.process import running_sandbox
from services import lanes, outbox
from services.outbox import Item
from tests.builders import NOON
from tests.conftest import EmptyDatabases

ROOT = Path(__file__).parents[1]
POLLING, WEBHOOKS = "telbot_polling.py", "telbot_webhooks.py"
TOKEN = "77:canary-token"
WEBHOOK = {"WEBHOOK_URL": "https://desk.example.org/telegram", "WEBHOOK_SECRET": "s-e_cret"}
NOBODY = "http://127.0.0.1:1"


class Installation:
    """A folder without .env, with a database that is up to date."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": NOBODY, "DATABASE_URL": database_url}

    def run(self, door: str, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        system = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(  # noqa: S603 - our own doors
            [sys.executable, str(ROOT / door), *words],
            cwd=self.folder,
            env={**system, "PYTHONUTF8": "1", **self.settings, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def refusal(self, door: str, *words: str, **settings: str) -> str:
        """What a command that cannot do it says, which is all there is and holds no secret."""
        done = self.run(door, *words, **settings)
        assert (done.returncode, done.stdout) == (1, ""), done.stderr
        assert "Traceback" not in done.stderr
        assert "canary" not in done.stderr
        return done.stderr.strip()


@pytest.fixture
def here(tmp_path: Path, empty_databases: EmptyDatabases) -> Installation:
    return Installation(tmp_path, empty_databases.new("sqlite"))


@pytest.fixture(scope="module")
def box() -> object:
    with running_sandbox() as running:
        yield running


@pytest.mark.parametrize(
    ("door", "words"), [(POLLING, ["poll"]), (POLLING, ["admin"]), (WEBHOOKS, ["show"]), (WEBHOOKS, ["remove"])]
)
def test_who_has_no_token_is_told_how_to_get_one(here: Installation, door: str, words: list[str]) -> None:
    assert here.refusal(door, *words, BOT_TOKEN="").startswith("BOT_TOKEN is not set. Talk to @BotFather")


@pytest.mark.parametrize("word", ["serve", "set"])
def test_a_webhook_needs_its_settings_and_all_are_named_together(here: Installation, word: str) -> None:
    told = here.refusal(WEBHOOKS, word, LOG_LEVEL="loud", BOT_TOKEN="")

    assert [line.split()[0] for line in told.splitlines()[1:-1]] == [
        "BOT_TOKEN",
        "WEBHOOK_URL",
        "WEBHOOK_SECRET",
        "LOG_LEVEL",
    ]


@pytest.mark.parametrize("word", ["set", "show", "remove"])
def test_a_messenger_that_is_away_is_one_line(here: Installation, word: str) -> None:
    told = here.refusal(WEBHOOKS, word, **WEBHOOK)

    assert told == ("Telegram does not do it now, look at BOT_TOKEN, BOT_API_URL and BOT_PROXY: NewConnectionError")


def test_a_wrong_token_is_one_line(here: Installation, box: Box) -> None:
    assert here.refusal(WEBHOOKS, "show", BOT_API_URL=box.api_url).endswith("BOT_PROXY: Unauthorized")


def test_an_admin_gets_a_password_and_why_there_is_no_link(here: Installation) -> None:
    done = here.run(POLLING, "admin")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Password: ")
    assert "none (Telegram does not do it now, look at BOT_TOKEN" in done.stdout


def test_a_webhook_that_is_set_is_said_and_one_without_address_stays(here: Installation, box: Box) -> None:
    bot = box.new_bot("doors_bot")
    there = {"BOT_TOKEN": bot.token, "BOT_API_URL": box.api_url, "WEBHOOK_SECRET": "s"}

    done = here.run(WEBHOOKS, "set", WEBHOOK_URL="http://127.0.0.1:9/telegram", **there)
    assert (done.returncode, done.stdout) == (0, "Telegram sends updates to http://127.0.0.1:9/telegram\n"), done.stderr

    assert "WEBHOOK_URL is not set" in here.refusal(WEBHOOKS, "set", **there)
    assert '"url": "http://127.0.0.1:9/telegram"' in here.run(WEBHOOKS, "show", **there).stdout

    assert here.run(WEBHOOKS, "remove", **there).returncode == 0
    assert '"url": ""' in here.run(WEBHOOKS, "show", **there).stdout


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://desk:canary@127.0.0.1:1/desk", "Connection refused"),
        ("sqlite:////proc/telbot/desk.sqlite3", "/proc/telbot"),
    ],
)
@pytest.mark.parametrize("command", [(POLLING, "migrate"), (POLLING, "poll"), (WEBHOOKS, "show")])
def test_a_database_that_is_away_is_one_line(
    here: Installation, url: str, words: str, command: tuple[str, str]
) -> None:
    told = here.refusal(*command, DATABASE_URL=url)

    assert "DATABASE_URL" in told
    assert words in told


@pytest.mark.parametrize(
    ("role", "name", "words"),
    [("nobody_here", "postgres", 'role "nobody_here"'), ("postgres", "nothing_here", 'database "nothing_here"')],
)
def test_a_server_that_knows_us_not_is_one_line(
    here: Installation, empty_databases: EmptyDatabases, role: str, name: str, words: str
) -> None:
    empty_databases.new("postgresql")  # skips where there is no server
    told = here.refusal(POLLING, "migrate", DATABASE_URL=f"postgresql+psycopg://{role}:canary@127.0.0.1:5432/{name}")

    assert told.startswith("The database cannot be used, look at DATABASE_URL: ")
    assert words in told
    assert len(told.splitlines()) == 1


def test_a_database_of_a_newer_telbot_is_one_line(here: Installation) -> None:
    database = Database(here.settings["DATABASE_URL"])
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'future'")
    database.dispose()

    told = here.refusal(POLLING, "migrate")

    assert told.startswith("The database of DATABASE_URL cannot be brought up to date, is it a newer TelBot's?")


def test_an_address_that_is_taken_is_one_line(here: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = here.run(WEBHOOKS, "serve", WEBHOOK_LISTEN=listen, **WEBHOOK)

    assert done.returncode == 1
    assert f"WEBHOOK_LISTEN {listen} cannot be listened on: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("door", "words", "told"),
    [
        (POLLING, ["dance"], "Say one of: poll, admin, migrate, seed, dead, retry"),
        (WEBHOOKS, ["dance"], "Say one of: serve, set, show, remove"),
        (POLLING, ["retry"], "Say: retry <row>"),
        (POLLING, ["migrate", "now"], "Say: migrate"),
        (POLLING, ["retry", "5"], "There is no row 5. `dead` lists those that can be tried again."),
    ],
)
def test_a_word_that_is_not_understood_is_answered(here: Installation, door: str, words: list[str], told: str) -> None:
    assert here.refusal(door, *words) == told


def test_what_is_dead_is_listed_and_leaves_again(here: Installation) -> None:
    database = Database(here.settings["DATABASE_URL"])
    migrate.require_current(database)
    with database.transaction() as session:
        outbox.put(session, [Item("mail:7", "invoice.mail", {"hush": "canary"})], now=NOON)
        [row] = lanes.next_rows(session, "mail:7", most=1)
        lanes.settle(session, row, "dead", now=NOON, error="550 no such mailbox")

    assert "invoice.mail  mail:7  550 no such mailbox" in here.run(POLLING, "dead").stdout
    assert here.run(POLLING, "retry", str(row.id)).stdout == f"Row {row.id} leaves again, in lane mail:7.\n"
    assert here.run(POLLING, "dead").stdout == "Nothing is dead.\n"
    with database.reading() as session:
        assert session.scalars(select(table.c.status)).all() == ["pending"]
    database.dispose()


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o600, False), (0o640, False)])
def test_an_env_file_that_everybody_can_read_is_warned_of(here: Installation, mode: int, warned: bool) -> None:  # noqa: FBT001
    file = here.folder / ".env"
    file.write_text("COMPANY_NAME=Desk\n")
    file.chmod(mode)

    done = here.run(POLLING, "admin")

    assert done.returncode == 0
    assert ("chmod 600 .env" in done.stderr) is warned
