"""What calls are looked for by: whoever has any, and indexes in the order of time of those that may be asked for (P7)."""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.records import Record, Recording

_PRESENT = text("state = 'present'")


class Operator(Record):
    """Whoever has calls in the register, as they name the operator."""

    __tablename__ = "operators"
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    department: Mapped[str] = mapped_column(primary_key=True)


for _name, *_columns in (
    ("recordings_found_by_operator", Recording.operator_key),
    ("recordings_found_by_line", Recording.line, Recording.direction),
    ("recordings_found_by_department", Recording.department),
):
    Index(_name, *_columns, Recording.started, sqlite_where=_PRESENT, postgresql_where=_PRESENT)
