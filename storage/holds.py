"""Holds, the calls that they keep, and what the recording system keeps for them (P12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, tuple_

from storage.erasures import HOLD, UNDONE, WITH_MOMENT, by_hold, is_kept
from storage.recordings import THERE
from storage.records import OPEN, Recording
from storage.rows import Rows
from storage.tables.calls import Erasure, Hold, Keep

# States of a hold that keeps its calls, confirmed or not.
STANDING = (*OPEN, "active")


@dataclass(frozen=True, slots=True)
class HeldCall:
    """One `of` so many calls that a hold keeps or kept; `erasure` is its newest one, once its moment has come."""

    keep: Keep
    recording: Recording
    erasure: Erasure | None
    of: int


class Holds(Rows):
    """Queries about holds."""

    def asked_since(self, recordings: Iterable[int], since: datetime) -> set[int]:
        """Return those of these calls that anyone asked to hold since then, however that ended: they can't be asked for
        again so soon.
        """
        both = select(Keep.recording_id, Hold).join(Hold, Hold.id == Keep.matter_id)
        recent = self.session.execute(both.where(Keep.recording_id.in_(set(recordings)), Hold.asked_at > since))
        return {call for call, hold in recent if hold.begun == "asked"}

    def calls(self, hold: str, most: int | None = None, skip: int = 0) -> list[HeldCall]:
        """Return the calls that a hold keeps or kept, oldest first."""
        each = select(Keep, Recording, func.count().over()).join(Recording, Recording.id == Keep.recording_id)
        mine = each.where(Keep.matter_id == hold).order_by(Recording.started, Recording.id)
        rows = self.session.execute(mine.limit(most).offset(skip)).all()
        newest = self._erasures_of([recording.id for _, recording, _ in rows if recording.state != "present"])
        return [HeldCall(keep, recording, newest.get(recording.id), number) for keep, recording, number in rows]

    def in_force(self, hold: str, now: datetime) -> list[tuple[Keep, bool | None]]:
        """Return what a hold keeps now, and of each whether the call's moment has passed."""
        past = or_(Recording.state == "closed", and_(Recording.state.in_(WITH_MOMENT), Recording.erase_at <= now))
        mine = select(Keep, past).join(Recording, Recording.id == Keep.recording_id).where(Keep.matter_id == hold)
        return list(self.tuples(mine.where(Keep.ended_at.is_(None)).order_by(Keep.recording_id)))

    def _erasures_of(self, recordings: list[int]) -> dict[int, Erasure]:
        """Return the newest erasure of each of these calls that has one."""
        ordered = select(Erasure).order_by(Erasure.closed_at, Erasure.id)
        return {one.recording_id: one for one in self.values(ordered, Erasure.recording_id, recordings)}


HELD = "held"
"""The trouble of an erasure that the recording system refused, since it keeps the call."""


class Mirror(NamedTuple):
    """A call that a hold keeps or kept, and the name that the recording system has for it."""

    recording: int
    matter: str
    native_id: str


FIRST = (0, "")
"""Comes before the first call of the first hold."""


class Mirrors(Rows):
    """Queries about holds and the recording system, whose name `system` is."""

    def to_hold(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Return calls that are held now but that the recording system doesn't keep yet, after this call and hold."""
        return self._next_page(self._held_calls(system, now).where(Keep.mirrored_at.is_(None)), after, most)

    def held(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Return calls that are held now and that the recording system also keeps, as far as is known, after this call
        and hold.
        """
        return self._next_page(self._held_calls(system, now).where(Keep.mirrored_at.is_not(None)), after, most)

    def to_release(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Return calls that a hold no longer keeps and that the recording system wasn't asked to release yet, after
        this call and hold.
        It doesn't matter whether it was told of the hold: a program that stopped in between couldn't know.
        """
        return self._next_page(self._released_calls(system, now).where(Keep.unmirrored_at.is_(None)), after, most)

    def still_held(self, system: str, now: datetime, most: int) -> list[Mirror]:
        """Return calls that it was asked to release but still refused to erase, as often as their erasure is tried."""
        query = self._released_calls(system, now).join(Erasure, Erasure.recording_id == Recording.id)
        refused = (UNDONE, Erasure.trouble == HELD, Erasure.next_at <= now, Keep.unmirrored_at.is_not(None))
        return [
            Mirror(*one) for one in self.tuples(query.where(*refused).order_by(Erasure.next_at, Erasure.id).limit(most))
        ]

    def of(self, matter: str, recordings: Iterable[int]) -> list[Keep]:
        """Return the keeps of these calls for this hold."""
        mine = (Keep.matter_id == matter, Keep.why == HOLD, Keep.recording_id.in_(set(recordings)))
        return self.rows(Keep, *mine, by=(Keep.recording_id,))

    def _held_calls(self, system: str, now: datetime) -> Select[int, str, str]:
        """Return a query for the calls that holds keep now and whose audio is there, as `Mirror`."""
        return _held_query(system).where(*is_kept(now), Recording.state.in_(THERE))

    def _released_calls(self, system: str, now: datetime) -> Select[int, str, str]:
        """Return a query for the calls that a hold no longer keeps and that still have a name, as `Mirror`."""
        return _held_query(system).where(~and_(*is_kept(now)), _has_name())

    def _next_page(self, query: Select[int, str, str], after: tuple[int, str], most: int) -> list[Mirror]:
        """Return what a query finds after a call and hold, at most so many."""
        place = tuple_(Keep.recording_id, Keep.matter_id)
        those = query.where(place > after).order_by(Keep.recording_id, Keep.matter_id).limit(most)
        return [Mirror(*one) for one in self.tuples(those)]


def _held_query(system: str) -> Select[int, str, str]:
    """Return a query for all calls of a recording system that a hold keeps or kept, as `Mirror`."""
    both = select(Keep.recording_id, Keep.matter_id, Recording.native_id)
    return both.join(Recording, Recording.id == Keep.recording_id).where(by_hold(), Recording.system == system)


def _has_name() -> ColumnElement[bool]:
    """Select calls that still have a name: a vanished call may, an erased one doesn't."""
    nameless = Recording.native_id == literal("erased:") + cast(Recording.id, String)
    return or_(Recording.state.in_(THERE), and_(Recording.state == "gone", ~nameless))
