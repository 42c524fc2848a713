"""The random review: draws, their lists and lines, and the calls that they gave to reviewers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Four tables; nothing that stands is changed."""
    op.create_table(
        "draws", *_words("id", "key", "month", "number_hash", "share_percent", "number", "again_of", "salt"),
        *_numbers("ordinal", "minimum"), _sealed("sealed"), sa.Column("reviewers", sa.JSON(), nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True), sa.Column("review_until", MOMENT, nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True), sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("key"), _refers("id", "matters.id"), _refers("asked_by", "people.id"),
    )  # fmt: skip
    op.create_index("draws_of_a_month", "draws", ["month", "ordinal"], unique=True)
    op.create_table(
        "draw_lists", *_words("draw_id", "department", "list_hash", "seed"), *_numbers("wanted"),
        sa.Column("calls", sa.JSON(), nullable=False), sa.Column("left_out", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("draw_id", "department"), _refers("draw_id", "draws.id"),
    )  # fmt: skip
    op.create_table(
        "draw_lines", *_words("draw_id"), *_numbers("person_id"), _sealed("sealed"), sa.Column("at", MOMENT, nullable=False),
        sa.Column("line", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("draw_id", "person_id"),
        _refers("draw_id", "draws.id"), _refers("person_id", "people.id"),
    )  # fmt: skip
    op.create_table(
        "call_reviews", *_words("id", "draw_id", "department", "cause", "told", "salt"), *_numbers("recording_id", "place"),
        sa.Column("reviewer", sa.Integer(), nullable=True), sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"), _refers("id", "matters.id"), _refers("draw_id", "draws.id"),
        _refers("recording_id", "recordings.id"), _refers("reviewer", "people.id"),
    )  # fmt: skip
    for column in ("draw_id", "recording_id", "reviewer"):
        op.create_index(f"ix_call_reviews_{column}", "call_reviews", [column])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(one, sa.Integer(), nullable=False) for one in names]


def _sealed(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")
