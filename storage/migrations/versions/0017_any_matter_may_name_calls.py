"""A matter of any kind may name calls, so that access can be given without a request."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = "requested_recordings_request_id_fkey"  # PostgreSQL's own name, which SQLite is given for the time of the change


def _refers(column: str, to: str, name: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=name, initially="DEFERRED", deferrable=True)


def _as_it_was() -> sa.Table:
    """Told and not looked up, which takes SQLite dozens of statements."""
    return sa.Table(
        "requested_recordings", sa.MetaData(),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        _refers("recording_id", "recordings.id"), _refers("request_id", "requests.id", KEY),
        sa.PrimaryKeyConstraint("request_id", "recording_id"),
    )  # fmt: skip


def upgrade() -> None:
    """What is named stays named; the column keeps its name, which an older version beside this one reads."""
    with op.batch_alter_table("requested_recordings", copy_from=_as_it_was()) as batch:
        batch.drop_constraint(KEY, type_="foreignkey")
        batch.create_foreign_key(KEY, "matters", ["request_id"], ["id"], initially="DEFERRED", deferrable=True)
