"""Each request has a salt, so that the audit log can hold a commitment to its words and nothing that can be guessed."""

from __future__ import annotations

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_REQUESTS = sa.table("requests", sa.column("id", sa.String), sa.column("salt", sa.String))


def _salted() -> None:
    connection = op.get_bind()
    fresh = [{"known": one, "fresh": token_hex(16)} for one in connection.execute(sa.select(_REQUESTS.c.id)).scalars()]
    if fresh:
        salted = sa.update(_REQUESTS).where(_REQUESTS.c.id == sa.bindparam("known"))
        connection.execute(salted.values(salt=sa.bindparam("fresh")), fresh)


def upgrade() -> None:
    """What was asked and decided before has no commitment in the log; what comes after it has."""
    op.add_column("requests", sa.Column("salt", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("requests", schema=None) as table:
        table.alter_column("salt", server_default=None)
    _salted()
