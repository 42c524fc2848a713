"""Holds, the calls that they keep, and what the recording system keeps for them (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from storage.erasures import HOLD, UNDONE, WITH_MOMENT, by_hold, is_kept
from storage.recordings import THERE
from storage.records import OPEN, Party, Recording
from storage.tables.calls import Erasure, Hold, Keep

STANDING = (*OPEN, "active")
_HOLDS_A_CARD = exists().where(
    Party.matter_id == Hold.id, Party.person_id == bindparam("person"), Party.unreachable == ""
)
# Put together once, as whatever each home asks: that takes longer than the database needs to answer.
_HELD_BY = (
    select(Hold)
    .where(Hold.state.in_(STANDING), or_(Hold.asked_by == bindparam("person"), _HOLDS_A_CARD))
    .order_by(Hold.ends_at, Hold.id)
)


@dataclass(frozen=True, slots=True)
class Held:
    """A call that a hold keeps or kept; `erasure` is its newest one, from its moment on."""

    keep: Keep
    recording: Recording
    erasure: Erasure | None


class Holds:
    """Queries and changes about holds, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, hold: Hold, keeps: Iterable[Keep]) -> None:
        """Store a new hold with the calls that it keeps."""
        self.session.add(hold)
        self.session.flush()
        self.session.add_all(keeps)
        self.session.flush()

    def begun(self, key: str) -> Hold | None:
        """What this submission of a form began."""
        return self.session.scalars(select(Hold).where(Hold.key == key)).first()

    def asked_since(self, recordings: Iterable[int], since: datetime) -> set[int]:
        """Those of the calls for which anybody asked for a hold since then, whatever became of it."""
        both = select(Keep.recording_id, Hold).join(Hold, Hold.id == Keep.matter_id)
        recent = self.session.execute(both.where(Keep.recording_id.in_(set(recordings)), Hold.asked_at > since))
        return {call for call, hold in recent if hold.begun == "asked"}

    def calls(self, hold: str, most: int | None = None, skip: int = 0) -> list[Held]:
        """The calls that a hold keeps or kept, the oldest first."""
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id).where(Keep.matter_id == hold)
        rows = self.session.execute(both.order_by(Recording.started, Recording.id).limit(most).offset(skip)).all()
        newest = self._erasures_of([recording.id for _, recording in rows if recording.state != "present"])
        return [Held(keep, recording, newest.get(recording.id)) for keep, recording in rows]

    def held(self, recordings: Iterable[int], now: datetime) -> set[int]:
        """Those of the calls that a hold keeps now."""
        counting = (by_hold(), Keep.ended_at.is_(None), Keep.ends_at > now)
        mine = select(Keep.recording_id).where(Keep.recording_id.in_(set(recordings)), *counting)
        return set(self.session.scalars(mine))

    def number(self, hold: str) -> int:
        """How many calls a hold keeps or kept."""
        return self.session.scalar(select(func.count()).where(Keep.matter_id == hold)) or 0

    def standing(self) -> list[Hold]:
        """Those that keep calls now, the one that ends first at the beginning."""
        those = select(Hold).where(Hold.state.in_(STANDING))
        return list(self.session.scalars(those.order_by(Hold.ends_at, Hold.id)))

    def held_by(self, person_id: int) -> list[Hold]:
        """Those that keep calls now, and whose card this person began or was given; which of them may be seen is for the caller."""
        return list(self.session.scalars(_HELD_BY, {"person": person_id}))

    def closed(self, hold: str, now: datetime) -> list[int]:
        """The calls that a hold keeps now, whose moment has passed and that are not erased."""
        mine = select(Keep.recording_id).join(Recording, Recording.id == Keep.recording_id)
        past = or_(Recording.state == "closed", and_(Recording.state.in_(WITH_MOMENT), Recording.erase_at <= now))
        return list(self.session.scalars(mine.where(Keep.matter_id == hold, Keep.ended_at.is_(None), past)))

    def _erasures_of(self, recordings: list[int]) -> dict[int, Erasure]:
        if not recordings:
            return {}
        those = select(Erasure).where(Erasure.recording_id.in_(recordings))
        rows = self.session.scalars(those.order_by(Erasure.closed_at, Erasure.id))
        return {one.recording_id: one for one in rows if one.recording_id is not None}


HELD = "held"
"""The trouble of an erasure that the recording system refused, since it keeps the call."""


class Mirror(NamedTuple):
    """A call that a hold keeps or kept, and the name that the recording system has for it."""

    recording: int
    matter: str
    native_id: str


FIRST = (0, "")
"""Comes before the first call of the first hold."""


class Mirrors:
    """Queries about holds and the recording system, within one transaction. `system` is the recording system's name."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def to_hold(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Calls that are held now and that the recording system does not keep yet, after that call and hold."""
        return self._next_page(self._held_calls(system, now).where(Keep.mirrored_at.is_(None)), after, most)

    def held(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Calls that are held now and that the recording system keeps as well, as far as is known, after that call and hold."""
        return self._next_page(self._held_calls(system, now).where(Keep.mirrored_at.is_not(None)), after, most)

    def to_release(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Calls that a hold keeps no longer and that the recording system was not asked to let go of, after that call and hold.

        Whether it was told of the hold is not asked: a program that ended in between could not say.
        """
        return self._next_page(self._released_calls(system, now).where(Keep.unmirrored_at.is_(None)), after, most)

    def still_held(self, system: str, now: datetime, most: int) -> list[Mirror]:
        """Calls that a hold keeps no longer and that it was asked to let go of, but whose erasure it refused; as often as that is tried."""
        query = self._released_calls(system, now).join(Erasure, Erasure.recording_id == Recording.id)
        refused = (UNDONE, Erasure.trouble == HELD, Erasure.next_at <= now, Keep.unmirrored_at.is_not(None))
        rows = self.session.execute(query.where(*refused).order_by(Erasure.next_at, Erasure.id).limit(most))
        return [Mirror(recording, matter, name) for recording, matter, name in rows]

    def of(self, matter: str, recordings: Iterable[int]) -> list[Keep]:
        """These calls of a hold."""
        mine = (Keep.matter_id == matter, Keep.why == HOLD, Keep.recording_id.in_(set(recordings)))
        return list(self.session.scalars(select(Keep).where(*mine).order_by(Keep.recording_id)))

    def _held_calls(self, system: str, now: datetime) -> Select[int, str, str]:
        return _held_query(system).where(*is_kept(now), Recording.state.in_(THERE))

    def _released_calls(self, system: str, now: datetime) -> Select[int, str, str]:
        return _held_query(system).where(~and_(*is_kept(now)), _has_name())

    def _next_page(self, query: Select[int, str, str], after: tuple[int, str], most: int) -> list[Mirror]:
        place = tuple_(Keep.recording_id, Keep.matter_id)
        rows = self.session.execute(query.where(place > after).order_by(Keep.recording_id, Keep.matter_id).limit(most))
        return [Mirror(recording, matter, name) for recording, matter, name in rows]


def _held_query(system: str) -> Select[int, str, str]:
    both = select(Keep.recording_id, Keep.matter_id, Recording.native_id)
    return both.join(Recording, Recording.id == Keep.recording_id).where(by_hold(), Recording.system == system)


def _has_name() -> ColumnElement[bool]:
    """Whether a call still has a name: one that vanished may, one that was erased has none."""
    nameless = Recording.native_id == literal("erased:") + cast(Recording.id, String)
    return or_(Recording.state.in_(THERE), and_(Recording.state == "gone", ~nameless))
