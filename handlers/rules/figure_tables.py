"""A table of the month in numbers, however it is shown: in words, on a page, as a picture, as CSV, or in a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cell = str | int | float | None
"""What stands in a table; None where there is nothing to count."""
NOTHING = "–"
_MADE_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")
"""With any of these at its beginning a spreadsheet takes a cell for something to be worked out."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether its numbers are drawn, as a part of each row's bar."""

    name: str
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers under a title. `key` names it in addresses and files; the first column says what a row is about.

    `empty` is the sentence that stands in its place where it has no rows, `note` one that stands beside it, `clause` the policy's.
    `shares`: each row is drawn as a whole of its own, and not to one scale with the others.
    """

    key: str
    title: str
    clause: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    note: str = ""
    shares: bool = False

    @property
    def drawn(self) -> tuple[int, ...]:
        """The places of the columns that are drawn."""
        return tuple(place for place, one in enumerate(self.columns) if one.drawn)

    @property
    def numeric(self) -> tuple[int, ...]:
        """The places of the columns in which no row has words."""
        places = range(1, len(self.columns))
        return tuple(place for place in places if all(not isinstance(row[place], str) for row in self.rows))

    @property
    def pictured(self) -> bool:
        """Whether there is anything to draw."""
        return any(isinstance(row[place], int | float) and row[place] for row in self.rows for place in self.drawn)


def text(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return NOTHING
    return cell if isinstance(cell, str) else f"{cell:,}"


def harmless(cell: Cell) -> str:
    """A cell as a spreadsheet may have it: what it would take for a formula begins with an apostrophe, and is text."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip().startswith(_MADE_FORMULAS) or cell.startswith(_MADE_FORMULAS) else cell


def as_csv(tables: Iterable[Table]) -> str:
    """One table as CSV (RFC 4180), or several with an empty line between and the title above each."""
    each, told = list(tables), io.StringIO()
    write = csv.writer(told, lineterminator="\r\n")
    for place, table in enumerate(each):
        if place:
            told.write("\r\n")
        if len(each) > 1:
            write.writerow([harmless(table.title)])
        write.writerow([harmless(one.name) for one in table.columns])
        write.writerows([harmless(cell) for cell in row] for row in table.rows)
    return told.getvalue()


def as_text(table: Table) -> list[str]:
    """A table for a terminal, line by line: words to the left, numbers to the right."""
    if not table.rows:
        return [table.empty]
    rows = [tuple(one.name for one in table.columns), *(tuple(text(cell) for cell in row) for row in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    right = [place in table.numeric for place in range(len(table.columns))]
    return ["  ".join(_padded(row, widths, right)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    return [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(row, widths, right, strict=True)
    ]
