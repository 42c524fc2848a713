"""The policy's own review is a matter, and each text of the policy that was in force is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _long(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _person(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=True)


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], initially="DEFERRED", deferrable=True)


def upgrade() -> None:
    """Nothing that is there already changes: the first start afterwards keeps the first text."""
    op.create_table(
        "policy_texts",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_words("digest"),
        *_long("text"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "policy_reviews",
        *_words(
            "id", "key", "why", "stage", "due_on", "salt", "changed_on", "held_on", "outcome", "next_on", "covered_by"
        ),
        *_long("change", "took_part", "outcome_words"),
        *(_person(one) for one in ("declared_by", "seconded_by", "completed_by")),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        _refers("id", "matters.id"),
        *(_refers(one, "people.id") for one in ("declared_by", "seconded_by", "completed_by")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
