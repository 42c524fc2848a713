"""All numbers of a month for one reader, table by table; what follows from a matter that the reader may not know of is in none."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.figures import erasures, hearing, requests
from handlers.figures.reviews import Reviews, notices
from handlers.figures.view import Deadline, Gathering
from handlers.rules.figure_tables import Column, Table
from handlers.rules.figures import Month

LEFT_OUT = (
    "Reports in confidence are never counted. What a matter brought of which you may not know is left out, or counted as if there were no such matter; "
    "everybody reads this sentence."
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


@dataclass(frozen=True, slots=True)
class Figures:
    """A month in tables, in the order in which they are read; `zone` (IANA) is the one in which its moments are told."""

    month: Month
    tables: tuple[Table, ...]
    zone: str

    @property
    def note(self) -> str:
        """What is not in it, in the same words for everybody."""
        return LEFT_OUT

    def table(self, key: str) -> Table | None:
        """The table of this name, if there is one."""
        return next((one for one in self.tables if one.key == key), None)


def figures(of: Gathering) -> Figures:
    """Everything that is counted of a month."""
    late, told, reviews = of.policy.retention.most_minutes_late, erasures.stories(of), Reviews(of)
    kept = [
        requests.customers_answered(of), requests.staff_decided(of), erasures.erased_in_time(told, late),
        reviews.deadline(),
    ]  # fmt: skip
    tables = (
        requests.requests(of), _deadlines(kept), _missed(of, kept), erasures.erasures(told, late),
        erasures.exceptions(of, told), erasures.holds(of), hearing.declines(of), hearing.listening(of), reviews.table(),
        notices(of),
    )  # fmt: skip
    return Figures(of.month, tables, of.zone)


def _deadlines(kept: list[Deadline]) -> Table:
    rows = tuple((one.what, one.met, len(one.missed), one.coming) for one in kept)
    empty = "There was no deadline."
    return Table("deadlines", "Deadlines", "P7 · P8 · P10 · P12", DEADLINES, rows, empty, WHICH_MONTH, shares=True)


def _missed(of: Gathering, kept: list[Deadline]) -> Table:
    each = sorted((one for deadline in kept for one in deadline.missed), key=lambda one: (one.due, one.id))
    rows = tuple((one.what, one.id, of.local(one.due), one.why) for one in each)
    return Table("missed", "Deadlines that were missed", "", MISSED, rows, "No deadline was missed.")
