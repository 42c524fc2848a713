"""Notices are confirmed, pages are looked at, and outages of the announcement are entered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Four tables; nothing that stands is changed."""
    op.create_table(
        "notice_checks", *_words("id", "notice", "why", "digest", "due_on"), sa.PrimaryKeyConstraint("id"),
        _refers("id", "matters.id"),
    )  # fmt: skip
    op.create_index("ix_notice_checks_notice", "notice_checks", ["notice"])
    op.create_table(
        "notice_answers", sa.Column("id", sa.Integer(), nullable=False), *_words("matter_id", "line"),
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("at", MOMENT, nullable=False), *_words("on_day"),
        sa.Column("answers", sa.JSON(), nullable=False), sa.Column("words", sa.Text(), nullable=False), *_words("look"),
        sa.Column("overrules", sa.Text(), nullable=False), *_words("salt"),
        sa.PrimaryKeyConstraint("id"), _refers("matter_id", "notice_checks.id"), _refers("person_id", "people.id"),
    )  # fmt: skip
    op.create_index("ix_notice_answers_matter_id", "notice_answers", ["matter_id"])
    op.create_table(
        "page_looks", *_words("id"), sa.Column("number", sa.Integer(), nullable=False), *(sa.Column(one, MOMENT, nullable=False) for one in ("at", "looked_at")), *_words("answer"),
        sa.Column("reasons", sa.JSON(), nullable=False), *_words("digest"), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )  # fmt: skip
    op.create_table(
        "outages", *_words("id"), *(sa.Column(one, sa.Date(), nullable=False) for one in ("first", "last")),
        sa.Column("lines", sa.JSON(), nullable=False), sa.Column("why", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False), sa.Column("entered_at", MOMENT, nullable=False), *_words("source"),
        sa.Column("ended_at", MOMENT, nullable=True), sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False), *_words("salt"), sa.PrimaryKeyConstraint("id"),
        _refers("entered_by", "people.id"), _refers("ended_by", "people.id"),
    )  # fmt: skip


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")
