"""Erasures pause until somebody has looked, and the register knows when a file was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is under way belongs to no pause; runs that stopped before are gone."""
    op.drop_index("erasures_by_run", "erasures")
    op.drop_column("erasures", "run")
    op.drop_table("stopped_runs")
    op.add_column("erasures", sa.Column("pause", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index("erasures_by_pause", "erasures", ["pause", "erased_at"])
    op.add_column("recordings", sa.Column("modified", sa.DateTime(timezone=True), nullable=True))
    refers = (("id", "matters.id"), ("decided_by", "people.id"))
    op.create_table(
        "erasure_pauses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("coming", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        *(sa.ForeignKeyConstraint([one], [to], initially="DEFERRED", deferrable=True) for one, to in refers),
        sa.PrimaryKeyConstraint("id"),
    )
