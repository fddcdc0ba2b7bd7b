"""The engine and the transaction: the only place in the product that commits.

SQLite has one writer. Every transaction that may write begins with ``BEGIN IMMEDIATE``, because a read that
later turns into a write fails with "database is locked" however long it waits, and queues in a fair lock,
because SQLite's own busy handler lets a newcomer overtake (docs/decisions/0002).
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

Transaction = Callable[[], AbstractContextManager[Session]]
"""What opens a transaction: ``with transaction() as session``. It commits at the end, or rolls back all."""


class UnsaidAnnouncements(RuntimeError):
    """A transaction was about to commit what a service announced and nobody had written to the outbox."""


_SQLITE_AWAY = ("locked", "busy", "disk", "full", "unable to open", "readonly", "i/o")


def is_away(trouble: BaseException) -> bool:
    """Tell whether the database could not be used at all, so that the same may well work later.

    SQLite calls its own troubles and mistakes of ours (a column that does not exist) by one name: its words decide.
    """
    if isinstance(trouble, (PoolTimeout, InterfaceError)):
        return True
    if not isinstance(trouble, OperationalError):
        return False
    words = str(trouble.orig).lower()
    return not isinstance(trouble.orig, sqlite3.Error) or any(known in words for known in _SQLITE_AWAY)


def in_short(bug: BaseException) -> str:
    """An error in one line, without what PostgreSQL quotes of the row in its further lines."""
    lines = str(bug).splitlines()
    return f"{type(bug).__name__}: {lines[0]}" if lines else type(bug).__name__


class FairLock:
    """A lock that is handed over in the order of asking."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def __enter__(self) -> None:
        with self._mutex:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_exc: object) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class Database:
    """One database and the ways into it.

    ``transaction()`` for whatever may write, ``reading()`` for what never does.
    """

    def __init__(self, url: str, *, pool_size: int = 20, info: Mapping[str, Any] | None = None) -> None:
        """``info``: what every session of a transaction knows of the installation (``Session.info``)."""
        self.engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, info=dict(info or {}))
        self._writing = FairLock() if self.is_sqlite else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session that commits at the end of the block, or rolls back everything if it raises."""
        if self._writing is None:
            with self._committing() as session:
                yield session
        else:
            with self._writing, self._committing() as session:
                yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session for reading; whatever it changes is thrown away."""
        connection = self.engine.connect().execution_options(reading=True)
        with connection, Session(connection) as session:
            yield session

    @contextmanager
    def _committing(self) -> Iterator[Session]:
        with self._sessions() as session:
            yield session
            if session.info.get("announcements"):
                raise UnsaidAnnouncements(str(session.info["announcements"]))
            session.commit()

    def dispose(self) -> None:
        """Close the pool's connections."""
        self.engine.dispose()


def _engine(url: str, pool_size: int) -> Engine:
    parsed = make_url(url)
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # an error's text ends in logs and tables, and parameters hold what people wrote
        "pool_size": pool_size,
        "max_overflow": pool_size,
    }
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # a connection that broke while it lay idle fails the first event, which is then tried again: that is cheaper
    # than asking before every transaction
    return create_engine(parsed, pool_recycle=300, **options)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
