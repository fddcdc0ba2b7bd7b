"""A furnished database per backend, and a talk in it whose work is thrown away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.engine import Connection

from db.models.messaging import lane, outbox
from db.session import Database
from tests.bot.hall import Hall, furnish
from tests.bot.talk import Talk, talk_inside
from tests.conftest import BACKENDS, EmptyDatabases


@pytest.fixture(scope="session", params=BACKENDS)
def furnished(request: pytest.FixtureRequest, empty_databases: EmptyDatabases) -> Iterator[tuple[Database, Hall]]:
    """One database per backend with everybody in it; nobody may change it."""
    database = Database(empty_databases.new(request.param))
    with database.transaction() as session:
        hall = furnish(session)
        _ = hall.unit_ids  # read while the session is open
        for table in (outbox, lane):  # what was billed for the furniture has left
            session.execute(table.delete())
    yield database, hall
    database.dispose()


@pytest.fixture
def connection(furnished: tuple[Database, Hall]) -> Iterator[Connection]:
    """A connection to it that is rolled back."""
    with furnished[0].engine.connect() as opened:
        outer = opened.begin()
        yield opened
        outer.rollback()


@pytest.fixture
def hall(furnished: tuple[Database, Hall]) -> Hall:
    """Who and what is there."""
    return furnished[1]


@pytest.fixture
def talk(connection: Connection, hall: Hall) -> Talk:
    """A conversation whose work is thrown away."""
    return talk_inside(connection)
