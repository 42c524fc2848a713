"""A hold keeps calls past their moment, and looks for calls that arrive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _long(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Nothing that is there already changes; calls are found by number and by operator without reading all of them."""
    people = ("set_by", "renewed_by", "closed_by")
    op.create_table(
        "holds",
        *_words("id", "key", "begun", "salt"),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        *_long("case_name", "reason", "closing"),
        _moment("ends_at"),
        _moment("set_at", nullable=True),
        *(sa.Column(one, sa.Integer(), nullable=True) for one in people),
        _refers("id", "matters.id"),
        *(_refers(one, "people.id") for one in ("asked_by", *people)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_holds_asked_by", "holds", ["asked_by"])
    op.create_table(
        "hold_searches",
        *_words("hold_id", "number", "operator_key", "first_day", "last_day"),
        _moment("full_at", nullable=True),
        _refers("hold_id", "holds.id"),
        sa.PrimaryKeyConstraint("hold_id"),
    )
    op.create_index("recordings_by_caller", "recordings", ["caller", "local_day"])
    op.create_index("recordings_by_operator", "recordings", ["operator_key", "local_day"])
