"""A month at a glance in words, as a page in chat; all its words for people stand here."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.cards import Actions, Button, Facts, Heading, Line, Page, Part, Small
from handlers.figures.gathering import Figures
from handlers.rules.figure_tables import Cell, Table, text
from handlers.rules.figures import beside
from handlers.words import city

WHAT = "The month at a glance"
MOST_ROWS = 8
"""Rows of a table that stand on the page; a platform takes so much, and the web page has them all."""
SO_FAR = "This month is not over: the numbers are those of now."
WHOLE = "It is over, and counted anew each time you look."
PICTURES = "Pictures, whole tables and files for a spreadsheet stand on a page of their own."
OPENS = "The page opens in the browser. The link works once, for one minute."
NONE = "none"
LONGEST = 160
"""Characters of a row that stand on the page."""


def page(told: Figures) -> Page:
    """All of it in words."""
    month = told.month
    parts: list[Part] = [Line(f"{month.words}, by {city(told.zone)} time. {WHOLE if month.is_over else SO_FAR}")]
    for table in told.tables:
        parts += _said(table)
    empty = " ".join(table.empty for table in told.tables if not table.rows)
    parts += (Line(empty),) if empty else ()
    turned = [Button("figures", "Month before", beside(month.name, -1))]
    if month.is_over:
        turned.append(Button("figures", "Month after", beside(month.name, 1)))
    opens = Button("figures_open", "Open with pictures", month.name, "primary")
    parts += [Line(PICTURES), Actions((opens, *turned)), Small(told.note)]
    return Page(WHAT, tuple(parts), f"{WHAT}: {month.words}.")


def opened(code: str, public_url: str, month: str) -> Page:
    """The small dialog with the link; the code stands in the fragment, which no server sees."""
    button = Button("open", "Open the page", "open", "primary", url=f"{public_url}/figures/{month}#{code}")
    return Page(WHAT, (Line(OPENS), Actions((button,))))


def told_of(month: str) -> str:
    """What both officers are told on the first working day."""
    return f"{month} is over, and its numbers are there. Press The month at a glance to read them."


def _said(table: Table) -> Iterator[Part]:
    if not table.rows:
        return
    yield Heading(f"{table.title} ({table.clause})" if table.clause else table.title)
    yield Facts(tuple((text(row[0]), _numbers(table, row)) for row in table.rows[:MOST_ROWS]))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield Line(f"And {more} more on the page with the pictures.")
    if table.note:
        yield Small(table.note)


def _numbers(table: Table, row: tuple[Cell, ...]) -> str:
    """What stands in a row beside its first cell; numbers that are nought are left out."""
    told = (
        cell if isinstance(cell, str) else f"{column.name.lower() if len(row) > 2 else ''} {text(cell)}".strip()
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if cell
    )
    words = " · ".join(one for one in told if one) or NONE
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
