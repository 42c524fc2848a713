"""Which holds the recording system keeps as well, which it is yet to be told of, and which it is to let go (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from storage.erasures import HOLD, UNDONE, by_hold, keeping
from storage.recordings import THERE
from storage.records import Recording
from storage.tables.erasures import Erasure, Keep

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
        return self._page(self._held(system, now).where(Keep.mirrored_at.is_(None)), after, most)

    def held(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Calls that are held now and that the recording system keeps as well, as far as is known, after that call and hold."""
        return self._page(self._held(system, now).where(Keep.mirrored_at.is_not(None)), after, most)

    def to_release(self, system: str, now: datetime, after: tuple[int, str], most: int) -> list[Mirror]:
        """Calls that a hold keeps no longer and that the recording system was not asked to let go of, after that call and hold.

        Whether it was told of the hold is not asked: a program that ended in between could not say.
        """
        return self._page(self._over(system, now).where(Keep.unmirrored_at.is_(None)), after, most)

    def still_held(self, system: str, now: datetime, most: int) -> list[Mirror]:
        """Calls that a hold keeps no longer and that it was asked to let go of, but whose erasure it refused; as often as that is tried."""
        query = self._over(system, now).join(Erasure, Erasure.recording_id == Recording.id)
        refused = (UNDONE, Erasure.trouble == HELD, Erasure.next_at <= now, Keep.unmirrored_at.is_not(None))
        rows = self.session.execute(query.where(*refused).order_by(Erasure.next_at, Erasure.id).limit(most))
        return [Mirror(recording, matter, name) for recording, matter, name in rows]

    def of(self, matter: str, recordings: Iterable[int]) -> list[Keep]:
        """These calls of a hold."""
        mine = (Keep.matter_id == matter, Keep.why == HOLD, Keep.recording_id.in_(set(recordings)))
        return list(self.session.scalars(select(Keep).where(*mine).order_by(Keep.recording_id)))

    def _held(self, system: str, now: datetime) -> Select[int, str, str]:
        return _calls(system).where(*keeping(now), Recording.state.in_(THERE))

    def _over(self, system: str, now: datetime) -> Select[int, str, str]:
        return _calls(system).where(~and_(*keeping(now)), _named())

    def _page(self, query: Select[int, str, str], after: tuple[int, str], most: int) -> list[Mirror]:
        place = tuple_(Keep.recording_id, Keep.matter_id)
        rows = self.session.execute(query.where(place > after).order_by(Keep.recording_id, Keep.matter_id).limit(most))
        return [Mirror(recording, matter, name) for recording, matter, name in rows]


def _calls(system: str) -> Select[int, str, str]:
    both = select(Keep.recording_id, Keep.matter_id, Recording.native_id)
    return both.join(Recording, Recording.id == Keep.recording_id).where(by_hold(), Recording.system == system)


def _named() -> ColumnElement[bool]:
    """Whether a call still has a name: one that vanished may, one that was erased has none."""
    nameless = Recording.native_id == literal("erased:") + cast(Recording.id, String)
    return or_(Recording.state.in_(THERE), and_(Recording.state == "gone", ~nameless))
