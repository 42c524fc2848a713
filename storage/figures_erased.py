"""The month in numbers: erasures whose moment came, what kept calls past it, and files that could not be registered (P4, P12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import HOLD, WITH_MOMENT
from storage.pages import pages
from storage.records import OPEN, Grant, Matter, Recording
from storage.tables.customers import CustomerLink
from storage.tables.erasures import Erasure, ErasurePause, Keep, UnregisteredFile
from storage.tables.holds import Hold


@dataclass(frozen=True, slots=True)
class ErasureDue:
    """An erasure whose moment came; `done_at` is when it ended, and `vanished` that nothing could be certified."""

    id: str
    recording: int
    why: str
    moment: datetime
    done_at: datetime | None
    vanished: bool
    trouble: str
    tries: int
    pause: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What kept a call: a hold, a request or a copy (`why`), until when as far as is known; None while it goes on."""

    recording: int
    matter: str
    why: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class HoldOf:
    """A hold, and how it stands; `set_at` is when somebody who may set it did."""

    id: str
    begun: str
    state: str
    asked_at: datetime
    set_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PauseOf:
    """Erasures that were paused, and when somebody decided about them, if anybody did."""

    id: str
    state: str
    asked_at: datetime
    closed_at: datetime | None


class ErasedFigures:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def due(self, since: datetime, until: datetime) -> list[ErasureDue]:
        """Erasures whose moment came in that time, done or not, by their moment."""
        done = func.coalesce(Erasure.erased_at, Erasure.vanished_at)
        columns = (
            Erasure.id,
            Erasure.recording_id,
            Erasure.why,
            Erasure.moment,
            done,
            Erasure.vanished_at.is_not(None),
        )
        query = select(*columns, Erasure.trouble, Erasure.tries, Erasure.pause)
        those = query.where(Erasure.moment >= since, Erasure.moment < until).order_by(Erasure.moment, Erasure.id)
        return [ErasureDue(*row) for row in self.session.execute(those)]

    def unbegun(self, since: datetime, until: datetime) -> list[tuple[int, datetime]]:
        """Calls whose moment lies in that time and that nobody closed yet, or whose moment is yet to come: number and moment."""
        those = (Recording.state.in_(WITH_MOMENT), Recording.erase_at >= since, Recording.erase_at < until)
        begun = exists().where(Erasure.recording_id == Recording.id, Erasure.why == "retention")
        rows = self.session.execute(
            select(Recording.id, Recording.erase_at).where(*those, ~begun).order_by(Recording.erase_at, Recording.id)
        )
        return [(call, moment) for call, moment in rows if moment is not None]

    def kept(self, recordings: Iterable[int], now: datetime) -> list[Kept]:
        """What keeps or kept these calls, as it stands at `now`."""
        query = (
            select(Keep, Matter).join(Matter, Matter.id == Keep.matter_id).order_by(Keep.recording_id, Keep.matter_id)
        )
        found = [
            (keep, matter) for some in pages(recordings)
            for keep, matter in self.session.execute(query.where(Keep.recording_id.in_(some)))
        ]  # fmt: skip
        heard = self._access_ends({matter.id for _, matter in found})
        return [_kept(keep, matter, heard.get(matter.id, []), now) for keep, matter in found]

    def held_by(self, holds: Iterable[str], at: datetime) -> set[int]:
        """The calls that these holds kept at a moment (aware)."""
        on = (Keep.why == HOLD, Keep.since < at, or_(Keep.ended_at.is_(None), Keep.ended_at >= at))
        rows = (
            self.session.scalars(select(Keep.recording_id).where(Keep.matter_id.in_(some), *on))
            for some in pages(holds)
        )
        return {call for some in rows for call in some}

    def holds(self, since: datetime, until: datetime) -> list[HoldOf]:
        """Holds that were begun or ended in that time, or kept calls at its end."""
        columns = (Hold.id, Hold.begun, Hold.state, Hold.asked_at, Hold.set_at, Hold.closed_at)
        alive = (Hold.asked_at < until, or_(Hold.closed_at.is_(None), Hold.closed_at >= since))
        rows = self.session.execute(select(*columns).where(*alive).order_by(Hold.asked_at, Hold.id))
        return [HoldOf(*row) for row in rows]

    def pauses(self, since: datetime, until: datetime) -> list[PauseOf]:
        """Pauses of erasures that began in that time, and those that the erasures of that time belong to."""
        used = exists().where(Erasure.pause == ErasurePause.id, Erasure.moment >= since, Erasure.moment < until)
        columns = (ErasurePause.id, ErasurePause.state, ErasurePause.asked_at, ErasurePause.closed_at)
        mine = or_((ErasurePause.asked_at >= since) & (ErasurePause.asked_at < until), used)
        rows = self.session.execute(select(*columns).where(mine).order_by(ErasurePause.asked_at, ErasurePause.id))
        return [PauseOf(*row) for row in rows]

    def files(self, since: datetime, until: datetime) -> int:
        """How many files came in that time that could not be registered."""
        came = (UnregisteredFile.first_seen >= since, UnregisteredFile.first_seen < until)
        return self.session.scalar(select(func.count()).select_from(UnregisteredFile).where(*came)) or 0

    def _access_ends(self, matters: Iterable[str]) -> dict[str, list[datetime]]:
        """When whatever these matters led to can be heard or fetched no more."""
        found: dict[str, list[datetime]] = {}
        for some in pages(matters):
            heard = select(Grant.matter_id, func.coalesce(Grant.ended_at, Grant.ends_at)).where(
                Grant.matter_id.in_(some)
            )
            links = select(CustomerLink.matter_id, func.coalesce(CustomerLink.fetched_at, CustomerLink.ends_at))
            for query in (heard, links.where(CustomerLink.matter_id.in_(some))):
                for matter, at in self.session.execute(query):
                    found.setdefault(matter, []).append(at)
        return found


def _kept(keep: Keep, matter: Matter, heard: list[datetime], now: datetime) -> Kept:
    """One of a request or a copy counts no longer than that waits, or what it led to may be heard or fetched."""
    until: datetime | None = min(keep.ended_at or keep.ends_at, keep.ends_at)
    if keep.why != HOLD and matter.state not in OPEN:
        last = max([one for one in (matter.closed_at, *heard) if one is not None], default=keep.ends_at)
        until = min(until or last, last)
    going_on = keep.ended_at is None and until is not None and until > now
    return Kept(keep.recording_id, keep.matter_id, keep.why, keep.since, None if going_on else until)
