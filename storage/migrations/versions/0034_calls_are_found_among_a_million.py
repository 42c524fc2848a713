"""Calls are found among a million: by number and reference in letters and digits alone, and by who was on the call."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_PRESENT = sa.text("state = 'present'")
_BETWEEN = "-_ ./:#"
_INDEXES = {
    "recordings_found_by_operator": ["operator_key", "started"],
    "recordings_found_by_line": ["line", "direction", "started"],
    "recordings_found_by_department": ["department", "started"],
}


def upgrade() -> None:
    """Nothing is known afterwards that was not before; an erased call has nothing to be found by."""
    op.create_table(
        "operators", *(sa.Column(one, sa.String(), nullable=False) for one in ("key", "name", "department")),
        sa.PrimaryKeyConstraint("key", "name", "department"),
    )  # fmt: skip
    op.execute("INSERT INTO operators SELECT DISTINCT operator_key, operator_name, department FROM recordings")
    op.drop_index("ix_recordings_operator_key", "recordings")
    for name, columns in _INDEXES.items():
        op.create_index(name, "recordings", columns, sqlite_where=_PRESENT, postgresql_where=_PRESENT)
    _write_words()


def _write_words() -> None:
    reference = "lower(crm)"
    for sign in _BETWEEN:
        reference = f"replace({reference}, '{sign}', '')"
    number = "CASE WHEN caller = '' THEN '' ELSE '+' || replace(caller, '+', '') || ';' END"
    behind = "CASE WHEN caller = '' THEN ';#' ELSE '#' END"
    told = f"CASE WHEN crm = '' THEN '' ELSE {behind} || {reference} || '.' END"
    op.execute(f"UPDATE recordings SET found_by = {number} || {told}")  # noqa: S608  nothing of it comes from outside
    _write_odd_ones(number, behind)


def _write_odd_ones(number: str, behind: str) -> None:
    """References with other signs or letters than most, which no database makes small by itself."""
    bind = op.get_bind()
    odd = "crm GLOB '*[^-A-Za-z0-9_ ./:#]*'" if bind.dialect.name == "sqlite" else "crm ~ '[^-A-Za-z0-9_ ./:#]'"
    rows = bind.execute(sa.text(f"SELECT id, crm FROM recordings WHERE {odd}")).all()  # noqa: S608
    write = sa.text(f"UPDATE recordings SET found_by = {number} || {behind} || :words || '.' WHERE id = :id")  # noqa: S608
    for id_, crm in rows:
        bind.execute(write, {"id": id_, "words": _compact(crm)})


def _compact(reference: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", reference).casefold() if one.isalnum())
