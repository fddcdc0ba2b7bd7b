"""Bring a database to the newest revision."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from db.session import Database

SEARCH = "search_"
"""What begins the names of the tables and indexes of revision 0002, which the models do not know."""


def is_of_models(_item: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001
    """Tell Alembic whether to compare this thing with the models: the tables and indexes of the search are not."""
    return not (name or "").startswith(SEARCH)


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply all migrations up to ``revision`` in one transaction; ends the process with one line where none leads
    there from what the database is at.
    """
    with database.engine.connect() as connection:
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            sys.exit(f"The database of DATABASE_URL cannot be brought up to date, is it a newer TelBot's? {error}")
        connection.commit()


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def require_current(database: Database) -> Database:
    """The same database, at the newest revision; ends the process with one line where it is not."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present != ScriptDirectory.from_config(_config(None)).get_current_head():
        sys.exit("The database is not up to date. Run: make migrate")
    return database
