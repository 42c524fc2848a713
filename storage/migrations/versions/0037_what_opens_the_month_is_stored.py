"""What opens the page of a month is stored, so that a wrong clock brings back nothing that was used or is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table; who has the page open presses for it once more."""
    moments = (sa.Column(one, sa.DateTime(timezone=True), nullable=False) for one in ("made_at", "ends_at"))
    op.create_table(
        "figure_passes", sa.Column("hash", sa.String(), nullable=False), *moments, sa.PrimaryKeyConstraint("hash")
    )
    for one in ("made_at", "ends_at"):
        op.create_index(f"ix_figure_passes_{one}", "figure_passes", [one])
