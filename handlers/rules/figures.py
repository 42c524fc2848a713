"""The month in numbers: what falls into a month, who may see it, and whether each deadline was met or missed, and why.

A month is the home line's month, on whichever line a call was. The numbers are the same for every reader.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from handlers.policy import Policy
from handlers.rules import Refused, notices, random_review
from handlers.rules.working_days import Calendar

DeadlineState = Literal["met", "missed", "open", "none"]
"""The state of a deadline: `open` is still ahead, `none` was dropped before it was due."""
ErasureCourse = Literal["in_time", "kept", "paused", "late", "coming"]
"""How an erasure went: held past its moment by a valid cause, paused until the Head pressed Continue, or late without
either.
"""
NOT_YOURS = "The month at a glance is for the {head}, the {manager}, and their deputies."
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A company month, such as `2027-03`: from `since` up to but excluding `until` (UTC), seen at `now`."""

    name: str
    since: datetime
    until: datetime
    now: datetime

    @property
    def words(self) -> str:
        """Such as “March 2027”."""
        return f"{date.fromisoformat(f'{self.name}-01'):%B %Y}"

    @property
    def is_over(self) -> bool:
        """True if all of the month is over."""
        return self.until <= self.now

    @property
    def ends(self) -> datetime:
        """Its end, or `now` where that comes first."""
        return min(self.until, self.now)

    def has(self, moment: datetime | None) -> bool:
        """Return True if a moment (aware) is in this month; False for None."""
        return moment is not None and self.since <= moment < self.until


def last_whole(policy: Policy, now: datetime) -> str:
    """Return the last month that is over, such as `2027-03`."""
    return f"{policy.company_day(now).replace(day=1) - _DAY:%Y-%m}"


def adjacent_month(month: str, step: Literal[-1, 1]) -> str:
    """Return the month before or after one."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first - _DAY if step < 0 else first + 31 * _DAY:%Y-%m}"


def month_named(policy: Policy, typed: str, now: datetime) -> Month:
    """Return the month that was asked for, or the last whole month by default.

    Raises `Refused` for invalid and future months.
    """
    name = typed.strip() or last_whole(policy, now)
    if not _MONTH.fullmatch(name):
        raise Refused(
            f"“{name[:20]}” isn't a month. Write it like {last_whole(policy, now)}.", "month", code="unreadable"
        )
    since, until = random_review.month_bounds(policy, name)
    if since > now:
        raise Refused(
            f"{name} is in the future. Write {policy.company_day(now):%Y-%m} or an earlier month.",
            "month",
            code="unreadable",
        )
    return Month(name, since, until, now)


def may_see(policy: Policy, person: int, now: datetime) -> None:
    """Raise `Refused` unless this person is one of the two officers or stands in for one today."""
    if not notices.oversees_notices(policy, person, policy.company_day(now)):
        titles = {name: policy.role(name).title for name in ("head_of_customer_success", "manager_human_resources")}
        head, manager = titles.values()
        raise Refused(NOT_YOURS.format(head=head, manager=manager), code="not_overseeing")


def working_time_between(calendar: Calendar, since: datetime, until: datetime) -> timedelta:
    """Return the working time of a line between two moments (aware); nothing if they come the other way round."""
    zone = ZoneInfo(calendar.zone)
    day, last, total = since.astimezone(zone).date(), until.astimezone(zone).date(), timedelta()
    while day <= last:
        if calendar.off(day) is None:
            total += max(min(until, calendar.ends(day)) - max(since, calendar.begins(day)), timedelta())
        day += _DAY
    return total


def median_and_longest(spans: Sequence[timedelta]) -> tuple[float, float] | None:
    """Return the median and the longest of some spans, in hours to one decimal; None if there are none."""
    if not spans:
        return None
    each = [span / timedelta(hours=1) for span in spans]
    return round(median(each), 1), round(max(each), 1)


def promise_state(
    due: datetime, answered_at: datetime | None, missed_at: datetime | None, withdrawn_at: datetime | None
) -> DeadlineState:
    """P8: return the state of a promise to a customer. A missed deadline stays missed; all moments are aware."""
    if missed_at is not None or (answered_at is not None and answered_at > due):
        return "missed"
    if answered_at is not None:
        return "met"
    return "none" if withdrawn_at is not None else "open"


def why_unanswered(
    due: datetime, state: str, decided_at: datetime | None, *, came_back: bool, answered: bool
) -> str:  # fmt: skip
    """P8: say why a customer wasn't answered in time, as far as known.

    `state` is the request's; `came_back`: one of its letters bounced or went to a wrong address.
    """
    late = decided_at is not None and decided_at > due
    if came_back:
        return "its e-mail came back, or went to the wrong address" + (
            ", and it was decided after the deadline" if late else ""
        )
    if decided_at is None:
        return {"stuck": "no one could decide it", "withdrawn": "no one had decided it when it was withdrawn"}.get(
            state, "no one has decided it yet"
        )
    if late:
        return "decided after the deadline"
    if state == "unknown":
        return "decided in time; the mail server didn’t say whether it accepted the e-mail"
    return "decided in time; its e-mail was late" if answered else "decided in time; its e-mail hasn’t been sent"


def how_erasure_went(
    moment: datetime, done: datetime | None, *, kept: datetime | None, paused: datetime | None, late: timedelta,
    now: datetime,
) -> ErasureCourse:  # fmt: skip
    """P12: return how an erasure due at `moment` went; `done` is its end, `late` the delay still allowed.

    `kept` is until when the call was kept past its moment, and `paused` when the Head pressed Continue. Both are aware,
    and in the future while that lasts.
    """
    excuses: list[tuple[datetime, ErasureCourse]] = []
    if kept is not None and kept > moment:
        excuses.append((kept, "kept"))
    if paused is not None and paused > moment:
        excuses.append((paused, "paused"))
    begins, how = max(excuses, default=(moment, "in_time"))
    if (done or now) > begins + late:
        return "late"
    if done is not None and done <= moment + late:
        return "in_time"
    return how if excuses else "coming"


Cell = str | int | float | None
"""What stands in a table; None where there is nothing to count."""
NOTHING = "–"
_MADE_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
"""A spreadsheet takes a cell that begins with one of these for a formula."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether its numbers are drawn, as a part of each row's bar."""

    name: str
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers under a title.

    `key` names it in addresses and files, and the first column says what a row is about. `empty` is shown instead of an
    empty table, `note` beside the table, and `clause` is the policy's. With `each_row_whole` each row is drawn as a whole of
    its own instead of to one scale.
    """

    key: str
    title: str
    clause: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    note: str = ""
    each_row_whole: bool = False

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
        """True if there is anything to draw."""
        return any(isinstance(row[place], int | float) and row[place] for row in self.rows for place in self.drawn)


def cell_as_text(cell: Cell) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return NOTHING
    return cell if isinstance(cell, str) else f"{cell:,}"


def spreadsheet_cell(cell: Cell) -> str:
    """Return a cell that is safe in a spreadsheet: text that would count as a formula gets an apostrophe before it."""
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    return f"'{cell}" if cell.lstrip().startswith(_MADE_FORMULAS) or cell.startswith(_MADE_FORMULAS) else cell


def as_csv(tables: Iterable[Table]) -> str:
    """Return tables as CSV (RFC 4180), separated by an empty line, each under its title if there are several."""
    each, text = list(tables), io.StringIO()
    write = csv.writer(text, lineterminator="\r\n")
    for place, table in enumerate(each):
        if place:
            text.write("\r\n")
        if len(each) > 1:
            write.writerow([spreadsheet_cell(table.title)])
        write.writerow([spreadsheet_cell(one.name) for one in table.columns])
        write.writerows([spreadsheet_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue()


def as_text(table: Table) -> list[str]:
    """Return a table for a terminal, line by line: words to the left, numbers to the right."""
    if not table.rows:
        return [table.empty]
    rows = [
        tuple(one.name for one in table.columns),
        *(tuple(cell_as_text(cell) for cell in row) for row in table.rows),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    right = [place in table.numeric for place in range(len(table.columns))]
    return ["  ".join(_pad_row(row, widths, right)).rstrip() for row in rows]


def _pad_row(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    return [
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(row, widths, right, strict=True)
    ]
