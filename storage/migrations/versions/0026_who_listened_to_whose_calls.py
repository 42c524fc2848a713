"""Who listened to somebody's calls is found by the calls, under each address, for as long as it was that person's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody knows since when an address of before is another one."""
    op.add_column("former_addresses", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_requested_recordings_recording_id", "requested_recordings", ["recording_id"])
    replaced = sa.text("operators_before <> ''")
    op.create_index("recordings_replaced", "recordings", ["id"], sqlite_where=replaced, postgresql_where=replaced)
