"""Access that is in force is found without going through all that ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """One index."""
    columns = ["ends_at", "matter_id"]
    op.create_index("grants_in_force", "grants", columns, sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED)
