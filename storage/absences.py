"""Absences that people entered themselves: who is away on which days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from storage.records import Person
from storage.tables.reviews import Absence

# Put together once: that takes longer than the database needs to answer.
_DAY: BindParameter[date] = bindparam("day")
_COUNTING = (
    select(Person.email_key, Absence.first, Absence.last)
    .join(Absence, Absence.person_id == Person.id)
    .where(Absence.last >= _DAY, Absence.ended_at.is_(None))
    .order_by(Absence.first, Absence.id)
)


class Out(NamedTuple):
    """Whose absence it is, by address in normal form, and its first and last day."""

    email_key: str
    first: date
    last: date


class Absences:
    """Queries and changes about absences, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def from_day(self, day: date) -> Sequence[Out]:
        """All that count and are not over before this day, the earliest first; read once in a transaction."""
        known = cast("dict[date, Sequence[Out]]", self.session.info.setdefault("absences", {}))
        if day not in known:
            # What changes them is flushed at once; to flush for this look would split one bulk insert into many.
            rows = self.session.connection().execute(_COUNTING, {"day": day}).all()
            known[day] = [Out(*row) for row in rows]
        return known[day]

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
        self._changed()

    def end(self, absence: Absence, now: datetime) -> None:
        """It counts no more."""
        absence.ended_at = now
        self._changed()

    def revision(self) -> tuple[int, int]:
        """Another pair after each change, whatever the clock says: how many were ever entered, and how many were ended."""
        counted = select(func.count(Absence.id), func.count(Absence.ended_at))
        entered, ended = self.session.execute(counted).one()
        return entered, ended

    def _changed(self) -> None:
        self.session.flush()
        self.session.info.pop("absences", None)
