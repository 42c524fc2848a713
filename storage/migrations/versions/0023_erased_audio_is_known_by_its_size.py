"""Erased audio is known again under another name: its size is kept as a keyed hash, so that only what is as large is read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody knows the size of what was erased before: that is known again by name and start alone."""
    op.add_column("erasures", sa.Column("size_hash", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_erasures_size_hash", "erasures", ["size_hash"])
    op.create_index("ix_erasures_audio_hash", "erasures", ["audio_hash"])
