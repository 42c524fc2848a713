"""The recording system keeps what is held, too: since when, and since when not any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """No recording system was told of any hold before."""
    for name in ("mirrored_at", "unmirrored_at"):
        op.add_column("keeps", sa.Column(name, MOMENT, nullable=True))
    unreleased = sa.text("why = 'hold' AND unmirrored_at IS NULL")
    columns = ["recording_id", "matter_id"]
    op.create_index("keeps_unreleased", "keeps", columns, sqlite_where=unreleased, postgresql_where=unreleased)
