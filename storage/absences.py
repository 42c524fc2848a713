"""What people entered themselves and counts: who is away on which days, and when callers were told nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, bindparam, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from storage.tables.reviews import Absence, Outage

# Put together once: that takes longer than the database needs to answer.
_DAY: BindParameter[date] = bindparam("day")
_AWAY = select(Absence.person_id, Absence.id, Absence.first, Absence.last, null()).where(
    Absence.last >= _DAY, Absence.ended_at.is_(None)
)
_DOWN = select(literal(0), Outage.id, Outage.first, Outage.last, Outage.lines).where(Outage.ended_at.is_(None))
_COUNTING = union_all(_DOWN, _AWAY)  # columns are read as those of the first


class Out(NamedTuple):
    """Whose absence it is, and its first and last day."""

    person_id: int
    first: date
    last: date


class Down(NamedTuple):
    """Days on which these lines (E.164) told callers nothing, first and last included."""

    first: date
    last: date
    lines: Sequence[str]


class Entered(NamedTuple):
    """Absences and outages, the earliest first."""

    away: Sequence[Out]
    down: Sequence[Down]


def entered_from(session: Session, day: date | None = None) -> Entered:
    """All that was not taken back: outages, and absences that are not over before this day; read once in a transaction."""
    known = cast("dict[date, Entered]", session.info.setdefault("entered", {}))
    day = day or next(iter(known), date.max)
    if day not in known:
        # What changes them is flushed at once; to flush for this look would split one bulk insert into many.
        rows = sorted(session.connection().execute(_COUNTING, {"day": day}), key=lambda row: (row[2], row[1]))
        away = [Out(who, first, last) for who, _, first, last, lines in rows if lines is None]
        known[day] = Entered(away, [Down(first, last, lines) for _, _, first, last, lines in rows if lines is not None])
    return known[day]


def entered_anew(session: Session) -> None:
    """Something was entered or taken back: what was asked before counts no more."""
    session.flush()
    session.info.pop("entered", None)


class Absences:
    """Queries and changes about absences, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def from_day(self, day: date) -> Sequence[Out]:
        """All that count and are not over before this day, the earliest first."""
        return entered_from(self.session, day).away

    def of(self, person_id: int, day: date) -> list[Absence]:
        """One person's that count and are not over before this day, the earliest first."""
        mine = (Absence.person_id == person_id, Absence.last >= day, Absence.ended_at.is_(None))
        return list(self.session.scalars(select(Absence).where(*mine).order_by(Absence.first, Absence.id)))

    def get(self, absence: str) -> Absence | None:
        """One absence, whosever it is, also one that counts no more."""
        return self.session.get(Absence, absence)

    def add(self, absence: Absence) -> None:
        """It counts from now on."""
        self.session.add(absence)
        entered_anew(self.session)

    def end(self, absence: Absence, now: datetime) -> None:
        """It counts no more."""
        absence.ended_at = now
        entered_anew(self.session)

    def revision(self) -> tuple[int, int]:
        """Another pair after each change, whatever the clock says: how many were ever entered, and how many were ended."""
        counted = select(func.count(Absence.id), func.count(Absence.ended_at))
        entered, ended = self.session.execute(counted).one()
        return entered, ended
