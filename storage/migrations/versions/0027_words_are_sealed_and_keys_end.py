"""What people write about requests is sealed with a key of the request's own, which ends; and the master key can be replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WORDS = ("purpose", "legal_matter", "basis", "audience", "decision_words")
_KEPT = """
INSERT INTO unsealed_words (matter_id, salt, purpose, legal_matter, basis, audience, decision)
SELECT id, salt, purpose, legal_matter, basis, audience, decision_words FROM requests
"""
_REMARKS = "INSERT INTO unsealed_remarks (id, matter_id, words) SELECT id, matter_id, words FROM remarks"
# A server leaves what stood in a dropped column where it is.
_OVERWRITTEN = """
UPDATE requests SET longer = (legal_matter <> ''), salt = '', purpose = '', legal_matter = '', basis = '', audience = '',
decision_words = ''
"""
_OF_REMARKS = "UPDATE remarks SET words = ''"


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.String(), nullable=False) for one in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(one, sa.Text(), nullable=False) for one in names]


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], deferrable=True, initially="DEFERRED")


def upgrade() -> None:
    """The words wait where the program finds them: a migration has no key to seal them with."""
    _keys()
    _waiting()
    with op.batch_alter_table("requests") as batch:
        batch.add_column(sa.Column("sealed", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("about", sa.String(), nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("longer", sa.Boolean(), nullable=False, server_default=sa.false()))
    for statement in (_KEPT, _REMARKS, _OVERWRITTEN, _OF_REMARKS):
        op.execute(statement)
    if op.get_bind().dialect.name == "postgresql":
        # A table can't be changed while references in it are yet to be checked.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute("SET CONSTRAINTS ALL DEFERRED")
    with op.batch_alter_table("requests") as batch:
        for column in ("salt", *WORDS):
            batch.drop_column(column)
    with op.batch_alter_table("remarks") as batch:
        batch.drop_column("words")


def _keys() -> None:
    op.create_table(
        "ended_keys", *_words("matter_id", "trace"), sa.Column("at", MOMENT, nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False), sa.PrimaryKeyConstraint("matter_id"),
        sa.UniqueConstraint("trace"), _refers("matter_id", "matters.id"),
    )  # fmt: skip
    unshown = sa.text("NOT shown")
    op.create_index("ended_keys_unshown", "ended_keys", ["matter_id"], sqlite_where=unshown, postgresql_where=unshown)
    op.create_table(
        "master_keys", *_words("id"), sa.Column("since", MOMENT, nullable=False), sa.Column("until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    op.create_table(
        "lasting_keys", *_words("name"), sa.Column("wrap", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )  # fmt: skip


def _waiting() -> None:
    op.create_table(
        "unsealed_words", *_words("matter_id", "salt"), *_texts("purpose", "legal_matter", "basis", "audience", "decision"),
        sa.PrimaryKeyConstraint("matter_id"), _refers("matter_id", "matters.id"),
    )  # fmt: skip
    op.create_table(
        "unsealed_remarks", *_words("id", "matter_id"), *_texts("words"), sa.PrimaryKeyConstraint("id"),
        _refers("id", "remarks.id"), _refers("matter_id", "matters.id"),
    )  # fmt: skip
    op.create_index("ix_unsealed_remarks_matter_id", "unsealed_remarks", ["matter_id"])
