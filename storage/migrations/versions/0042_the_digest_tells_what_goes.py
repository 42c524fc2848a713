"""The weekly digest tells what will be erased, in place of a card of its own and of decisions about calls out of scope."""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is lost but who was told what."""
    op.drop_table("scope_decisions")
    op.drop_table("ahead_cards")
