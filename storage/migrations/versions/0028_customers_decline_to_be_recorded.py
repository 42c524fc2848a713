"""Customers decline to be recorded: which call, how it stands, and what was recorded of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Two tables; nothing that stands is changed."""
    op.create_table(
        "declines", *_words("id", "how", "live", "system", "operator_key", "trouble", "reason"),
        sa.Column("said_by", sa.Integer(), nullable=False), sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False), sa.Column("legs", sa.JSON(), nullable=False),
        *(sa.Column(one, MOMENT, nullable=True) for one in ("began", "looked_at", "stopped_at", "erase_at")),
        sa.Column("decided_by", sa.Integer(), nullable=True), sa.PrimaryKeyConstraint("id"),
        _refers("id", "matters.id"), _refers("said_by", "people.id"), _refers("decided_by", "people.id"),
    )  # fmt: skip
    op.create_index("ix_declines_said_by", "declines", ["said_by"])
    live = sa.text("live IN ('asked', 'still', 'off')")
    op.create_index("declines_live", "declines", ["id"], sqlite_where=live, postgresql_where=live)
    op.create_table(
        "declined_recordings", sa.Column("id", sa.Integer(), nullable=False), *_words("matter_id", "system"),
        sa.Column("native_id", sa.Text(), nullable=False), sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"), _refers("matter_id", "declines.id"), _refers("recording_id", "recordings.id"),
    )  # fmt: skip
    op.create_index("ix_declined_recordings_matter_id", "declined_recordings", ["matter_id"])
    op.create_index("ix_declined_recordings_recording_id", "declined_recordings", ["recording_id"])
    op.create_index("declined_recordings_by_name", "declined_recordings", ["system", "native_id"])


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")
