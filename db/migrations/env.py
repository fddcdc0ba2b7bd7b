"""Alembic's entry: the same models and the same engine as the product."""

from __future__ import annotations

from typing import Literal

from alembic import context

from db import migrate
from db.models import metadata
from db.session import Database
from db.types import BigId, Document

config = context.config


def run() -> None:
    """Migrate the database that ``db.migrate`` or ``-x url=…`` names."""
    connection = config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    url = context.get_x_argument(as_dictionary=True).get("url")
    if url is None:
        raise SystemExit("Name the database: alembic -x url=sqlite:///var/telbot.sqlite3 upgrade head")
    database = Database(url)
    with database.engine.connect() as fresh:
        _migrate(fresh)
        fresh.commit()
    database.dispose()


def _migrate(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_by_our_name,
        include_object=migrate.is_of_models,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _by_our_name(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types by name, so that a revision reads like the models."""
    if kind != "type":
        return False
    if item is Document:
        return "db.types.Document"
    return "db.types.BigId" if item is BigId else False


run()
