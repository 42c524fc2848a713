"""A kind's own table: what an intruder touches who changes rows behind the back of the door."""

from typing import cast

from sqlalchemy import Table

from storage.records import Matter, Record


def table_of(kind: type[Record]) -> Table:
    """The table in which a kind keeps what only it has."""
    return cast("Table", kind.__table__)


MATTERS = table_of(Matter)
