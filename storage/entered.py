"""Absences and outages, as people entered them: who is away on which days, and when callers weren't told of the recording."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, null, or_, select, union_all

from storage.records import OPEN, Recording, Request, RequestedRecording
from storage.rows import Rows
from storage.tables.reviews import Absence, CallReview, Outage

# Put together once: that takes longer than the database needs to answer.
_DAY: BindParameter[date] = bindparam("day")
_AWAY = select(Absence.person_id, Absence.id, Absence.first, Absence.last, null()).where(
    Absence.last >= _DAY, Absence.ended_at.is_(None)
)
_DOWN = select(Outage.entered_by, Outage.id, Outage.first, Outage.last, Outage.lines).where(Outage.ended_at.is_(None))
_COUNTING = union_all(_DOWN, _AWAY)  # columns are read as those of the first


class Out(NamedTuple):
    """Whose absence it is, its id, and its first and last day."""

    person_id: int
    id: str
    first: date
    last: date


class Down(NamedTuple):
    """Who entered it, and the days on which these lines (E.164) told callers nothing, first and last included."""

    entered_by: int
    first: date
    last: date
    lines: Sequence[str]


Counting = tuple[int, str, date, date, Sequence[str] | None]
"""Who, the id, the first and last day, and of an outage its lines."""


class Entered(Rows):
    """Queries and changes about absences and outages."""

    def away(self, day: date) -> list[Out]:
        """Return all absences that count and are not over before this day, earliest first."""
        return [Out(*row[:4]) for row in self._entries(day) if row[4] is None]

    def own_days(self, person_id: int, day: date) -> list[Out]:
        """Return this person's absences of `away`."""
        return [one for one in self.away(day) if one.person_id == person_id]

    def outages(self) -> int:
        """Return how many outages count."""
        return sum(lines is not None for *_, lines in self._entries())

    def down_on(self, line: str, day: date) -> Down | None:
        """Return the outage that covers a line on this day of the line's; None if there is none."""
        down = (Down(who, first, last, lines) for who, _, first, last, lines in self._entries() if lines is not None)
        return next(
            (one for one in down if one.first <= day <= one.last and (not one.lines or line in one.lines)), None
        )

    def _entries(self, day: date | None = None) -> list[Counting]:
        """Return all outages, and absences that aren't over before this day, unless they were taken back; read once in
        a transaction.
        """
        by_day = cast("dict[date, list[Counting]]", self.session.info.setdefault("entered", {}))
        day = day or next(iter(by_day), date.max)  # outages are in each reading, so without a day any will do
        if day not in by_day:
            # Changes to them are flushed at once, so this needs no flush, which would split one bulk insert into many.
            rows = sorted(self.session.connection().execute(_COUNTING, {"day": day}), key=lambda row: (row[2], row[1]))
            by_day[day] = [(who, name, first, last, lines) for who, name, first, last, lines in rows]
        return by_day[day]

    def of(self, person_id: int, day: date) -> list[Absence]:
        """Return this person's absences that count and aren't over before this day, earliest first."""
        mine = (Absence.person_id == person_id, Absence.last >= day, Absence.ended_at.is_(None))
        return self.rows(Absence, *mine, by=(Absence.first, Absence.id))

    def add(self, row: Absence | Outage) -> None:
        """Store an absence or outage; it counts from now on."""
        self.session.add(row)
        self._forget()

    def end(self, row: Absence | Outage, now: datetime) -> None:
        """End an absence or outage; it no longer counts."""
        row.ended_at = now
        self._forget()

    def _forget(self) -> None:
        """Drop what was read before, since something has changed."""
        self.session.flush()
        self.session.info.pop("entered", None)

    def revision(self) -> list[tuple[int, int]]:
        """Return a value that differs after each change, whatever the clock, by which a worker sees that there was one: how
        many were entered and how many ended, of absences and of outages.
        """
        counts = (select(func.count(kind.id), func.count(kind.ended_at)) for kind in (Absence, Outage))
        return [pair for each in counts for pair in self.tuples(each)]

    def calls(self, *outages: Outage | Down) -> list[int]:
        """Count the calls of the register during each of these outages, in any state."""
        counts = (select(func.count()).where(_within_outage(one)).scalar_subquery() for one in outages)
        return list(self.session.execute(select(*counts)).one()) if outages else []

    def drawn(self, outage: Outage | Down) -> int:
        """Count the calls during an outage that were drawn for review and aren't reviewed yet."""
        named = select(func.count(CallReview.id)).join(
            RequestedRecording, RequestedRecording.request_id == CallReview.id
        )
        calls = named.join(Recording, Recording.id == RequestedRecording.recording_id)
        return int(self.session.scalar(calls.where(CallReview.state.in_(OPEN), _within_outage(outage))) or 0)

    def requests(self, outage: Outage) -> list[Request]:
        """Return requests that are waiting for a decision and name a call during the outage."""
        named = select(RequestedRecording.request_id).join(Recording, Recording.id == RequestedRecording.recording_id)
        those = (Request.state.in_(OPEN), Request.id.in_(named.where(_within_outage(outage))))
        return self.rows(Request, *those, by=(Request.asked_at, Request.id))


def _within_outage(outage: Outage | Down) -> ColumnElement[bool]:
    """Select calls on one of an outage's lines that began on one of its days."""
    days = Recording.local_day.between(outage.first.isoformat(), outage.last.isoformat())
    lines: Iterable[str] = outage.lines
    return or_(*(and_(Recording.line == one, days) for one in lines))
