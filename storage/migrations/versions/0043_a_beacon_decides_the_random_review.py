"""A public beacon decides which calls are reviewed: what was typed for a draw goes, and each month has one draw."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There are no installations yet, so what was drawn before is not kept."""
    for table in ("draw_lines", "draw_lists", "call_reviews", "draws"):
        op.drop_table(table)
    op.create_table(
        "draws", *_words("id", "month", "list_hash", "signature", "number"), sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False), sa.Column("review_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("month"), _refers("id", "matters.id"),
    )  # fmt: skip
    op.create_table(
        "call_reviews", *_words("id", "draw_id", "department", "cause", "told", "salt"),
        *(sa.Column(one, sa.Integer(), nullable=False) for one in ("recording_id", "place")),
        *(sa.Column(one, sa.Integer(), nullable=True) for one in ("reviewer", "entered_by")),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"), _refers("id", "matters.id"), _refers("draw_id", "draws.id"),
        _refers("recording_id", "recordings.id"), _refers("reviewer", "people.id"), _refers("entered_by", "people.id"),
    )  # fmt: skip
    for column in ("draw_id", "recording_id", "reviewer"):
        op.create_index(f"ix_call_reviews_{column}", "call_reviews", [column])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")
