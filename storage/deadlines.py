"""Deadlines: the clock asks what is due, and the door settles each one together with the change that it causes."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import columns, sessions
from storage.marks import Marked
from storage.records import Record


class DueDeadline(NamedTuple):
    """One thing whose time has come; they are done in this order."""

    due_at: datetime
    kind: str
    subject: str

    @property
    def key(self) -> str:
        """The key by which the door settles it."""
        return f"{self.kind}:{self.subject}"


class Deadline(Marked, Record):
    """All deadlines of one subject: the moment of each, by its kind, and which of them are `done`.

    The next one is `kind`, at `due_at`; `due_at` is None if none is left. The clock only asks what is due, so nothing
    is lost while it isn't running.
    """

    __tablename__ = "deadlines"
    __table_args__ = (columns.partial_index("deadlines_open", "due_at IS NOT NULL", "due_at", "kind", "subject"),)
    subject: Mapped[str] = mapped_column(primary_key=True)
    moments: Mapped[dict[str, Any]]
    done: Mapped[list[Any]]
    kind: Mapped[str]
    due_at: Mapped[datetime | None]

    def moment(self, kind: str) -> datetime | None:
        """Return the moment set for this kind, done or not; None if none was set."""
        return datetime.fromisoformat(self.moments[kind]) if kind in self.moments else None

    def coming(self, kind: str) -> datetime | None:
        """Return the moment set for this kind; None if none was set, or if it is done."""
        return None if kind in self.done else self.moment(kind)

    def due(self, now: datetime, kinds: Collection[str]) -> list[DueDeadline]:
        """Return those of these kinds that are due by `now`."""
        coming = {kind: self.coming(kind) for kind in self.moments.keys() & kinds}
        return [DueDeadline(at, kind, self.subject) for kind, at in coming.items() if at is not None and at <= now]

    def change(self, moments: Mapping[str, str], done: Collection[str]) -> None:
        """Set its moments, and which of them are done."""
        for name, value in _deadline_row(self.subject, moments, done).items():
            if getattr(self, name) != value:
                setattr(self, name, value)


class Deadlines:
    """Queries and changes about deadlines, within one transaction. A thing is known by its kind and its subject."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def _of(self, subject: str) -> Deadline | None:
        """Return the row with all deadlines of a subject, read once in a transaction; None if there is none."""
        read_before = cast("dict[str, Deadline | None]", self.session.info.setdefault("deadlines", {}))
        if subject not in read_before:
            # What was set is remembered, so there is nothing else to flush before this look.
            if subject in self.session.info.get("begun", ()):
                self.session.flush()
            with self.session.no_autoflush:
                read_before[subject] = self.session.get(Deadline, subject)
        return read_before[subject]

    def remember(self, subject: str, row: Deadline | None) -> None:
        """Remember the row with all deadlines of a subject, which was read along with something else."""
        self.session.info.setdefault("deadlines", {}).setdefault(subject, row)

    def set(self, kind: str, subject: str, due_at: datetime | None) -> None:
        """Ask the clock for something at `due_at`, or as soon after it as the program runs; None if never. This replaces
        an earlier moment.
        """
        if due_at is None:
            self.drop(subject, kind)
            return
        row = self._of(subject)
        if row is None:
            row = self.session.info["deadlines"][subject] = Deadline(
                **_deadline_row(subject, {kind: _moment_text(due_at)}, ())
            )
            self.session.add(row)
        row.change({**row.moments, kind: _moment_text(due_at)}, [one for one in row.done if one != kind])

    def begin(self, subject: str, moments: Mapping[str, datetime]) -> None:
        """Ask the clock for several things, by kind, for a subject that is new."""
        self.session.info.setdefault("begun", set()).add(subject)
        sessions.append_row(
            self.session, Deadline, _deadline_row(subject, {kind: _moment_text(at) for kind, at in moments.items()}, ())
        )

    def advance(self, kind: str, subject: str, due_at: datetime) -> None:
        """Set a deadline like `set`, unless an earlier one is set already."""
        coming = self.coming(kind, subject)
        if coming is None or coming > due_at:
            self.set(kind, subject, due_at)

    def moment(self, kind: str, subject: str) -> datetime | None:
        """Return the moment that was set, done or not; None if it was never set."""
        row = self._of(subject)
        return row.moment(kind) if row is not None else None

    def coming(self, kind: str, subject: str) -> datetime | None:
        """Return when the clock does this; None if nothing is asked of it, or it was done."""
        row = self._of(subject)
        return row.coming(kind) if row is not None else None

    def drop(self, subject: str, *kinds: str) -> None:
        """Mark these deadlines of a subject as done before their time; by default all of them."""
        row = self._of(subject)
        if row is not None:
            row.change(row.moments, {*row.done, *(row.moments.keys() & (kinds or row.moments))})

    def settle(self, key: str, now: datetime) -> bool:
        """Mark a deadline as done; return False if it is done, moved or dropped already, so that nothing is done twice."""
        kind, _, subject = key.partition(":")
        coming = self.coming(kind, subject)
        if coming is None or coming > now:
            return False
        self.drop(subject, kind)
        return True

    def due(self, now: datetime, most: int, after: Deadline | None = None) -> list[Deadline]:
        """Return deadlines that are due, oldest first: up to `most` of them, following `after`."""
        place = (Deadline.due_at, Deadline.kind, Deadline.subject)
        query = select(Deadline).where(Deadline.due_at <= now).order_by(*place).limit(most)
        if after is not None:
            query = query.where(tuple_(*place) > (after.due_at, after.kind, after.subject))
        return list(self.session.scalars(query))

    def next(self, after: datetime | None = None) -> DueDeadline | None:
        """Return the next thing that the clock will do; later than `after`, if it is given."""
        place = (Deadline.due_at, Deadline.kind, Deadline.subject)
        query = select(*place).where(Deadline.due_at.is_not(None)).order_by(*place)
        row = self.session.execute((query if after is None else query.where(Deadline.due_at > after)).limit(1)).first()
        return DueDeadline._make(row) if row is not None else None


def _moment_text(at: datetime) -> str:
    """Return a moment as text that sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _deadline_row(subject: str, moments: Mapping[str, str], done: Collection[str]) -> dict[str, Any]:
    """Return the columns of a subject's row; the next deadline is the earliest that isn't done."""
    at, kind = min(((at, kind) for kind, at in moments.items() if kind not in done), default=("", ""))
    due_at = datetime.fromisoformat(at) if at else None
    return {"subject": subject, "moments": {**moments}, "done": sorted(done), "kind": kind, "due_at": due_at}
