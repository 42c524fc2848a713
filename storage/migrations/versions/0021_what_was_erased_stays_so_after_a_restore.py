"""What was erased stays so after a restore: erasures that only the journal tells of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty until a restore is found."""
    op.create_table(
        "recalled",
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("erasure", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
