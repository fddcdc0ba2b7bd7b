"""What counts as a database that is away, and what is a mistake of ours."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db.session import Database, in_short, is_away


@pytest.mark.parametrize(
    ("trouble", "away"),
    [
        (OperationalError("", {}, sqlite3.OperationalError("database is locked")), True),
        (OperationalError("", {}, sqlite3.OperationalError("database or disk is full")), True),
        (OperationalError("", {}, sqlite3.OperationalError("unable to open database file")), True),
        (OperationalError("", {}, sqlite3.OperationalError("no such column: nothing")), False),
        (OperationalError("", {}, psycopg.OperationalError("server closed the connection unexpectedly")), True),
        (OperationalError("", {}, psycopg.errors.DeadlockDetected("deadlock detected")), True),
        (InterfaceError("", {}, psycopg.InterfaceError("connection is closed")), True),
        (PoolTimeout("no connection came free"), True),
        (IntegrityError("", {}, sqlite3.IntegrityError("UNIQUE constraint failed")), False),
        (KeyError("ours"), False),
    ],
)
def test_which_trouble_means_try_again_later(trouble: Exception, *, away: bool) -> None:
    assert is_away(trouble) is away


def test_an_error_does_not_tell_what_was_written(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as told, database.transaction() as session:
        session.execute(text("INSERT INTO counter (name, n) VALUES (:name, NULL)"), {"name": "the-secret"})

    assert "the-secret" not in in_short(told.value)
