"""What the migrations build is what the models say."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from db import migrate
from db.models import metadata
from db.session import Database
from tests.conftest import EmptyDatabases

NAMES_OF_SEARCH = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name LIKE 'search^_%' ESCAPE '^'",
    "postgresql": "SELECT relname FROM pg_class WHERE relname LIKE 'search^_%' ESCAPE '^'",
}


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrations_make_the_tables_of_the_models(shared_database: Database) -> None:
    with shared_database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": migrate.is_of_models}
        )

        assert compare_metadata(context, metadata) == []


def test_there_is_one_line_of_revisions() -> None:
    assert len(ScriptDirectory.from_config(migrate._config(None)).get_heads()) == 1


def test_an_upgraded_database_is_current(shared_database: Database) -> None:
    migrate.require_current(shared_database)
    migrate.upgrade(shared_database)
    migrate.require_current(shared_database)


def test_the_search_is_taken_back_whole(database: Database) -> None:
    with database.engine.connect() as connection:
        command.downgrade(migrate._config(connection), "0001")
        left = connection.execute(text(NAMES_OF_SEARCH[connection.dialect.name])).all()
        command.upgrade(migrate._config(connection), "head")

    assert left == []


def test_who_may_not_create_the_extension_is_told_what_to_do(empty_databases: EmptyDatabases) -> None:
    url = make_url(empty_databases.new("postgresql"))
    role = f"no_right_{url.database}"
    with Database(url.render_as_string(hide_password=False)).engine.connect() as connection:
        command.downgrade(migrate._config(connection), "0001")
        connection.execute(text("DROP EXTENSION pg_trgm"))
        connection.execute(text(f"CREATE ROLE {role}"))
        for statement in ("GRANT ALL ON ALL TABLES IN SCHEMA public TO", "GRANT ALL ON SCHEMA public TO", "SET ROLE"):
            connection.execute(text(f"{statement} {role}"))

        with pytest.raises(SystemExit) as ended:
            command.upgrade(migrate._config(connection), "head")
        connection.rollback()

    assert "Let an administrator run CREATE EXTENSION pg_trgm" in str(ended.value)
    assert "\n" not in str(ended.value)


def test_a_database_with_a_company_and_a_catalogue_learns_of_tickets_and_forgets_them(database: Database) -> None:
    with database.engine.connect() as connection:
        config = migrate._config(connection)
        command.downgrade(config, "0002")
        connection.execute(text("INSERT INTO category (id, name, position) VALUES (1, 'Dye', 0)"))
        connection.execute(text("INSERT INTO category (id, parent_id, name, position) VALUES (2, 1, 'Red', 0)"))
        connection.commit()
        command.upgrade(config, "head")
        found = connection.execute(text("SELECT counts_units, unit_words FROM category ORDER BY id")).all()
        command.downgrade(config, "0002")
        left = connection.execute(text("SELECT id, parent_id, name FROM category ORDER BY id")).all()
        command.upgrade(config, "head")

    assert [(bool(row.counts_units), row.unit_words) for row in found] == [(False, ""), (False, "")]
    assert [tuple(row) for row in left] == [(1, None, "Dye"), (2, 1, "Red")]
