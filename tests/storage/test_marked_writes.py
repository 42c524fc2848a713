"""C1: a protected row is written whole, through the session, so that the door marks what was written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from sqlalchemy import Table

from storage.marks import is_protected
from storage.records import Record

STORAGE = Path(__file__).parents[2] / "storage"
LEAVE_OUT = {
    ("inbox.py", "Incoming"),
    ("people.py", "ChatAccount"),
    ("people.py", "Person"),
    ("recordings.py", "Recording"),
}
"""These statements write only columns that a mark leaves out."""
UNREADABLE = {("mails.py", "CustomerMail")}
"""This one writes a row that can't be read, which fits no mark in any case."""


def test_no_statement_writes_some_columns_of_a_protected_row() -> None:
    kinds = {one.class_.__name__: cast("Table", one.class_.__table__) for one in Record.registry.mappers}
    found = {
        (file.name, name)
        for file in STORAGE.glob("*.py")
        for name in re.findall(r"\b(?:update|delete)\((\w+)", file.read_text())
        if name in kinds and is_protected(kinds[name])
    }
    assert found == LEAVE_OUT | UNREADABLE
