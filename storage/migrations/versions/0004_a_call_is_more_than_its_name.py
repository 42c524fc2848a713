"""A call is more than its name: requests know which version of it they are about, and why access ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW = {
    "recordings": (
        sa.Column("identity", sa.String(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("operators_before", sa.Text(), nullable=False, server_default=""),
    ),
    "requested_recordings": (
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
    ),
    "requests": (
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("instead_of", sa.String(), nullable=False, server_default=""),
    ),
    "grants": (sa.Column("ended_why", sa.String(), nullable=False, server_default=""),),
}


def upgrade() -> None:
    """What is there counts as the first version; its digest comes when its audio is read next."""
    for name, columns in _NEW.items():
        with op.batch_alter_table(name, schema=None) as table:
            for column in columns:
                table.add_column(column)
        with op.batch_alter_table(name, schema=None) as table:
            for column in columns:
                table.alter_column(column.name, server_default=None)
    with op.batch_alter_table("requests", schema=None) as table:
        table.create_index(table.f("ix_requests_instead_of"), ["instead_of"], unique=False)
