"""A kind's own table: what an intruder changes who goes behind the door's back."""

from typing import cast

from sqlalchemy import Table

from storage.records import Matter, Record


def table_of(kind: type[Record]) -> Table:
    """Return the table with a kind's own columns."""
    return cast("Table", kind.__table__)


MATTERS = table_of(Matter)
