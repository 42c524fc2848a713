"""Of two accounts with one address, one may be set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No account was set aside before."""
    # An upgrade from far back has filled this table in the same transaction: what is checked at commit is checked now.
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")
    op.add_column("accounts", sa.Column("set_aside", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("accounts", schema=None) as table:
        table.alter_column("set_aside", server_default=None)
