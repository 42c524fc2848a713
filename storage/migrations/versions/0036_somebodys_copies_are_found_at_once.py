"""Somebody's copies of cards are found without going through everybody's: each home that is opened asks for them."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    op.create_index("ix_copies_person_id", "copies", ["person_id"])
