"""Runs of erasures that stopped, and what the rule about them counts (P12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from storage.audit import Audit
from storage.erasures import AGAIN, UNDONE, keeping
from storage.records import OPEN, Matter, Party, Recording
from storage.tables.erasures import Erasure, Keep, StoppedRun, UnregisteredFile

OVER = "over"
"""The state of a run in which nothing waits any more, and to which nobody agreed."""

_NEW = Erasure.why.not_in(AGAIN)
_RUNS = StoppedRun.__table__
Part = tuple[str, int, datetime, datetime]  # line, how many, the oldest and the newest of them


@dataclass(frozen=True, slots=True)
class Brought:
    """What a day brings: calls that were erased on it, those that wait for it now, and those that come until it ends.

    None of them belongs to a run that stopped before, or had been erased before. Runs of before a restore that nobody answered
    count for nothing: what is left in them waits again.
    """

    erased: int
    waiting: int
    coming: int

    @property
    def number(self) -> int:
        return self.erased + self.left

    @property
    def left(self) -> int:
        """What is yet to be erased."""
        return self.waiting + self.coming


@dataclass(frozen=True, slots=True)
class Some:
    """Some calls: how many by line (E.164), and when the first and the last of them began.

    Files that could not be registered have no line, and count from when they were first seen.
    """

    lines: dict[str, int]
    oldest: datetime
    newest: datetime


class StoppedRuns:
    """Queries and changes about stopped runs, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, run: StoppedRun) -> None:
        """Store a new one."""
        self.session.add(run)
        self.session.flush()

    def get(self, run: str) -> StoppedRun | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(StoppedRun, run)

    def open(self) -> list[StoppedRun]:
        """Those to which two people have yet to agree, the oldest first."""
        open_ones = select(StoppedRun).where(StoppedRun.state.in_(OPEN))
        return list(self.session.scalars(open_ones.order_by(StoppedRun.asked_at, StoppedRun.id)))

    def since_restore(self, now: datetime) -> list[str]:
        """Those of them that stopped after a restore which nobody answered; none where there was no such restore."""
        restored = self.restored(now)
        return [one.id for one in self.open() if restored is not None and one.asked_at >= restored]

    def idle(self) -> list[str]:
        """Those of them in which nothing waits any more."""
        return [one.id for one in self.open() if not self.waits(one)]

    def waits(self, run: StoppedRun) -> bool:
        """Whether anything waits in a run, kept or not: what was closed and had not been erased before, or is yet to be closed."""
        closed = exists().where(Erasure.run == run.id, _NEW, UNDONE)
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        counted = (Recording.erase_at > run.asked_at, Recording.erase_at < run.until, Recording.id <= run.highest)
        coming = exists().where(Recording.state == "present", *counted, ~begun)
        return self.session.scalar(select(or_(closed, coming))) or False

    def waiting_for(self, person_id: int) -> list[StoppedRun]:
        """Those to which this person has yet to agree, the oldest first."""
        asked = (Party.person_id == person_id, Party.part == "approver", Party.unreachable == "")
        mine = select(StoppedRun).join(Party, Party.matter_id == StoppedRun.id).where(*asked)
        first = or_(StoppedRun.first_by.is_(None), StoppedRun.first_by != person_id)
        open_ones = mine.where(StoppedRun.state == "waiting", first)
        return list(self.session.scalars(open_ones.order_by(StoppedRun.asked_at, StoppedRun.id)))

    def restored(self, by: datetime, besides: str = "") -> datetime | None:
        """When the database was restored last, as it stood at `by` (aware); None where two people had agreed to a run that stopped since.

        What became of the run `besides` is left out.
        """
        found = Audit(self.session).restored(by)
        at = datetime.fromisoformat(found.at) if found is not None else None
        return None if at is None or self._answered(at, by, besides) else at

    def _answered(self, restored: datetime, by: datetime, besides: str) -> bool:
        """Asked by their ids, as in `_holding`."""
        ids = list(self.session.scalars(select(_RUNS.c.id).where(_RUNS.c.id != besides)))
        since = (Matter.id.in_(ids), Matter.asked_at >= restored, Matter.state == "agreed", Matter.closed_at <= by)
        return self.session.scalar(select(exists().where(*since))) or False

    def covering(self, recording: int, moment: datetime) -> str:
        """The run that counted a call before its moment came, which is the first that could; empty where none did."""
        holding = self._holding(_RUNS.c.until > moment, _RUNS.c.highest >= recording)
        return next((one.id for one in holding if one.asked_at < moment), "")

    def _holding(self, *those: ColumnElement[bool]) -> list[StoppedRun]:
        """Runs, the first of them first, by what stands in their own table; none that ended by itself: nobody agreed to what came after it.

        Nor one of before the last restore: whoever agreed to it, or is to, knew of other holds.

        Their own table is asked first: in one question a database may go through all matters there ever were.
        """
        ids = list(self.session.scalars(select(_RUNS.c.id).where(*those)))
        if not ids:
            return []
        holding = select(StoppedRun).where(StoppedRun.id.in_(ids), StoppedRun.state != OVER)
        if (restored := Audit(self.session).restored()) is not None:
            holding = holding.where(StoppedRun.asked_at >= datetime.fromisoformat(restored.at))
        return list(self.session.scalars(holding.order_by(StoppedRun.asked_at, StoppedRun.highest)))

    def brought(self, begins: datetime, ends: datetime, now: datetime) -> Brought:
        """What the day between these moments brings, as it stands at `now`."""
        erased = select(func.count()).where(
            Erasure.run == "", _NEW, Erasure.erased_at >= begins, Erasure.erased_at < ends
        )  # fmt: skip
        waiting = select(func.count()).select_from(Erasure).where(*self._waiting(now))
        coming = select(func.count()).select_from(Recording).where(*self._coming(now, ends))
        return Brought(*(self.session.scalar(one) or 0 for one in (erased, waiting, coming)))

    def erased(self, begins: datetime, ends: datetime) -> int:
        """How many calls were erased between these moments, for the first time."""
        done = (_NEW, Erasure.erased_at >= begins, Erasure.erased_at < ends)
        return self.session.scalar(select(func.count()).select_from(Erasure).where(*done)) or 0

    def register(self) -> int:
        """How many calls there are whose audio will have its moment, or has had it."""
        there = select(func.count()).select_from(Recording).where(Recording.state.in_(("present", "closed")))
        return self.session.scalar(there) or 0

    def highest(self) -> int:
        """The number of the call that was registered last."""
        return self.session.scalar(select(func.max(Recording.id))) or 0

    def would_stop(self, now: datetime, ends: datetime) -> Some | None:
        """The calls that wait now, and those that come until that moment; None where there are none."""
        rows = [
            *self._by_line(Recording.id.in_(select(Erasure.recording_id).where(*self._waiting(now)))),
            *self._files(now),
        ]
        rows += self._by_line(*self._coming(now, ends))
        if not rows:
            return None
        lines = {line: sum(number for other, number, *_ in rows if other == line) for line, *_ in sorted(rows)}
        return Some(lines, min(row[2] for row in rows), max(row[3] for row in rows))

    def _waiting(self, now: datetime) -> tuple[ColumnElement[bool], ...]:
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *keeping(now))
        return of_no_run(self.restored(now)), _NEW, UNDONE, ~kept

    def _coming(self, now: datetime, ends: datetime) -> tuple[ColumnElement[bool], ...]:
        kept = exists().where(Keep.recording_id == Recording.id, *keeping(now))
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        there = (Recording.state == "present", Recording.erase_at > now, Recording.erase_at < ends)
        runs = [one for one in self._holding(_RUNS.c.until > now) if one.asked_at < ends]
        return *there, ~begun, ~kept, *(~_counted(one) for one in runs)

    def _by_line(self, *those: ColumnElement[bool]) -> Iterator[Part]:
        each = select(Recording.line, func.count(), func.min(Recording.started), func.max(Recording.started))
        for row in self.session.execute(each.where(*those).group_by(Recording.line)):
            yield row[0], row[1], row[2], row[3]

    def _files(self, now: datetime) -> Iterator[Part]:
        """Those that wait, and could not be registered."""
        seen, those = UnregisteredFile.first_seen, select(Erasure.file_id).where(*self._waiting(now))
        files = select(func.count(), func.min(seen), func.max(seen)).where(UnregisteredFile.id.in_(those))
        for number, oldest, newest in self.session.execute(files):
            if number:
                yield "", number, oldest, newest

    def stop(self, run: str, now: datetime) -> tuple[list[str], list[str]]:
        """Everything that waits now belongs to this run; the ids of the erasures, in order, and the older runs that some of them leave.

        `now` is before anybody agreed to this run.
        """
        those = self._waiting(now)
        rows = self.session.execute(select(Erasure.id, Erasure.run).where(*those).order_by(Erasure.id)).all()
        moved = update(Erasure).where(*those).values(run=run).execution_options(synchronize_session="fetch")
        self.session.execute(moved)
        return [one for one, _ in rows], sorted({older for _, older in rows if older})

    def of(self, runs: Iterable[str]) -> list[Erasure]:
        """All erasures of these runs, done or not, in the order of their ids."""
        return list(self.session.scalars(select(Erasure).where(Erasure.run.in_(list(runs))).order_by(Erasure.id)))

    def held_back(self, run: str) -> list[int]:
        """The calls that were closed and wait in a run, in the order of the register."""
        those = select(Erasure.recording_id).where(*held_back([run]))
        found = self.session.scalars(those.order_by(Erasure.recording_id))
        return [one for one in found if one is not None]

    def left(self, run: str) -> int:
        """How many of a run's calls are not erased yet, kept or not."""
        mine = (Erasure.run == run, UNDONE)
        return self.session.scalar(select(func.count()).select_from(Erasure).where(*mine)) or 0

    def days(self, run: str) -> list[tuple[str, str, int]]:
        """Of the calls that belong to a run by now: their line, their local day and how many, the oldest first.

        Of files without a call the line is empty, and the day (UTC) that on which they were first seen.
        """
        mine = select(Recording.line, Recording.local_day, func.count()).join(
            Erasure, Erasure.recording_id == Recording.id
        )
        each = mine.where(Erasure.run == run).group_by(Recording.local_day, Recording.line)
        rows = self.session.execute(each.order_by(Recording.local_day, Recording.line))
        files = select(UnregisteredFile.first_seen).join(Erasure, Erasure.file_id == UnregisteredFile.id)
        seen = Counter(f"{at:%Y-%m-%d}" for at in self.session.scalars(files.where(Erasure.run == run)))
        calls = [(line, day, number) for line, day, number in rows]
        return sorted([*calls, *(("", day, number) for day, number in seen.items())], key=lambda one: one[1::-1])


def _counted(run: StoppedRun) -> ColumnElement[bool]:
    """That a call comes to its moment within this run's day, and was there when it stopped."""
    return and_(Recording.erase_at > run.asked_at, Recording.erase_at < run.until, Recording.id <= run.highest)


def held_back(runs: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """That an erasure of a call waits in one of these runs."""
    return Erasure.run.in_(runs), Erasure.recording_id.is_not(None), _NEW, UNDONE


def of_no_run(restored: datetime | None) -> ColumnElement[bool]:
    """That an erasure belongs to no run, or to one of before the restore (aware) that nobody answered."""
    if restored is None:
        return Erasure.run == ""
    return or_(Erasure.run == "", exists().where(Matter.id == Erasure.run, Matter.asked_at < restored))
