"""One digest a week in place of the weekly card, and of what the daily check of routes remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The digest begins with the next week."""
    for table in ("weekly_cards", "reach_problems", "reach_runs"):
        op.drop_table(table)
    moments = (sa.Column(one, sa.DateTime(timezone=True)) for one in ("verified_at", "passed_on_at"))
    refers = (("id", "matters.id"), ("seen_by", "people.id"))
    op.create_table(
        "digests", sa.Column("id", sa.String(), nullable=False), sa.Column("week", sa.String(), nullable=False),
        sa.Column("verified_to", sa.Integer(), nullable=False), sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Boolean(), nullable=False), *moments, sa.Column("seen_by", sa.Integer()),
        *(sa.ForeignKeyConstraint([one], [to], initially="DEFERRED", deferrable=True) for one, to in refers),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("week"),
    )  # fmt: skip
