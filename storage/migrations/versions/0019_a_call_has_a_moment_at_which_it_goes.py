"""A call has a moment at which it goes, and an erasure leaves a certificate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Calls that are there already get their moments from the first tick afterwards, which knows the policy."""
    op.add_column("recordings", _moment("erase_at", nullable=True))
    op.create_index("recordings_by_moment", "recordings", ["state", "erase_at"])
    _keeps()
    _erasures()


def _keeps() -> None:
    op.create_table(
        "keeps",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        *_words("matter_id", "why"),
        *map(_moment, ("since", "ends_at")),
        _moment("ended_at", nullable=True),
        _refers("recording_id", "recordings.id"),
        _refers("matter_id", "matters.id"),
        sa.PrimaryKeyConstraint("recording_id", "matter_id"),
    )
    op.create_index("ix_keeps_matter_id", "keeps", ["matter_id"])
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "keeps_open", "keeps", ["ends_at", "recording_id"], sqlite_where=open_ones, postgresql_where=open_ones
    )


def _erasures() -> None:
    op.create_table(
        "erasures",
        *_words("id"),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        *_words("why"),
        *map(_moment, ("moment", "closed_at", "next_at")),
        *_words("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        *_words("trouble"),
        *(_moment(one, nullable=True) for one in ("asked_at", "answered_at", "erased_at", "vanished_at")),
        sa.Column("policy_text", sa.Integer(), nullable=True),
        *(sa.Column(one, sa.Text(), nullable=False) for one in ("how", "unseen")),
        *_words("native_hash", "audio_hash"),
        _refers("recording_id", "recordings.id"),
        sa.PrimaryKeyConstraint("id"),
    )
    for one in ("recording_id", "native_hash"):
        op.create_index(f"ix_erasures_{one}", "erasures", [one])
    open_ones = sa.text("erased_at IS NULL AND vanished_at IS NULL")
    op.create_index("erasures_open", "erasures", ["next_at", "id"], sqlite_where=open_ones, postgresql_where=open_ones)
    op.create_index("erasures_newest", "erasures", ["erased_at", "id"])
    op.create_index("erasures_once", "erasures", ["recording_id", "why", "closed_at"], unique=True)
