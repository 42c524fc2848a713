"""A month in numbers: all of its tables, and the page in chat that tells them in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.acting import Act
from handlers.cards import Actions, Button, Facts, Heading, Line, Page, Part, Small
from handlers.figures import erasures, tables
from handlers.figures.tables import Deadline, Gathering, gather
from handlers.rules.figures import Cell, Column, Month, Table, beside, text
from handlers.words import city, counted

WHAT = "The month at a glance"
LEFT_OUT = (
    "Confidential reports are never counted. Investigations, and holds that name people, are counted from {months} after they end. "
    "Everyone sees these numbers and this note."
)
DEADLINES = (
    Column("Deadline"),
    Column("Met", drawn=True),
    Column("Missed", drawn=True),
    Column("Yet to come", drawn=True),
)
MISSED = (Column("What"), Column("Which"), Column("Was due"), Column("Why it was missed"))

WHICH_MONTH = (
    "What falls due in the month counts, whenever it was answered. A request of staff counts when it was decided or lapsed, and as"
    " yet to come while it is open."
)
MOST_ROWS = 8
"""Rows of a table that a page in chat shows; the web page has them all."""
SO_FAR = "This month is not over: the numbers are those of now."
WHOLE = "It is over, and counted again each time you look."
PICTURES = "Charts, full tables and files for a spreadsheet are on a web page."
OPENS = "The page opens in your browser. Open the link within a minute; it works once."
NONE = "none"
LONGEST = 160
"""Characters of a row in chat."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A month in tables, in the order in which they are read; `zone` (IANA) is the one in which its moments are told."""

    month: Month
    tables: tuple[Table, ...]
    zone: str
    note: str = ""

    def table(self, key: str) -> Table | None:
        """The table of this name, if there is one."""
        return next((one for one in self.tables if one.key == key), None)


def figures(act: Act, month: Month, *, named: bool = True) -> Figures:
    """Everything that is counted of a month; `named` says whether people are told by name, or by id alone."""
    of = gather(act, month, named=named)
    late, told, reviews = of.policy.retention.most_minutes_late, erasures.stories(of), tables.Reviews(of)
    kept = [
        tables.customers_answered(of), tables.staff_decided(of), erasures.erased_in_time(told, late),
        reviews.deadline(),
    ]  # fmt: skip
    each = (
        tables.requests(of), _deadlines(kept), _missed(of, kept), erasures.erasures(told, late),
        erasures.exceptions(of, told), erasures.holds(of), tables.declines(of), tables.listening(of), reviews.table(),
        tables.notices(of),
    )  # fmt: skip
    note = LEFT_OUT.format(months=counted(of.policy.records.investigation_hidden_months, "month"))
    return Figures(month, each, of.zone, note)


def _deadlines(kept: list[Deadline]) -> Table:
    rows = tuple((one.what, one.met, len(one.missed), one.coming) for one in kept)
    empty = "There was no deadline."
    return Table("deadlines", "Deadlines", "P7 · P8 · P10 · P12", DEADLINES, rows, empty, WHICH_MONTH, shares=True)


def _missed(of: Gathering, kept: list[Deadline]) -> Table:
    each = sorted((one for deadline in kept for one in deadline.missed), key=lambda one: (one.due, one.id))
    rows = tuple((one.what, one.id, of.local(one.due), one.why) for one in each)
    return Table("missed", "Deadlines that were missed", "", MISSED, rows, "No deadline was missed.")


def page(told: Figures) -> Page:
    """All of it in words, for chat."""
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
    """The small dialog with the link; the code is in the fragment, which no server sees."""
    button = Button("open", "Open the page", "open", "primary", url=f"{public_url}/figures/{month}#{code}")
    return Page(WHAT, (Line(OPENS), Actions((button,))))


def told_of(month: str) -> str:
    """What both officers read on the first working day."""
    return f"{month} is over. Press The month at a glance to read its numbers."


def _said(table: Table) -> Iterator[Part]:
    if not table.rows:
        return
    yield Heading(f"{table.title} ({table.clause})" if table.clause else table.title)
    yield Facts(tuple((text(row[0]), _numbers(table, row)) for row in table.rows[:MOST_ROWS]))
    if (more := len(table.rows) - MOST_ROWS) > 0:
        yield Line(f"And {more} more on the web page.")
    if table.note:
        yield Small(table.note)


def _numbers(table: Table, row: tuple[Cell, ...]) -> str:
    """A row without its first cell; zeros are left out."""
    told = (
        cell if isinstance(cell, str) else f"{column.name.lower() if len(row) > 2 else ''} {text(cell)}".strip()
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
        if cell
    )
    words = " · ".join(one for one in told if one) or NONE
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
