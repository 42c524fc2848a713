"""Everybody in every route is tried: what is wrong and whom that was told, and the days on which it was looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables; nothing that stands is changed."""
    op.create_table(
        "reach_problems", *(sa.Column(one, sa.String(), nullable=False) for one in ("subject", "kind", "why", "since", "told_on")),
        sa.Column("person_id", sa.Integer(), nullable=True), sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("mended_at", MOMENT, nullable=True), sa.PrimaryKeyConstraint("subject"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], deferrable=True, initially="DEFERRED"),
    )  # fmt: skip
    op.create_table(
        "reach_runs", sa.Column("day", sa.String(), nullable=False), sa.Column("at", MOMENT, nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False), sa.Column("silent", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )  # fmt: skip
