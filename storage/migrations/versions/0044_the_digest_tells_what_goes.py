"""The weekly digest tells what goes and which files can't be registered; of neither is anything decided any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An erasure is of a call; files that still stand there are listed, whatever was decided of them."""
    op.drop_table("scope_decisions")
    op.drop_table("ahead_cards")
    op.execute("DELETE FROM erasures WHERE file_id IS NOT NULL")
    op.drop_index("ix_erasures_file_id", "erasures")
    with op.batch_alter_table("erasures") as batch:
        batch.drop_column("file_id")
        batch.alter_column("recording_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index("unregistered_listed", "unregistered_files")
    with op.batch_alter_table("unregistered_files") as batch:
        for column in ("erasable", "state", "decided_by", "decided_at"):
            batch.drop_column(column)
