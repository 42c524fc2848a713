"""Reviews of drawn calls, and notices to callers, in a month (P3, P10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from handlers.figures.view import Deadline, Gathering, Missed
from handlers.rules.figure_tables import Cell, Column, Table
from storage.figures_heard import DrawnCall, DrawOf, NoticeOf

REVIEWS = (
    Column("Department"), Column("Draw"), Column("In its list"), Column("Drawn"), Column("Heard"),
    Column("Reviewed", drawn=True), Column("Not in time", drawn=True), Column("Waiting", drawn=True),
)  # fmt: skip
NOTICED = (Column("Notice"), Column("How it stands"), Column("When"), Column("By"), Column("Which"))
NOTICE: Mapping[str, str] = {
    "phone": "Phone announcement", "website": "Notice on the website", "outgoing": "Start of an outgoing call",
}  # fmt: skip
STANDS: Mapping[str, str] = {"confirmed": "Confirmed", "no": "Answered no"}
WAITING = "Not confirmed yet"


class Reviews:
    """P10: the draws that the month began, and what became of their calls."""

    def __init__(self, of: Gathering) -> None:
        self.of, store = of, of.act.store.figures.heard
        self.draws = {one.id: one for one in store.draws(of.month.since, of.month.until)}
        self.calls = store.drawn(self.draws)

    def table(self) -> Table:
        """By draw and department: what was drawn, heard and reviewed, and what was not in time."""
        rows = tuple(self._row(draw, department) for draw in self.draws.values() for department in draw.lists)
        return Table("reviews", "Random review", "P10", REVIEWS, rows, "No calls were drawn for review.", shares=True)

    def deadline(self) -> Deadline:
        """Whether drawn calls were reviewed until the day that was set for it."""
        met, coming = (self._number(self.calls, *states) for states in (("reviewed",), ("waiting", "stuck")))
        return Deadline("Drawn calls reviewed in time (P10)", met, tuple(self._missed()), coming)

    def _missed(self) -> Iterator[Missed]:
        for one in self.calls:
            if one.state == "over":
                until = self.draws[one.draw].review_until or self.of.month.until
                yield Missed(
                    "Review of a drawn call",
                    one.id,
                    until,
                    "heard, and not reviewed" if one.heard else "nobody heard it",
                )

    def _row(self, draw: DrawOf, department: str) -> tuple[Cell, ...]:
        mine = [one for one in self.calls if (one.draw, one.department) == (draw.id, department)]
        there = self.of.policy.departments.get(department)
        numbers = (self._number(mine, *states) for states in (("reviewed",), ("over",), ("waiting", "stuck")))
        heard = sum(one.heard for one in mine)
        return (there.label if there else department, draw.id, draw.lists[department], len(mine), heard, *numbers)

    def _number(self, some: Sequence[DrawnCall], *states: str) -> int:
        return sum(one.state in states for one in some)


def notices(of: Gathering) -> Table:
    """P3: each notice that was to be confirmed in the month, when it was, and by whom as what."""
    found = of.act.store.figures.heard.notices(of.month.since, of.month.until)
    rows = tuple(_noticed(of, one) for one in found)
    return Table("notices", "Notices to callers", "P3", NOTICED, rows, "No notice was to be confirmed.")


def _noticed(of: Gathering, one: NoticeOf) -> tuple[Cell, ...]:
    what = NOTICE.get(one.notice, one.notice)
    if one.closed_at is None or not of.month.has(one.closed_at):
        return what, WAITING, None, None, one.id
    titles = {str(name): role.title for name, role in of.policy.roles.held().items()}
    return what, STANDS.get(one.state, one.state), of.local(one.closed_at), titles.get(one.role, one.role), one.id
