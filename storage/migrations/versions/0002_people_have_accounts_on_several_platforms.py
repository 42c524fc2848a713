"""People have accounts on several chat platforms, and the ledger says on which of them something reached them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KNOWN = """
INSERT INTO accounts (platform, account_id, person_id, email_key, standing, checked_at, reference, home_at)
SELECT 'slack', slack_id, id, email_key, CASE standing WHEN 'ambiguous' THEN 'member' ELSE standing END,
COALESCE(checked_at, CURRENT_TIMESTAMP), '{}', home_at
FROM people WHERE slack_id IS NOT NULL
"""
_RIVALS = """
INSERT INTO accounts (platform, account_id, person_id, email_key, standing, checked_at, reference)
SELECT 'slack', rival, NULL, email_key, 'member', COALESCE(checked_at, CURRENT_TIMESTAMP), '{}'
FROM people WHERE rival IS NOT NULL AND rival NOT IN (SELECT account_id FROM accounts)
"""


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.JSON(), nullable=False),
        sa.Column("home_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("platform", "account_id"),
    )
    with op.batch_alter_table("accounts", schema=None) as table:
        table.create_index(table.f("ix_accounts_person_id"), ["person_id"], unique=False)
        table.create_index(table.f("ix_accounts_email_key"), ["email_key"], unique=False)


def _former_addresses() -> None:
    op.create_table(
        "former_addresses",
        sa.Column("email_key", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("email_key"),
    )
    with op.batch_alter_table("former_addresses", schema=None) as table:
        table.create_index(table.f("ix_former_addresses_person_id"), ["person_id"], unique=False)


def upgrade() -> None:
    """Each Slack id becomes an account of its person."""
    _accounts()
    _former_addresses()
    op.execute(_KNOWN)
    op.execute(_RIVALS)
    with op.batch_alter_table("people", schema=None) as table:
        table.add_column(sa.Column("prefers", sa.String(), nullable=False, server_default=""))
        table.drop_column("slack_id")
        table.drop_column("rival")
        table.drop_column("home_at")
    with op.batch_alter_table("people", schema=None) as table:
        table.alter_column("prefers", server_default=None)
    op.add_column("outbox", sa.Column("platform", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("outbox", schema=None) as table:
        table.alter_column("platform", server_default=None)
