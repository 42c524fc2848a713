"""Whatever has a card is a matter: requests keep what only they have, and parties, remarks and grants belong to a matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# PostgreSQL's own names, which SQLite's nameless keys are given for the time of the change.
NAMES = {"fk": "%(table_name)s_%(column_0_name)s_fkey"}
_REQUESTS = """
INSERT INTO matters (id, kind, state, revision, line, asked_at, due_at, closed_at)
SELECT id, 'access', state, revision, COALESCE((
    SELECT recordings.line FROM requested_recordings JOIN recordings ON recordings.id = requested_recordings.recording_id
    WHERE requested_recordings.request_id = requests.id ORDER BY requested_recordings.place LIMIT 1
), ''), asked_at, NULL, decided_at FROM requests
"""


def _matters() -> None:
    op.create_table(
        "matters",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_matters_state"), "matters", ["state"], unique=False)
    op.execute(_REQUESTS)


def _refer(table: str) -> None:
    """What belonged to a request belongs to a matter."""
    with op.batch_alter_table(table, schema=None, naming_convention=NAMES) as batch:
        batch.drop_constraint(f"{table}_request_id_fkey", type_="foreignkey")
        batch.alter_column(
            "request_id", new_column_name="matter_id", existing_type=sa.String(), existing_nullable=False
        )
    with op.batch_alter_table(table, schema=None, naming_convention=NAMES) as batch:
        batch.create_foreign_key(
            f"{table}_matter_id_fkey", "matters", ["matter_id"], ["id"], initially="DEFERRED", deferrable=True
        )


def _requests() -> None:
    with op.batch_alter_table("requests", schema=None) as batch:
        batch.drop_index(batch.f("ix_requests_state"))
        for column in ("state", "revision", "asked_at", "decided_at"):
            batch.drop_column(column)
        batch.alter_column("matter", new_column_name="legal_matter", existing_type=sa.Text(), existing_nullable=False)
        batch.create_foreign_key("requests_id_fkey", "matters", ["id"], ["id"], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Nothing is asked, decided or heard differently afterwards."""
    _matters()
    op.drop_index("ix_remarks_request_id", table_name="remarks")
    for table in ("parties", "remarks", "grants"):
        _refer(table)
    op.create_index("ix_remarks_matter_id", "remarks", ["matter_id"], unique=False)
    _requests()
