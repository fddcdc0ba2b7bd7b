"""search

Products and clients by part of a name. Written by hand: neither database's search is known to the models.

SQLite: an FTS5 table of trigrams per table, kept by triggers, so that every writer is covered. It holds the key with
two spaces before each word, so that words of one and two letters are found by their beginning. A later revision that
rebuilds ``product`` or ``client`` in batch mode drops their triggers and must make them anew.
PostgreSQL: pg_trgm, which pads words in the same way.

Revision ID: 0002
Revises: 0001
"""

# ruff: noqa: S608 - all that is put into these statements is written here
from __future__ import annotations

import sys

from alembic import op
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("product", "client")
ARTICLE = "substr(search_key, 1, length(article))"
NAME = "substr(search_key, length(article) + 2)"
"""A product's key is its article's key, a space and its name's key."""
NO_TRIGRAMS = (
    "The search needs PostgreSQL's extension pg_trgm, and this user may not create it. "
    "Let an administrator run CREATE EXTENSION pg_trgm; in this database, then run: make migrate"
)
NO_FTS5 = "The search needs an SQLite with FTS5 and its trigram tokenizer (3.34 or newer)."


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _index_sqlite()
    else:
        _index_postgresql()


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        if is_sqlite:
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER search_{table}_{event}")
            op.execute(f"DROP TABLE search_{table}")
        else:
            op.execute(f"DROP INDEX search_{table}_words")
        op.execute(f"DROP INDEX search_{table}_key")
    op.execute("DROP INDEX search_product_article")
    op.execute("DROP INDEX search_product_name")  # the extension stays: others may use it


def _index_sqlite() -> None:
    for table in TABLES:
        try:
            op.execute(
                f"CREATE VIRTUAL TABLE search_{table} USING fts5(words, content='', columnsize=0,"
                " tokenize='trigram case_sensitive 1')"
            )
        except DBAPIError:
            sys.exit(NO_FTS5)
        remove = f"INSERT INTO search_{table}(search_{table}, rowid, words) VALUES ('delete', old.id, {_words('old')});"
        add = f"INSERT INTO search_{table}(rowid, words) VALUES (new.id, {_words('new')});"
        for name, event, work in (
            ("insert", "INSERT", add),
            ("update", "UPDATE OF search_key", remove + add),
            ("delete", "DELETE", remove),
        ):
            op.execute(f"CREATE TRIGGER search_{table}_{name} AFTER {event} ON {table} BEGIN {work} END")
        op.execute(f"INSERT INTO search_{table}(rowid, words) SELECT id, {_words(table)} FROM {table}")
        op.execute(f"CREATE INDEX search_{table}_key ON {table} (search_key)")
    op.execute(f"CREATE INDEX search_product_name ON product ({NAME})")
    op.execute(f"CREATE INDEX search_product_article ON product ({ARTICLE})")


def _words(row: str) -> str:
    return f"'  ' || replace({row}.search_key, ' ', '  ')"


def _index_postgresql() -> None:
    connection = op.get_bind()
    if connection.scalar(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")) is None:
        try:
            op.execute("CREATE EXTENSION pg_trgm")
        except DBAPIError:
            sys.exit(NO_TRIGRAMS)
    for table in TABLES:
        op.execute(
            f"CREATE INDEX search_{table}_words ON {table} USING gin ((' ' || search_key) gin_trgm_ops)"
            " WITH (fastupdate = off)"
        )
        op.execute(f'CREATE INDEX search_{table}_key ON {table} (search_key COLLATE "C")')
    op.execute(f'CREATE INDEX search_product_name ON product (({NAME}) COLLATE "C")')
    op.execute(f"CREATE INDEX search_product_article ON product (({ARTICLE}))")
