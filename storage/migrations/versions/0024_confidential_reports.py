"""Confidential reports have tables of their own, and nothing else refers to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _sealed(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(one, sa.LargeBinary(), nullable=False) for one in names]


def upgrade() -> None:
    """There are none yet."""
    _reports()
    _what_passes()
    _beside_them()


def _reports() -> None:
    op.create_table(
        "breach_reports", *_words("id", "receipt", "own", "trace"), *_sealed("rule_wrap", "sealed"),
        sa.Column("day", sa.Date(), nullable=False), sa.Column("late", sa.Boolean(), nullable=False), *_words("state"),
        sa.Column("revision", sa.Integer(), nullable=False), sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        *(sa.UniqueConstraint(one) for one in ("receipt", "own", "trace")),
    )  # fmt: skip
    op.create_table(
        "breach_sights", *_words("report_id", "reader", "trace"), *_sealed("wrap", "sealed"),
        sa.PrimaryKeyConstraint("report_id", "reader"), sa.UniqueConstraint("trace"),
    )  # fmt: skip
    op.create_table(
        "breach_log", sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False), *_words("report"),
        *_sealed("sealed"), *_words("previous", "hash"), sa.PrimaryKeyConstraint("seq"),
    )  # fmt: skip
    op.create_index("ix_breach_log_report", "breach_log", ["report"])


def _what_passes() -> None:
    op.create_table(
        "breach_passes", *_words("hash", "kind", "report_id", "holder"), *_sealed("sealed"),
        sa.Column("ends_at", MOMENT, nullable=False), sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )  # fmt: skip
    op.create_index("ix_breach_passes_report_id", "breach_passes", ["report_id"])
    op.create_table(
        "breach_drafts", *_words("mark"), *_sealed("sealed"), sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )  # fmt: skip
    op.create_index("ix_breach_drafts_ends_at", "breach_drafts", ["ends_at"])
    op.create_table(
        "breach_notices", *_words("id", "report_id"), *_sealed("sealed"), *_words("state"),
        sa.Column("due_at", MOMENT, nullable=False), sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_index("ix_breach_notices_report_id", "breach_notices", ["report_id"])
    op.create_index("breach_notices_due", "breach_notices", ["state", "due_at"])


def _beside_them() -> None:
    op.create_table(
        "breach_due", *_words("report_id", "kind"), sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False), sa.PrimaryKeyConstraint("report_id", "kind"),
    )  # fmt: skip
    op.create_index("ix_breach_due_due_at", "breach_due", ["due_at"])
    op.create_table(
        "breach_audio", *_words("report_id", "name"), sa.Column("part", sa.Integer(), nullable=False),
        *_sealed("sealed"), sa.PrimaryKeyConstraint("report_id", "name", "part"),
    )  # fmt: skip
    op.create_table("breach_causes", *_words("mark"), sa.PrimaryKeyConstraint("mark"))
    changed = sa.text("ended_why = 'call_changed'")
    op.create_index("grants_changed", "grants", ["ended_at"], sqlite_where=changed, postgresql_where=changed)
    op.create_table("breach_traces", *_words("trace", "kind"), sa.PrimaryKeyConstraint("trace"))
