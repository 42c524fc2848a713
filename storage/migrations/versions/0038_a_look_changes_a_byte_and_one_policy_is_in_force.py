"""The end of the log also holds a byte that each look at the database changes, and which policy is in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns of a table with one row."""
    op.add_column("audit_head", sa.Column("probe", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("audit_head", sa.Column("policy", sa.String(), nullable=False, server_default=""))
