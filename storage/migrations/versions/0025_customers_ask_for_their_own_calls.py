"""Customers ask for their own calls, and matters have keys of their own, by which what names somebody is sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _moments(*names: str, needed: bool = True) -> list[sa.Column[object]]:
    return [sa.Column(one, MOMENT, nullable=not needed) for one in names]


def _refers(column: list[str], to: list[str]) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(column, to, deferrable=True, initially="DEFERRED")


def upgrade() -> None:
    """There are none yet."""
    _keys()
    _requests()
    _links()
    _mails()


def _keys() -> None:
    op.create_table(
        "matter_keys", *_words("matter_id", "trace"), sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("matter_id"), sa.UniqueConstraint("trace"),
        _refers(["matter_id"], ["matters.id"]),
    )  # fmt: skip


def _requests() -> None:
    people = [
        sa.Column(one, sa.Integer(), nullable=one != "filed_by") for one in ("filed_by", "address_by", "decided_by")
    ]
    op.create_table(
        "customer_requests",
        *_words("id", "key", "same", "asker", "wants", "salt", "outcome", "refusal", "decided_as"), *people,
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("identified", sa.Boolean(), nullable=False),
        *_moments("received_at"), *_moments("decided_at", "answered_at", "missed_at", "erased_at", needed=False),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("key"),
        _refers(["id"], ["matters.id"]),
        *(_refers([one.name], ["people.id"]) for one in people),
    )  # fmt: skip
    for one in ("same", "filed_by"):
        op.create_index(f"ix_customer_requests_{one}", "customer_requests", [one])


def _links() -> None:
    op.create_table(
        "customer_links", *_words("id", "matter_id", "code", "state", "gives", "passcode"),
        *(sa.Column(one, sa.Integer(), nullable=False) for one in ("passcodes", "tries")),
        *_moments("made_at", "ends_at"), *_moments("opened_at", "fetched_at", needed=False),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("code"),
        _refers(["matter_id"], ["customer_requests.id"]),
    )  # fmt: skip
    op.create_table(
        "customer_sessions", *_words("hash", "link_id"), *_moments("made_at", "ends_at"),
        sa.PrimaryKeyConstraint("hash"), _refers(["link_id"], ["customer_links.id"]),
    )  # fmt: skip
    op.create_table(
        "customer_listenings", *_words("id", "link_id", "matter_id", "kind"),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        *(sa.Column(one, sa.Double(), nullable=False) for one in ("start", "end")), *_moments("at"),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"), _refers(["link_id"], ["customer_links.id"]),
        _refers(["matter_id"], ["customer_requests.id"]),
        _refers(["recording_id"], ["recordings.id"]),
    )  # fmt: skip
    for table, column in (
        ("links", "matter_id"), ("sessions", "link_id"), ("sessions", "ends_at"), ("listenings", "link_id"),
        ("listenings", "matter_id"), ("listenings", "recording_id"),
    ):  # fmt: skip
        op.create_index(f"ix_customer_{table}_{column}", f"customer_{table}", [column])


def _mails() -> None:
    op.create_table(
        "customer_mails", *_words("id", "matter_id", "kind", "message_id", "state", "code"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False), sa.Column("link_id", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False), *_moments("made_at", "next_at"),
        *_moments("settled_at", needed=False), sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("message_id"),
        _refers(["matter_id"], ["customer_requests.id"]),
        _refers(["link_id"], ["customer_links.id"]),
    )  # fmt: skip
    op.create_index("ix_customer_mails_matter_id", "customer_mails", ["matter_id"])
    op.create_index("customer_mails_due", "customer_mails", ["state", "next_at"])
