"""What waits for a person stands in lanes, so that taking the next effect costs the same however much waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OUTBOX = sa.table(
    "outbox", sa.column("id", sa.String), sa.column("kind", sa.String), sa.column("state", sa.String),
    sa.column("payload", sa.Text), sa.column("lane", sa.String),
)  # fmt: skip
_INDEXES = {"outbox_due": ["turn", "due_at", "id"], "outbox_lanes": ["person_id", "lane", "turn", "id"]}


def _in_lanes() -> None:
    """Homes wait with everything else without an order: the next drawing of each shows all that has happened."""
    queued = sa.update(_OUTBOX).where(_OUTBOX.c.state == "queued")
    op.execute(queued.where(_OUTBOX.c.kind.in_(("show", "tell"))).values(lane="in order"))


def upgrade() -> None:
    """Who waits already finds a place with the first look."""
    for column, default in (("lane", sa.text("''")), ("turn", "new")):
        # The default stays: while several processes are brought up to date, an older one goes on queueing.
        op.add_column("outbox", sa.Column(column, sa.String(), nullable=False, server_default=default))
    op.drop_index("outbox_due", table_name="outbox")
    op.drop_index("outbox_of_person", table_name="outbox")
    those = sa.text("state = 'queued'")
    for name, columns in _INDEXES.items():
        op.create_index(name, "outbox", columns, sqlite_where=those, postgresql_where=those)
    _in_lanes()
