"""The databases that tests run on: made by Alembic, on SQLite and on PostgreSQL; each test rolls back."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session
from xdist.scheduler import LoadScopeScheduling

from db import migrate
from db.session import Database

POSTGRES_URL = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
BACKENDS = ("sqlite", "postgresql")


class ByNeighbours(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps together what belongs together when several workers share the tests; each other test goes alone.

    Journeys share the installations of their database, tests in a browser the browser; chaos wants as little beside it
    as can be, least of all a browser. (The groups of `--dist loadgroup` itself do nothing with this version of pytest.)
    """

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1] if nodeid.startswith("tests/") else ""
        if folder == "journeys":
            return "journeys-postgresql" if "postgresql" in nodeid else "journeys-sqlite"
        if folder in {"browser", "chaos"} or "/test_restore_drill.py" in nodeid:
            return "heavy"
        return nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByNeighbours | None:
    """With `--dist loadgroup`, as `make test` says."""
    return ByNeighbours(config, log) if config.getvalue("dist") == "loadgroup" else None


def absent(service: str, why: object) -> None:
    """Skip with the reason, or fail where the services are required."""
    message = f"{service} does not answer: {why}"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _administer(statement: str) -> None:
    url = make_url(POSTGRES_URL).set(drivername="postgresql")
    try:
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        absent("PostgreSQL", error)


class EmptyDatabases:
    """Makes fresh, migrated databases and drops them at the end. A template makes the second one cheap."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[str] = []
        self._template: str | None = None

    def new(self, backend: str) -> str:
        """The URL of a new database of that backend with all tables and no rows."""
        name = f"telbot_test_{uuid.uuid4().hex[:12]}"
        if backend == "sqlite":
            url = f"sqlite:///{self._folder / name}.sqlite3"
            self._migrate(url)
            return url
        if self._template is None:
            self._template = self._create(f"{name}_template", like=None)
            self._migrate(self._url(self._template))
        return self._url(self._create(name, like=self._template))

    def _create(self, name: str, *, like: str | None) -> str:
        _administer(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        self._made.append(name)
        return name

    @staticmethod
    def _url(name: str) -> str:
        return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)

    @staticmethod
    def _migrate(url: str) -> None:
        database = Database(url)
        migrate.upgrade(database)
        database.dispose()

    def drop_all(self) -> None:
        """Drop what was made on the server."""
        for name in self._made:
            _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def empty_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyDatabases]:
    """The maker of databases for this run."""
    maker = EmptyDatabases(tmp_path_factory.mktemp("databases"))
    yield maker
    maker.drop_all()


@pytest.fixture(scope="session", params=BACKENDS)
def shared_database(request: pytest.FixtureRequest, empty_databases: EmptyDatabases) -> Iterator[Database]:
    """One database per backend for all tests that roll back."""
    database = Database(empty_databases.new(request.param))
    yield database
    database.dispose()


@pytest.fixture
def session(shared_database: Database) -> Iterator[Session]:
    """A session whose work is thrown away, whatever it commits."""
    with shared_database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as inner:
            yield inner
        outer.rollback()


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, empty_databases: EmptyDatabases) -> Iterator[Database]:
    """A database of one's own, for tests with threads or with real commits."""
    fresh = Database(empty_databases.new(request.param))
    yield fresh
    fresh.dispose()
