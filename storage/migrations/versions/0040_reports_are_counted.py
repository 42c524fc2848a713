"""The journal is told how often a report was written, so that an older copy of it is refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A counter beside what is still to be told."""
    op.add_column("breach_traces", sa.Column("counter", sa.Integer(), nullable=False, server_default="0"))
