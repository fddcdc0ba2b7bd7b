"""The durable core: what came in, where each chat stands, what has to leave. Core tables: used on every event."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, text

from db.models.base_model import Model
from db.types import BigId, Document, UtcDateTime

_metadata = Model.metadata

inbox = Table(
    "inbox",
    _metadata,
    Column("source", String(64), primary_key=True),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_key", String(128), nullable=False),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("status", String(8), nullable=False),  # done, failed (will be tried again), dead
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
)
"""One row per update that was seen: the guard against doing it twice."""

dead_letter = Table(
    "dead_letter",
    _metadata,
    Column("id", BigId, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("chat_key", String(128), nullable=False),
    Column("raw", Document, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Updates that failed three times, whole, for an admin to look at."""

dialogue = Table(
    "dialogue",
    _metadata,
    Column("chat_key", String(128), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("language", String(5), nullable=False, server_default=""),
    Column("screen", String(48), nullable=False, server_default=""),
    Column("state", Document, nullable=False),
    Column("slot", Integer, nullable=False),  # which of the chat's screens is the living one
    Column("asking", Boolean, nullable=False),  # a reply keyboard is up
    Column("commands", String(64), nullable=False, server_default=""),  # which commands the chat's menu shows
)
"""Where a chat stands; its row lock makes the chat's events one after another."""

posted = Table(
    "posted",
    _metadata,
    Column("chat_key", String(128), primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("message_id", String(64), nullable=False),
)
"""Which message of the messenger shows which screen."""

outbox = Table(
    "outbox",
    _metadata,
    Column("id", BigId, primary_key=True),
    Column("lane", String(160), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("dedupe", String(200), unique=True),
    Column("payload", Document, nullable=False),
    Column("secret", Boolean, nullable=False),
    Column("status", String(8), nullable=False),  # pending, sent, dead, merged (a later edit won), aside
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("provider_id", String(200), nullable=False, server_default=""),
    Index(
        "ix_outbox_dead",
        "id",
        sqlite_where=text("status = 'dead'"),
        postgresql_where=text("status = 'dead'"),
    ),
    Index(
        "ix_outbox_pending",
        "lane",
        "id",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
)
"""What has to leave. Rows of one lane leave in the order of their ids."""

lane = Table(
    "lane",
    _metadata,
    Column("key", String(160), primary_key=True),
    Column("due_at", UtcDateTime),  # null: nothing to do
    Column("leased_until", UtcDateTime),
    Column("token", String(32)),
    Index("ix_lane_due", "due_at"),
)
"""Who is emptying which lane, and when it is worth looking again."""

rate = Table(
    "rate",
    _metadata,
    Column("name", String(160), primary_key=True),
    Column("tat", Float(53), nullable=False),  # theoretical arrival time, seconds since the epoch (GCRA)
)
"""How fast a way out may be used."""

counter = Table(
    "counter",
    _metadata,
    Column("name", String(64), primary_key=True),
    Column("n", BigInteger, nullable=False),
)
"""Gapless numbers: the last one that was taken."""

told_profile = Table(
    "told_profile",
    _metadata,
    Column("account", String(64), primary_key=True),  # the connector's source and what was told: tg:<bot>:name:ru
    Column("digest", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
"""Which name, descriptions and commands of ours a messenger has taken, so that it is not told at every start."""
