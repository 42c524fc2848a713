"""What was promised stands with its sum, people are reminded, and what is open among the deadlines is found by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("fell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["matter_id"], ["matters.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_reminders_matter_id"), "reminders", ["matter_id"], unique=False)
    _partly("reminders_untold", "reminders", ["person_id", "tell_at"], "told_at IS NULL")


def _partly(name: str, table: str, columns: list[str], these: str) -> None:
    op.create_index(name, table, columns, unique=False, sqlite_where=sa.text(these), postgresql_where=sa.text(these))


def upgrade() -> None:
    """Matters of before have no promise; the clock gives them one."""
    op.add_column("matters", sa.Column("promise", sa.JSON(), nullable=True))
    _reminders()
    op.drop_index("ix_deadlines_due_at", table_name="deadlines")
    _partly("deadlines_open", "deadlines", ["due_at", "key"], "done_at IS NULL")
