"""Files that could not be registered are remembered until somebody decides, and may be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None is known until the next look at the recording system; every erasure so far is a call's."""
    open_ones = sa.text("over_at IS NULL")
    op.create_table(
        "unregistered_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("native_id", sa.Text(), nullable=False),
        *(sa.Column(one, sa.String(), nullable=False) for one in ("why", "stamp")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erasable", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        *(sa.Column(one, sa.DateTime(timezone=True), nullable=True) for one in ("decided_at", "over_at")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "unregistered_open", "unregistered_files", ["system", "id"], sqlite_where=open_ones, postgresql_where=open_ones
    )
    op.create_index("unregistered_listed", "unregistered_files", ["state", "first_seen", "id"])
    with op.batch_alter_table("erasures") as batch:
        batch.alter_column("recording_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            "erasures_file_id_fkey", "unregistered_files", ["file_id"], ["id"], initially="DEFERRED", deferrable=True
        )
    op.create_index("ix_erasures_file_id", "erasures", ["file_id"])
