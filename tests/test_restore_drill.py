"""The restore drill of docs/operations.md: its own commands back up a house while orders come in, and bring it back.

The disk is gone then; the house is restored into another database and another folder, and people go on pressing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select

from db.models.invoices import Invoice, MailRequest
from db.models.messaging import inbox
from db.models.orders import Order
from db.session import Database
from sandbox.client import Box
from tests.chaos.invariants import restored_violations
from tests.chaos.shift import Shift
from tests.conftest import BACKENDS, EmptyDatabases, absent
from tests.journeys.house import ROOT, House

PAGE = ROOT / "docs" / "operations.md"
TOOLS = {"sqlite": ("sqlite3",), "postgresql": ("pg_dump", "pg_restore", "psql")}
LETTERS = 1
"""How many invoices come into the mailboxes before the backup, and again before the disk is gone."""


def commands(drill: str) -> str:
    """The block of the page below ``<!-- drill: … -->``."""
    found = re.search(rf"<!-- drill: {drill} -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, f"the page has no block {drill!r}"
    return found[1]


class Operator:
    """Does what the page says, word for word, with the page's variables set."""

    def __init__(self, backend: str, backup: Path) -> None:
        self.backend, self.backup = backend, backup

    def back_up(self, house: House) -> None:
        """Database first, then files, as the page has it."""
        for what in (self.backend, "files"):
            self._run(f"back up {what}", house.database_url, house.folder)

    def restore(self, database_url: str, folder: Path) -> None:
        """Into a database that is not there yet, or is empty."""
        folder.mkdir()
        for what in (self.backend, "files"):
            self._run(f"restore {what}", database_url, folder)

    def move_numbers(self, database_url: str, highest: int) -> None:
        """Past the numbers that were given out after the backup; the page's example is 123 of 2026."""
        year = self._year(database_url)
        statement = commands("numbers").replace("123", str(highest)).replace("2026", str(year))
        tool = ["sqlite3"] if self.backend == "sqlite" else ["psql", "--no-psqlrc", "--quiet"]
        subprocess.run([*tool, _plain(database_url)], input=statement, text=True, check=True)  # noqa: S603 - our own

    @staticmethod
    def _year(database_url: str) -> int:
        database = Database(database_url)
        with database.reading() as session:
            year = session.scalars(select(Invoice.year).limit(1)).one()
        database.dispose()
        return year

    def _run(self, drill: str, database_url: str, folder: Path) -> None:
        places = {"BACKUP": str(self.backup), "DATABASE": _plain(database_url), "FILES": str(folder / "files")}
        done = subprocess.run(  # noqa: S603 - the page's own words
            ["/bin/bash", "-euo", "pipefail", "-c", commands(drill)],
            env={**os.environ, **places},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{drill}: {done.stderr}"


def _plain(database_url: str) -> str:
    """How the tools of the database call it: a file, or an address without the driver."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _another(database_url: str, databases: EmptyDatabases, folder: Path) -> str:
    """A file that is not there yet, or an empty database without tables."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return f"sqlite:///{folder / 'restored.sqlite3'}"
    url = databases.new("postgresql")
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture
def box() -> Iterator[Box]:
    """A sandbox of its own, which keeps Telegram and the mailboxes while the house burns down."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--smtp-port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            with Box(json.loads(process.stdout.readline())["control_url"]) as opened:
                yield opened
        finally:
            process.terminate()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_backup_taken_at_work_brings_the_house_back(
    backend: str, box: Box, empty_databases: EmptyDatabases, tmp_path: Path
) -> None:
    for tool in TOOLS[backend]:
        if shutil.which(tool) is None:
            absent(tool, "not installed")
    operator = Operator(backend, tmp_path / "backup")
    shift = Shift.open(box, empty_databases.new(backend), tmp_path / "house", "polling", seed=11)
    burnt = shift.house
    try:
        shift.crowd.begin()
        shift.wait_for_letters(LETTERS, within=120)
        operator.back_up(burnt)
        backed_up = len(box.mail())
        shift.wait_for_letters(backed_up + LETTERS, within=120)
    finally:
        burnt.kill()
    given_out = int(burnt.scalar(select(func.max(Invoice.number))))
    taken = int(burnt.scalar(select(func.count()).select_from(inbox)))
    burnt.database.dispose()
    shutil.rmtree(burnt.folder / "files")

    url = _another(burnt.database_url, empty_databases, tmp_path)
    operator.restore(url, tmp_path / "restored")
    shift.house = House(box, burnt.bot, Database(url), url, tmp_path / "restored", "polling")
    known = set(_invoices(shift.house))
    assert 0 < int(shift.house.scalar(select(func.count()).select_from(inbox))) < taken, "it is the day of the backup"
    assert max(known) < given_out
    operator.move_numbers(url, given_out)
    try:
        shift.house.start()
        shift.house.wait_until(lambda: set(_invoices(shift.house)) - known, timeout=120)
        world = shift.close()
        assert restored_violations(world) == []
    finally:
        shift.house.kill()

    assert shift.crowd.trouble() == []
    assert min(set(_invoices(shift.house)) - known) == given_out + 1, "a number was given out twice"
    states = select(MailRequest.state).where(MailRequest.state != "accepted")
    assert shift.house.scalar(select(func.count()).select_from(states.subquery())) == 0
    assert shift.house.scalar(select(func.count()).select_from(Order).where(Order.status == "loading")) == 0


def _invoices(house: House) -> list[int]:
    with house.database.reading() as session:
        return list(session.scalars(select(Invoice.number).order_by(Invoice.number)))
