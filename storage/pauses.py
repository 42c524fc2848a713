"""Erasures that wait until somebody has looked, and what the guard counts to know which have to (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.audit import Audit
from storage.erasures import (
    AGAIN,
    CONTINUED,
    RETENTION,
    UNDONE,
    WITH_MOMENT,
    fetching,
    going,
    keeping,
    paused,
)
from storage.prefetch import pages
from storage.records import OPEN, Matter, Recording, RequestedRecording
from storage.tables.calls import Erasure, ErasurePause, Keep

_SEEN_LATE = and_(Erasure.why == RETENTION, Recording.seen_at >= Recording.erase_at)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that would be erased now: its `erasure` (empty where its moment has come and nobody closed it yet) and its moment.

    `seen` is when the register first learned of the call, where it goes for its age. `again`: it had been erased before. `ready`: it is
    tried now, and not only later.
    """

    erasure: str
    moment: datetime
    seen: datetime | None = None
    again: bool = False
    recording: int = 0
    pause: str = ""
    ready: bool = False

    @property
    def rests_on(self) -> frozenset[tuple[str, str]]:
        """The rows that say that it may go: the call with what keeps it, or the decision of whoever has looked."""
        if self.pause:
            return frozenset({("erasures", self.erasure), ("matters", self.pause)})
        call = f"{self.recording}"
        return frozenset({("erasures", self.erasure), ("recordings", call), ("keeps", call)})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What belongs to a pause: how many calls by line (E.164), and when the first and last began.

    `seen_late` counts the calls that were past their moment when they were first seen.
    """

    lines: dict[str, int]
    oldest: datetime | None = None
    newest: datetime | None = None
    seen_late: int = 0

    @property
    def number(self) -> int:
        return sum(self.lines.values())


class Pauses:
    """Queries and changes about paused erasures, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, pause: ErasurePause) -> None:
        """Store a new one."""
        self.session.add(pause)
        self.session.flush()

    def get(self, pause: str) -> ErasurePause | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(ErasurePause, pause)

    def open(self) -> ErasurePause | None:
        """The one that waits for a decision: there is one at most."""
        waits = select(ErasurePause).where(ErasurePause.state.in_(OPEN)).order_by(ErasurePause.asked_at)
        return self.session.scalars(waits.limit(1)).first()

    def restored(self, by: datetime) -> datetime | None:
        """When the database was restored last, as it stood at `by` (aware); None where somebody has looked since and said Continue."""
        found = Audit(self.session).restored(by)
        if found is None:
            return None
        at = datetime.fromisoformat(found.at)
        since = (ErasurePause.state == CONTINUED, ErasurePause.closed_at >= at)
        looked = any("restored" in one.causes for one in self.session.scalars(select(ErasurePause).where(*since)))
        return None if looked else at

    def due(self, now: datetime, restored: datetime | None) -> list[Due]:
        """What would be erased at `now` and that nothing keeps or pauses; after a restore also what was let go on before it."""
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *keeping(now))
        free = Erasure.pause == ""
        if restored is not None:
            free = or_(free, ~paused())
        there = (UNDONE, free, ~kept, going(now))
        both = select(Erasure, Recording.erase_at, Recording.seen_at)
        query = both.join(Recording, Recording.id == Erasure.recording_id).where(*there).order_by(Erasure.id)
        return [
            Due(
                one.id, at or one.moment, seen if one.why == RETENTION else None, one.why in AGAIN,
                one.recording_id, ready=one.next_at <= now,
            )
            for one, at, seen in self.session.execute(query)
        ]  # fmt: skip

    def unclosed(self, now: datetime) -> list[Due]:
        """Calls whose moment has come, that nobody closed yet and that nothing would keep."""
        query = select(Recording.erase_at, Recording.seen_at).where(*unclosed(now), ~kept_then(now))
        return [Due("", moment, seen) for moment, seen in self.session.execute(query) if moment is not None]

    def erased(self, begins: datetime, ends: datetime) -> int:
        """How much was erased between these moments for the first time, and without anybody having been asked."""
        done = (Erasure.pause == "", Erasure.why.not_in(AGAIN), Erasure.erased_at >= begins, Erasure.erased_at < ends)
        return self.session.scalar(select(func.count()).select_from(Erasure).where(*done)) or 0

    def coming(self, now: datetime, ends: datetime) -> int:
        """How many calls come to their moment after `now` and before that moment, and would go then."""
        kept = exists().where(Keep.recording_id == Recording.id, *keeping(now))
        there = (
            Recording.state.in_(WITH_MOMENT),
            Recording.erase_at > now,
            Recording.erase_at < ends,
            ~kept,
        )
        return self.session.scalar(select(func.count()).select_from(Recording).where(*there)) or 0

    def allowed(self, day: str) -> int:
        """How many more calls somebody let go on this day (ISO, the company's)."""
        continued = self.session.scalars(select(ErasurePause).where(ErasurePause.state == CONTINUED))
        return max((one.coming for one in continued if one.day == day), default=0)

    def put(self, pause: str, erasures: Iterable[str]) -> None:
        """From now on these wait in this pause."""
        for some in pages(erasures):
            for erasure in self.session.scalars(select(Erasure).where(Erasure.id.in_(some))):
                erasure.pause = pause

    def waits(self, pause: str) -> bool:
        """Whether anything in a pause still has its audio."""
        return self.session.scalar(select(exists().where(Erasure.pause == pause, UNDONE))) or False

    def waiting(self, pause: str) -> Waiting:
        """What belongs to a pause, erased by now or not."""
        each = select(
            Recording.line, func.count(), func.min(Recording.started), func.max(Recording.started),
            func.sum(case((_SEEN_LATE, 1), else_=0)),
        )  # fmt: skip
        both = each.select_from(Erasure).join(Recording, Recording.id == Erasure.recording_id)
        rows = self.session.execute(
            both.where(Erasure.pause == pause).group_by(Recording.line).order_by(Recording.line)
        )
        found = [tuple(row) for row in rows]
        if not found:
            return Waiting({})
        lines = {line: number for line, number, *_ in found}
        return Waiting(lines, min(one[2] for one in found), max(one[3] for one in found), sum(one[4] for one in found))

    def calls(self, pause: str, most: int) -> list[int]:
        """The calls in a pause that still have their audio, in the order of the register; none where they are more than `most`."""
        those = (Erasure.pause == pause, UNDONE)
        query = select(Erasure.recording_id).where(*those).order_by(Erasure.recording_id).limit(most + 1)
        found = list(self.session.scalars(query))
        return found if len(found) <= most else []


def unclosed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a call's moment has come and nobody closed it yet."""
    begun = exists().where(Erasure.recording_id == Recording.id, UNDONE)
    return Recording.state == "present", Recording.erase_at <= now, ~begun


def kept_then(now: datetime) -> ColumnElement[bool]:
    """That a hold, an open request or a customer's copy would keep a call when it is closed."""
    held = exists().where(Keep.recording_id == Recording.id, *keeping(now))
    asked = exists().where(
        RequestedRecording.recording_id == Recording.id,
        Matter.id == RequestedRecording.request_id,
        or_(Matter.state.in_(OPEN), fetching(Matter.id, now)),
    )
    return or_(held, asked)
