"""What finds a request that is filed twice is called its fingerprint, as elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The digests stay as they are, so what is open already is still found by them."""
    op.drop_index("ix_requests_twin", table_name="requests")
    # Both databases rename in place: no row is written anew, and what refers to the table is left alone.
    op.alter_column(
        "requests", "twin", new_column_name="fingerprint", existing_type=sa.String(), existing_nullable=False
    )
    op.create_index(op.f("ix_requests_fingerprint"), "requests", ["fingerprint"], unique=False)
