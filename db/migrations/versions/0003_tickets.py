"""tickets

Photos of tickets, what was read on them and what became of it; the units that recorded sales had.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sale_units",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_sale_units_category_id_category"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_sale_units_order_id_order")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_sale_units")),
    )
    with op.batch_alter_table("sale_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sale_units_category_id"), ["category_id"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("chat_key", sa.String(length=128), nullable=False),
        sa.Column("message_ref", sa.String(length=64), nullable=False),
        sa.Column("album", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("read_revision", sa.Integer(), nullable=False),
        sa.Column("awaited", sa.Integer(), nullable=False),
        sa.Column("due_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("join_until", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("client_text", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("typed_minor", sa.BigInteger(), nullable=True),
        sa.Column("read_minor", sa.BigInteger(), nullable=True),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("typed_on", sa.Date(), nullable=True),
        sa.Column("shop", sa.String(length=200), nullable=False),
        sa.Column("fiscal_id", sa.String(length=128), nullable=False),
        sa.Column("reading", db.types.Document, nullable=False),
        sa.Column("choices", db.types.Document, nullable=False),
        sa.Column("likely", db.types.Document, nullable=False),
        sa.Column("trouble", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("review", sa.String(length=16), nullable=False),
        sa.Column("review_words", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("touched_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", db.types.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_ticket_client_id_client")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_ticket_order_id_order"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_person_id_person")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["person.id"], name=op.f("fk_ticket_reviewed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_album", ["chat_key", "album"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_fiscal_id"), ["fiscal_id"], unique=False)
        batch_op.create_index("ix_ticket_of_person", ["person_id", "touched_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_ticket_sale", ["client_id", "amount_minor"], unique=False)
        batch_op.create_index(
            "ix_ticket_to_review",
            ["done_at", "id"],
            unique=False,
            sqlite_where=sa.text("review = 'wanted'"),
            postgresql_where=sa.text("review = 'wanted'"),
        )

    op.create_table(
        "product_synonym",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("learned_from", sa.Integer(), nullable=False),
        sa.Column("learned_by", sa.Integer(), nullable=False),
        sa.Column("learned_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["learned_by"], ["person.id"], name=op.f("fk_product_synonym_learned_by_person")),
        sa.ForeignKeyConstraint(["learned_from"], ["ticket.id"], name=op.f("fk_product_synonym_learned_from_ticket")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_synonym_product_id_product")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_product_synonym")),
    )
    with op.batch_alter_table("product_synonym", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_synonym_product_id"), ["product_id"], unique=False)

    op.create_table(
        "ticket_correction",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_correction_person_id_person")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_correction_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_correction")),
    )
    with op.batch_alter_table("ticket_correction", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_correction_history", ["ticket_id", "id"], unique=False)

    op.create_table(
        "ticket_photo",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture_hash", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_ticket_photo_file_id_file")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_photo_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "file_id", name=op.f("pk_ticket_photo")),
    )
    with op.batch_alter_table("ticket_photo", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_photo_file_id"), ["file_id"], unique=False)

    op.create_table(
        "ticket_picture_band",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_ticket_picture_band_file_id_file")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_picture_band_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("key", "ticket_id", "file_id", name=op.f("pk_ticket_picture_band")),
    )
    op.create_table(
        "ticket_units",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("typed_milli", sa.BigInteger(), nullable=True),
        sa.Column("read_milli", sa.BigInteger(), nullable=True),
        sa.Column("counts_milli", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_ticket_units_category_id_category"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_units_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "category_id", name=op.f("pk_ticket_units")),
    )
    op.add_column("category", sa.Column("counts_units", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("category", sa.Column("unit_words", sa.String(length=500), nullable=False, server_default=""))
    op.add_column(
        "company", sa.Column("ticket_tolerance", db.types.ExactDecimal(), nullable=False, server_default="0.05")
    )
    op.add_column("company", sa.Column("ticket_languages", db.types.Document, nullable=False, server_default="[]"))


def downgrade() -> None:
    for table, column in (
        ("company", "ticket_languages"),
        ("company", "ticket_tolerance"),
        ("category", "unit_words"),
        ("category", "counts_units"),
    ):
        op.drop_column(table, column)
    for table in (
        "ticket_units",
        "ticket_picture_band",
        "ticket_photo",
        "ticket_correction",
        "product_synonym",
        "ticket",
        "sale_units",
    ):
        op.drop_table(table)
