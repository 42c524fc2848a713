"""Customers no longer ask to have a call erased early, so nothing says when that was."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column."""
    with op.batch_alter_table("customer_requests") as batch:
        batch.drop_column("erased_at")
