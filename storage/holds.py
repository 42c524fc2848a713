"""Holds, and the calls that they keep (P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import WITH_MOMENT, by_hold
from storage.pages import ALL, Page
from storage.records import OPEN, Party, Recording
from storage.tables.erasures import Erasure, Keep
from storage.tables.holds import Hold

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

    def get(self, hold: str) -> Hold | None:
        """One hold; the caller decides who may know of it."""
        return self.session.get(Hold, hold)

    def begun(self, key: str) -> Hold | None:
        """What this submission of a form began."""
        return self.session.scalars(select(Hold).where(Hold.key == key)).first()

    def asked_since(self, recordings: Iterable[int], since: datetime) -> set[int]:
        """Those of the calls for which anybody asked for a hold since then, whatever became of it."""
        named = select(Keep.recording_id).join(Hold, Hold.id == Keep.matter_id)
        asked = (Keep.recording_id.in_(set(recordings)), Hold.begun == "asked", Hold.asked_at > since)
        return set(self.session.scalars(named.where(*asked)))

    def calls(self, hold: str, page: Page = ALL) -> list[Held]:
        """The calls that a hold keeps or kept, the oldest first."""
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id).where(Keep.matter_id == hold)
        rows = self.session.execute(page.of(both.order_by(Recording.started, Recording.id))).all()
        newest = self._erasures([recording.id for _, recording in rows])
        return [Held(keep, recording, newest.get(recording.id)) for keep, recording in rows]

    def held(self, recordings: Iterable[int], now: datetime) -> set[int]:
        """Those of the calls that a hold keeps now."""
        counting = (by_hold(), Keep.ended_at.is_(None), Keep.ends_at > now)
        mine = select(Keep.recording_id).where(Keep.recording_id.in_(set(recordings)), *counting)
        return set(self.session.scalars(mine))

    def number(self, hold: str) -> int:
        """How many calls a hold keeps or kept."""
        return self.session.scalar(select(func.count()).where(Keep.matter_id == hold)) or 0

    def operators(self, holds: Iterable[str]) -> dict[str, set[str]]:
        """Who was on the calls of each of these holds: addresses, by hold."""
        wanted, found = list(holds), dict[str, set[str]]()
        named = select(Keep.matter_id, Recording.operator_key).where(Recording.operator_key != "").distinct()
        those = named.join(Recording, Recording.id == Keep.recording_id).where(Keep.matter_id.in_(wanted))
        for hold, operator in self.session.execute(those):
            found.setdefault(hold, set()).add(operator)
        return found

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

    def _erasures(self, recordings: list[int]) -> dict[int, Erasure]:
        those = select(Erasure).where(Erasure.recording_id.in_(recordings))
        rows = self.session.scalars(those.order_by(Erasure.closed_at, Erasure.id))
        return {one.recording_id: one for one in rows if one.recording_id is not None}
