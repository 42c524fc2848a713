"""What is about to be erased, what is kept, and what waits and why: counted, and changed by nothing (P12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.erasures import COPY, HOLD, REQUEST, UNDONE, by_hold, keeping, late, paused
from storage.pauses import kept_then, unclosed
from storage.records import Recording
from storage.tables.calls import Erasure, Keep


@dataclass(frozen=True, slots=True)
class Waiting:
    """Closed calls that still have their audio, each in one of these.

    `kept` counts by what keeps them (hold, request; both, where both do; copy, where nothing but a customer's copy does), `paused` by the pause that
    nobody let go on, `failed` by what stood in the way last time, and `elsewhere` lie in another recording system. The erasures in `due` go now.
    """

    kept: dict[str, int]
    paused: dict[str, int]
    failed: dict[str, int]
    elsewhere: int
    due: frozenset[str]


class Outlook:
    """Queries about erasures that are to come, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def ahead(self, now: datetime, until: datetime, but: Collection[int] = ()) -> dict[str, int]:
        """Calls whose moment comes after `now` and not after `until`, without those of `but`, by line (E.164)."""
        there = _coming(now, until, but)
        each = select(Recording.line, func.count()).where(*there).group_by(Recording.line).order_by(Recording.line)
        return {name: number for name, number in self.session.execute(each)}  # noqa: C416  Row is no pair

    def calls_ahead(self, now: datetime, until: datetime, most: int, but: Collection[int] = ()) -> list[Recording]:
        """The first calls of these, by their moment."""
        there = _coming(now, until, but)
        query = select(Recording).where(*there).order_by(Recording.erase_at, Recording.id).limit(most)
        return list(self.session.scalars(query))

    def held_ahead(self, now: datetime, until: datetime) -> list[tuple[Keep, Recording]]:
        """Holds that keep a call past its moment, which comes after `now` and not after `until`; the first moment first."""
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id)
        past = (by_hold(), Keep.ended_at.is_(None), Keep.ends_at > Recording.erase_at)
        order = (Recording.erase_at, Keep.recording_id, Keep.matter_id)
        rows = self.session.execute(both.where(*past, *_coming(now, until)).order_by(*order))
        return [(keep, recording) for keep, recording in rows]

    def keeps(self, now: datetime) -> list[tuple[Keep, Recording]]:
        """What keeps closed calls now, the first that ends first."""
        closed = exists().where(Erasure.recording_id == Keep.recording_id, UNDONE)
        both = select(Keep, Recording).join(Recording, Recording.id == Keep.recording_id).where(closed, *keeping(now))
        rows = self.session.execute(both.order_by(Keep.ends_at, Keep.recording_id, Keep.matter_id))
        return [(keep, recording) for keep, recording in rows]

    def late(self, since: datetime, now: datetime) -> dict[str, int]:
        """Erasures that were begun before `since`, and that nothing keeps or pauses, by what stood in the way last time."""
        return self._by(Erasure.trouble, *late(since, now))

    def unclosed(self, now: datetime) -> tuple[int, int]:
        """Calls whose moment has come and that nobody closed yet: how many nothing would keep, and how many something would."""
        those, kept = unclosed(now), self._count(Recording, *unclosed(now), kept_then(now))
        return self._count(Recording, *those) - kept, kept

    def waiting(self, system: str, now: datetime) -> Waiting:
        """Closed calls as they stand now, for whoever erases in this recording system."""
        kept = exists().where(Keep.recording_id == Erasure.recording_id, *keeping(now))
        here = exists().where(Recording.id == Erasure.recording_id, Recording.system == system)
        free = (UNDONE, ~kept, ~paused())
        return Waiting(
            kept=self._kept(now),
            paused=self._by(Erasure.pause, UNDONE, ~kept, paused()),
            failed=self._by(Erasure.trouble, *free, here, Erasure.next_at > now),
            elsewhere=self._count(Erasure, *free, ~here),
            due=frozenset(self.session.scalars(select(Erasure.id).where(*free, here, Erasure.next_at <= now))),
        )

    def _kept(self, now: datetime) -> dict[str, int]:
        """Each call once: by a hold and by a request, where both keep it, counts as `both`, and by a copy only where neither does."""
        closed = exists().where(Erasure.recording_id == Keep.recording_id, UNDONE)
        whys: dict[int, set[str]] = {}
        for recording, why in self.session.execute(select(Keep.recording_id, Keep.why).where(closed, *keeping(now))):
            whys.setdefault(recording, set()).add(why)
        found = Counter(_by_what(each) for each in whys.values())
        return dict(sorted(found.items()))

    def _by(self, column: InstrumentedAttribute[str], *those: ColumnElement[bool]) -> dict[str, int]:
        each = select(column, func.count()).where(*those).group_by(column).order_by(column)
        return {name: number for name, number in self.session.execute(each)}  # noqa: C416  Row is no pair

    def _count(self, kind: type[Erasure | Recording], *those: ColumnElement[bool]) -> int:
        return self.session.scalar(select(func.count()).select_from(kind).where(*those)) or 0


def _by_what(whys: Collection[str]) -> str:
    if HOLD in whys:
        return "both" if REQUEST in whys else HOLD
    return REQUEST if REQUEST in whys else COPY


def _coming(now: datetime, until: datetime, but: Collection[int] = ()) -> tuple[ColumnElement[bool], ...]:
    there = (Recording.state == "present", Recording.erase_at > now, Recording.erase_at <= until)
    return (*there, Recording.id.not_in(sorted(but))) if but else there
