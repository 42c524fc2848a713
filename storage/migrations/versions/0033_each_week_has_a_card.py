"""Each week has a card that somebody has to see."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table; nothing that stands is changed."""
    op.create_table(
        "weekly_cards", *(sa.Column(one, sa.String(), nullable=False) for one in ("id", "week", "digest")),
        sa.Column("facts", sa.JSON(), nullable=False), sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True), sa.Column("seen_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("week"), _refers("id", "matters.id"), _refers("seen_by", "people.id"),
    )  # fmt: skip


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")
