"""A day with unusually many erasures stops until two people agree, and what is ahead stands on a card."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _numbers(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=nullable) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """What is under way already belongs to no run."""
    op.add_column("erasures", sa.Column("run", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index("erasures_by_run", "erasures", ["run", "erased_at"])
    op.create_table(
        "stopped_runs",
        *_words("id", "day"),
        *_moments("until"),
        *_numbers("highest", "number", "before", "register"),
        sa.Column("usual", sa.Double(), nullable=False),
        *_moments("oldest", "newest"),
        sa.Column("lines", sa.JSON(), nullable=False),
        *_words("digest"),
        *_numbers("first_by", nullable=True),
        *_moments("first_at", nullable=True),
        *_numbers("second_by", nullable=True),
        _refers("id", "matters.id"),
        *(_refers(one, "people.id") for one in ("first_by", "second_by")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "ahead_cards",
        *_words("id", "week"),
        _refers("id", "matters.id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("week"),
    )
    op.create_table(
        "scope_decisions",
        sa.Column("recording_id", sa.Integer(), autoincrement=False, nullable=False),
        *_words("decision"),
        *_numbers("decided_by"),
        *_moments("decided_at"),
        _refers("recording_id", "recordings.id"),
        _refers("decided_by", "people.id"),
        sa.PrimaryKeyConstraint("recording_id"),
    )
