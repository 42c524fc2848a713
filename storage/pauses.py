"""Erasures that are paused for a decision, what the guard counts to pause them, and what is still to erase (P12)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from storage.audit import Audit
from storage.erasures import (
    AGAIN,
    CONTINUED,
    RETENTION,
    UNDONE,
    WITH_MOMENT,
    by_hold,
    is_fetching,
    is_going,
    is_kept,
    is_paused,
)
from storage.records import OPEN, Matter, Recording, RequestedRecording
from storage.rows import Rows
from storage.tables.calls import Erasure, ErasurePause, Keep

_SEEN_LATE = and_(Erasure.why == RETENTION, Recording.seen_at >= Recording.erase_at)


@dataclass(frozen=True, slots=True)
class GoingCall:
    """Something to erase now: its `erasure` (empty if its moment has come and it isn't closed yet) and its moment.

    `seen` is when the register first saw the call, if it goes for its age. `again`: it was erased before. `ready`: it
    is tried now, not only later.
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
        """The rows that justify its erasure: the call with what keeps it, or the decision about its pause."""
        if self.pause:
            return frozenset({("erasures", self.erasure), ("matters", self.pause)})
        call = f"{self.recording}"
        return frozenset({("erasures", self.erasure), ("recordings", call), ("keeps", call)})


@dataclass(frozen=True, slots=True)
class Paused:
    """What belongs to a pause: how many calls by line (E.164), and when the first and the last of them began.
    `seen_late` counts calls that were past their moment when they were first seen.
    """

    lines: dict[str, int]
    oldest: datetime | None = None
    newest: datetime | None = None
    seen_late: int = 0

    @property
    def number(self) -> int:
        return sum(self.lines.values())


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Closed calls that still have their audio, each counted once.

    `kept` counts by what keeps them (hold, request, copy; here once for each that does), `paused` by the pause that
    isn't continued, `failed` by what was in the way last time, and `elsewhere` are in another recording system. The
    erasures in `due` go now.
    """

    kept: dict[str, int]
    paused: dict[str, int]
    failed: dict[str, int]
    elsewhere: int
    due: frozenset[str]


class Pauses(Rows):
    """Queries and changes about paused erasures, and about those that are to come."""

    def open(self) -> ErasurePause | None:
        """Return the pause that is waiting for a decision; there is at most one."""
        return self.first_row(ErasurePause, ErasurePause.state.in_(OPEN), by=(ErasurePause.asked_at,))

    def restored(self, by: datetime) -> datetime | None:
        """Return when the database was last restored, as known at `by` (aware); None if never, or once Continue was
        pressed after it.
        """
        found = Audit(self.session).restored(by)
        if found is None:
            return None
        at = datetime.fromisoformat(found.at)
        since = (ErasurePause.state == CONTINUED, ErasurePause.closed_at >= at)
        looked = any("restored" in one.causes for one in self.rows(ErasurePause, *since))
        return None if looked else at

    def due(self, now: datetime, restored: datetime | None) -> list[GoingCall]:
        """Return what would be erased at `now` and that nothing keeps or pauses.
        After a restore that includes what Continue had released before it.
        """
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *is_kept(now))
        free = Erasure.pause == ""
        if restored is not None:
            free = or_(free, ~is_paused())
        there = (UNDONE, free, ~kept, is_going(now))
        both = select(Erasure, Recording.erase_at, Recording.seen_at)
        query = both.join(Recording, Recording.id == Erasure.recording_id).where(*there).order_by(Erasure.id)
        return [
            GoingCall(
                one.id, at or one.moment, seen if one.why == RETENTION else None, one.why in AGAIN,
                one.recording_id, ready=one.next_at <= now,
            )
            for one, at, seen in self.session.execute(query)
        ]  # fmt: skip

    def unclosed(self, now: datetime) -> list[GoingCall]:
        """Return calls whose moment has come, that aren't closed yet and that nothing would keep."""
        query = select(Recording.erase_at, Recording.seen_at).where(*is_unclosed(now), ~would_be_kept(now))
        return [GoingCall("", moment, seen) for moment, seen in self.session.execute(query) if moment is not None]

    def erased(self, begins: datetime, ends: datetime) -> int:
        """Count what was erased between these moments for the first time and without a decision."""
        done = (Erasure.pause == "", Erasure.why.not_in(AGAIN), Erasure.erased_at >= begins, Erasure.erased_at < ends)
        return self.number(*done)

    def coming(self, now: datetime, ends: datetime) -> int:
        """Return how many calls have their moment between `now` and `ends`, and would be erased then."""
        kept = exists().where(Keep.recording_id == Recording.id, *is_kept(now))
        return self.number(Recording.state.in_(WITH_MOMENT), Recording.erase_at > now, Recording.erase_at < ends, ~kept)

    def allowed(self, day: str) -> int:
        """Return how many more calls Continue allowed on this day (ISO, the company's)."""
        continued = self.rows(ErasurePause, ErasurePause.state == CONTINUED)
        return max((one.coming for one in continued if one.day == day), default=0)

    def join(self, pause: str, erasures: Iterable[str]) -> None:
        """Add these erasures to a pause."""
        for erasure in self.values(select(Erasure), Erasure.id, erasures):
            erasure.pause = pause

    def has_audio_left(self, pause: str) -> bool:
        """Return True if any call in a pause still has its audio."""
        return self.has(Erasure.pause == pause, UNDONE)

    def waiting(self, pause: str) -> Paused:
        """Return what belongs to a pause, whether it is erased by now or not."""
        each = select(
            Recording.line, func.count(), func.min(Recording.started), func.max(Recording.started),
            func.sum(case((_SEEN_LATE, 1), else_=0)),
        )  # fmt: skip
        both = each.select_from(Erasure).join(Recording, Recording.id == Erasure.recording_id)
        found = list(self.tuples(both.where(Erasure.pause == pause).group_by(Recording.line).order_by(Recording.line)))
        if not found:
            return Paused({})
        lines = {line: number for line, number, *_ in found}
        return Paused(lines, min(one[2] for one in found), max(one[3] for one in found), sum(one[4] for one in found))

    def calls(self, pause: str, most: int) -> list[int]:
        """Return the calls in a pause that still have their audio, by id; none if there are more than `most`, which is what
        a form can offer.
        """
        those = (Erasure.pause == pause, UNDONE)
        query = select(Erasure.recording_id).where(*those).order_by(Erasure.recording_id).limit(most + 1)
        found = list(self.session.scalars(query))
        return found if len(found) <= most else []

    def ahead(self, now: datetime, until: datetime, but: Collection[int] = ()) -> dict[str, int]:
        """Count, by line (E.164), calls whose moment comes after `now` and up to `until`, except those in `but`."""
        return self.counts(Recording.line, *_is_coming(now, until, but))

    def calls_ahead(self, now: datetime, until: datetime, most: int, but: Collection[int] = ()) -> list[Recording]:
        """Return the first `most` calls whose moment comes after `now` and up to `until`, except those in `but`."""
        return self.rows(Recording, *_is_coming(now, until, but), by=(Recording.erase_at, Recording.id), most=most)

    def held_ahead(self, now: datetime, until: datetime) -> list[tuple[Keep, Recording]]:
        """Return holds that keep calls past their moment, with those whose moment comes after `now` and up to `until`,
        earliest first.
        """
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id)
        past = (by_hold(), Keep.ended_at.is_(None), Keep.ends_at > Recording.erase_at)
        order = (Recording.erase_at, Keep.recording_id, Keep.matter_id)
        return list(self.tuples(both.where(*past, *_is_coming(now, until)).order_by(*order)))

    def keeps(self, now: datetime) -> list[tuple[Keep, Recording]]:
        """Return what keeps closed calls now; what ends first comes first."""
        closed = exists().where(Erasure.recording_id == Keep.recording_id, UNDONE)
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id).where(closed, *is_kept(now))
        return list(self.tuples(both.order_by(Keep.ends_at, Keep.recording_id, Keep.matter_id)))

    def kept_then(self, now: datetime) -> int:
        """Count calls whose moment has come, that aren't closed yet and that something would keep, for a preview of the
        next run.
        """
        return self.number(*is_unclosed(now), would_be_kept(now))

    def outstanding(self, system: str, now: datetime) -> Outstanding:
        """Count the closed calls as of now, for a preview of what the eraser of this recording system does next."""
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *is_kept(now))
        here = exists().where(Recording.id == Erasure.recording_id, Recording.system == system)
        free = (UNDONE, ~kept, ~is_paused())
        return Outstanding(
            kept=self.counts(
                Keep.why, exists().where(Erasure.recording_id == Keep.recording_id, UNDONE), *is_kept(now)
            ),
            paused=self.counts(Erasure.pause, UNDONE, ~kept, is_paused()),
            failed=self.counts(Erasure.trouble, *free, here, Erasure.next_at > now),
            elsewhere=self.number(*free, ~here),
            due=frozenset(self.session.scalars(select(Erasure.id).where(*free, here, Erasure.next_at <= now))),
        )


def is_unclosed(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select calls whose moment has come and that aren't closed yet."""
    begun = exists().where(Erasure.recording_id == Recording.id, UNDONE)
    return Recording.state == "present", Recording.erase_at <= now, ~begun


def would_be_kept(now: datetime) -> ColumnElement[bool]:
    """Select calls that a hold, an open request or a customer's copy would keep when closed."""
    held = exists().where(Keep.recording_id == Recording.id, *is_kept(now))
    asked = exists().where(
        RequestedRecording.recording_id == Recording.id,
        Matter.id == RequestedRecording.request_id,
        or_(Matter.state.in_(OPEN), is_fetching(Matter.id, now)),
    )
    return or_(held, asked)


def _is_coming(now: datetime, until: datetime, but: Collection[int] = ()) -> tuple[ColumnElement[bool], ...]:
    """Select calls whose moment comes after `now` and up to `until`, except those in `but`."""
    there = (Recording.state == "present", Recording.erase_at > now, Recording.erase_at <= until)
    return (*there, Recording.id.not_in(sorted(but))) if but else there
