"""goals and commissions

Commission rules, their ledger and its closed periods; goals, teams and digests; credit notes.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEVER_CHANGED = {
    "sqlite": tuple(
        f"""
        CREATE TRIGGER commission_entry_no_{what} BEFORE {what} ON commission_entry
        BEGIN SELECT RAISE(ABORT, 'the ledger of commissions is append-only'); END
        """
        for what in ("update", "delete")
    ),
    "postgresql": (
        """
        CREATE FUNCTION commission_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the ledger of commissions is append-only'; END $$
        """,
        """
        CREATE TRIGGER commission_entry_stays BEFORE UPDATE OR DELETE ON commission_entry
        FOR EACH ROW EXECUTE FUNCTION commission_entry_stays()
        """,
    ),
}
"""The database itself keeps the ledger. A later migration that rebuilds the table on SQLite has to make them again."""


def upgrade() -> None:
    op.create_table(
        "commission_book",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_commission_book_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_book")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("closed_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_settlement_closed_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("last", name=op.f("uq_settlement_last")),
    )
    op.create_table(
        "digest",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("since", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digest_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_digest")),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_team_member_person_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "settlement_line",
        sa.Column("settlement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_settlement_line_person_id_person")),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_line_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "person_id", "currency", name=op.f("pk_settlement_line")),
    )
    op.create_table(
        "commission_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("threshold_milli", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate", db.types.ExactDecimal(precision=12, scale=6), nullable=False),
        sa.Column("tiers", db.types.Document, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_commission_rule_category_id_category"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_commission_rule_created_by_person")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_commission_rule_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_rule")),
        sa.UniqueConstraint("lineage", "version", name=op.f("uq_commission_rule_lineage_version")),
    )
    with op.batch_alter_table("commission_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commission_rule_category_id"), ["category_id"], unique=False)

    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("metric", sa.String(length=16), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("span", sa.String(length=16), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_goal_category_id_category"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_goal_created_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_person_id_person")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_goal_product_id_product")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_goal_team_id_team"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    with op.batch_alter_table("goal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_goal_category_id"), ["category_id"], unique=False)
        batch_op.create_index("ix_goal_of_person", ["person_id", "first"], unique=False)
        batch_op.create_index("ix_goal_of_team", ["team_id", "first"], unique=False)

    op.create_table(
        "credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.Integer(), nullable=False),
        sa.Column("issued_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("seller", db.types.Document, nullable=False),
        sa.Column("buyer", db.types.Document, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("prices_include_vat", sa.Boolean(), nullable=False),
        sa.Column("goods_minor", sa.BigInteger(), nullable=False),
        sa.Column("delivery_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("pdf_file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id_invoice")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_credit_note_issued_by_person")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_credit_note_order_id_order")),
        sa.ForeignKeyConstraint(["pdf_file_id"], ["file.id"], name=op.f("fk_credit_note_pdf_file_id_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("series", "year", "number", name=op.f("uq_credit_note_series_year_number")),
    )
    with op.batch_alter_table("credit_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_note_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index("ix_credit_note_issued", ["issued_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_note_order_id"), ["order_id"], unique=False)

    op.create_table(
        "commission_entry",
        sa.Column("id", db.types.BigId, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("basis", db.types.Document, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_commission_entry_credit_note_id_credit_note")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_commission_entry_order_id_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_commission_entry_person_id_person")),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["commission_rule.id"], name=op.f("fk_commission_entry_rule_id_commission_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_entry")),
    )
    with op.batch_alter_table("commission_entry", schema=None) as batch_op:
        batch_op.create_index("ix_commission_entry_booked", ["booked_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commission_entry_credit_note_id"), ["credit_note_id"], unique=False)
        batch_op.create_index("ix_commission_entry_of_order", ["order_id", "id"], unique=False)
        batch_op.create_index("ix_commission_entry_of_person", ["person_id", "booked_on", "id"], unique=False)

    op.create_table(
        "credit_note_line",
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("article", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit_code", sa.String(length=16), nullable=False),
        sa.Column("factor_milli", sa.BigInteger(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("quantity_milli", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate", db.types.ExactDecimal(precision=12, scale=6), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("goods_to", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_line_credit_note_id_credit_note")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_credit_note_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_credit_note_line_product_id_product")),
        sa.PrimaryKeyConstraint("credit_note_id", "position", name=op.f("pk_credit_note_line")),
    )
    with op.batch_alter_table("credit_note_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_note_line_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credit_note_line_product_id"), ["product_id"], unique=False)

    op.create_table(
        "credit_note_tax",
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("vat_rate", db.types.ExactDecimal(precision=12, scale=6), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("vat_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_tax_credit_note_id_credit_note")
        ),
        sa.PrimaryKeyConstraint("credit_note_id", "vat_rate", name=op.f("pk_credit_note_tax")),
    )
    op.add_column("company", sa.Column("credit_series", sa.String(length=16), nullable=False, server_default="CN"))
    op.add_column("company", sa.Column("ranking_private", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("company", sa.Column("digest_minutes", sa.Integer(), nullable=False, server_default="480"))
    op.add_column("order", sa.Column("credited_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("order_line", sa.Column("credited_milli", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("mail_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credit_note_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_mail_request_credit_note_id"), ["credit_note_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mail_request_credit_note_id_credit_note"), "credit_note", ["credit_note_id"], ["id"]
        )
    op.execute("INSERT INTO commission_book (id) VALUES (1)")
    for statement in NEVER_CHANGED[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("mail_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mail_request_credit_note_id_credit_note"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_mail_request_credit_note_id"))
        batch_op.drop_column("credit_note_id")
    for table, column in (
        ("order_line", "credited_milli"),
        ("order", "credited_minor"),
        ("company", "digest_minutes"),
        ("company", "ranking_private"),
        ("company", "credit_series"),
    ):
        op.drop_column(table, column)
    for table in (
        "commission_entry",
        "commission_rule",
        "commission_book",
        "settlement_line",
        "settlement",
        "credit_note_tax",
        "credit_note_line",
        "credit_note",
        "goal",
        "team_member",
        "team",
        "digest",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION commission_entry_stays()")
