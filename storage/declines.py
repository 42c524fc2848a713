"""Calls whose customers declined to be recorded (P5), and counts at a glance."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from storage.erasures import by_hold
from storage.grants import in_force as given
from storage.records import OPEN, Grant, Matter, Recording, Request, RequestedRecording
from storage.rows import id_pages
from storage.tables.calls import CHOOSING, LOOKING, Declined, DeclinedRecording, Keep

_UNCHOSEN = Declined.state.in_((CHOOSING, *OPEN))  # and `is_unchosen`
# Put together once, as whatever each home asks: that takes longer than the database needs to answer.
_CHOOSING = (
    select(Declined).where(Declined.said_by == bindparam("person"), _UNCHOSEN).order_by(Declined.asked_at, Declined.id)
)
LIVE = ("asked", "still", "off")
"""How a live call stands that is looked at until it is over."""


class Declines:
    """Queries and changes about declined calls, within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def add(self, declined: Declined) -> None:
        """Store a new one."""
        self.session.add(declined)
        self.session.flush()

    def get(self, matter: str) -> Declined | None:
        """One of them; the caller decides who may know of it."""
        return self.session.get(Declined, matter)

    def under_way(self, person: int, since: datetime) -> Declined | None:
        """The one that this person began since then and whose call is not known yet; the newest."""
        begun = select(Declined).where(Declined.said_by == person, Declined.asked_at >= since)
        going = begun.where(Declined.state.in_((LOOKING, CHOOSING)))
        return self.session.scalars(going.order_by(Declined.asked_at.desc(), Declined.id).limit(1)).first()

    def of_call(self, system: str, call_id: str) -> Declined | None:
        """The newest one about a live call of this name."""
        mine = select(Declined).where(Declined.call_id == call_id, Declined.call_id != "")
        newest = self.session.scalars(mine.order_by(Declined.asked_at.desc(), Declined.id))
        return next((one for one in newest if one.system == system), None)

    def looking(self) -> list[str]:
        """Those whose call is looked for, the oldest first."""
        those = select(Declined.id).where(Declined.state == LOOKING)
        return list(self.session.scalars(those.order_by(Declined.asked_at, Declined.id)))

    def live(self) -> list[Declined]:
        """Those whose call goes on, as far as anybody knows."""
        going = select(Declined).where(Declined.live.in_(LIVE)).order_by(Declined.id)
        return list(self.session.scalars(going))

    def choosing(self, person: int) -> list[Declined]:
        """Those of which this person has yet to say which call it was."""
        return [one for one in self.session.scalars(_CHOOSING, {"person": person}) if one.is_unchosen]

    def unchosen(self) -> list[Declined]:
        """Those of which anybody has yet to say which call it was, the oldest first."""
        those = self.session.scalars(select(Declined).where(_UNCHOSEN).order_by(Declined.asked_at, Declined.id))
        return [one for one in those if one.is_unchosen]

    def shut(self, recordings: Iterable[int]) -> set[int]:
        """Those of the calls that are not erased yet and whose customers declined, until somebody who decides keeps them."""
        wanted = list(recordings)
        if not wanted:
            return set()
        both = select(Recording.id).join(DeclinedRecording, DeclinedRecording.recording_id == Recording.id)
        mine = both.join(Declined, Declined.id == DeclinedRecording.matter_id).where(Declined.state != "kept")
        those = (Recording.id.in_(wanted), Recording.state.in_(("declined", "closed")))
        return set(self.session.scalars(mine.where(*those)))

    def concerned(self, recordings: Collection[int], now: datetime) -> set[int]:
        """Whom an investigation that is open, or may be heard, or a hold of one of these calls is about."""
        if not recordings:
            return set()
        heard = Request.id.in_(given(now).with_only_columns(Grant.matter_id))
        asked = select(RequestedRecording.request_id).where(RequestedRecording.recording_id.in_(recordings))
        longer = (Request.id.in_(asked), Request.longer, or_(Request.state.in_(OPEN), heard))
        counting = (by_hold(), Keep.ended_at.is_(None), Keep.ends_at > now)
        holds = select(Keep.matter_id).where(Keep.recording_id.in_(recordings), *counting)
        found = self.session.scalars(
            select(Matter).where(or_(Matter.id.in_(select(Request.id).where(*longer)), Matter.id.in_(holds)))
        )
        return {one for matter in found for one in matter.concerned}

    def name(self, declined: Declined, native_ids: Iterable[str]) -> list[str]:
        """These are, or will be, recordings of it; those that are known already are passed over. Returns those that were not."""
        known = {one.native_id for one in self.recordings(declined.id)}
        new = [one for one in dict.fromkeys(native_ids) if one not in known]
        for native_id in new:
            row = DeclinedRecording(matter_id=declined.id, system=declined.system, native_id=native_id)
            self.session.add(row)
        self.session.flush()
        return new

    def take(self, declined: Declined, call: Recording) -> None:
        """A call of the register is the one; its name is not needed beside it."""
        self.session.add(
            DeclinedRecording(matter_id=declined.id, system=call.system, native_id="", recording_id=call.id)
        )
        self.session.flush()

    def expect(self, recording: int, system: str, native_id: str) -> None:
        """What is about to be registered under this name is a recording of the same declined call as `recording`."""
        for matter in self.naming(recording):
            if matter.state != "kept":
                self.session.add(DeclinedRecording(matter_id=matter.id, system=system, native_id=native_id))
        self.session.flush()

    def forget(self, recording: int) -> None:
        """P12: of an erased call no name is left, which may tell who called."""
        mine = select(DeclinedRecording).where(DeclinedRecording.recording_id == recording)
        for one in self.session.scalars(mine):
            one.native_id = ""
            self.unname(one.matter_id)

    def unname(self, matter: str) -> None:
        """What the phone system called the call and its legs goes, once nothing of it is left and it is over."""
        declined = self.get(matter)
        left = any(one.native_id for one in self.recordings(matter))
        if declined is not None and not left and declined.live not in LIVE:
            declined.call_id, declined.legs, declined.choices = "", [], []

    def unmet(self) -> dict[str, list[str]]:
        """By matter: names of what was recorded and never registered, of calls that are over and whose recordings go."""
        both = select(DeclinedRecording.matter_id, DeclinedRecording.native_id).join(
            Declined, Declined.id == DeclinedRecording.matter_id
        )
        waiting = (DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        found: dict[str, list[str]] = {}
        for matter, name in self.session.execute(
            both.where(*waiting, Declined.state == "going", Declined.live == "over")
        ):
            found.setdefault(matter, []).append(name)
        return found

    def names(self, system: str, native_ids: Collection[str]) -> dict[str, DeclinedRecording]:
        """Those of the names that belong to a declined call and have not been met in the register."""
        found: dict[str, DeclinedRecording] = {}
        waiting = select(DeclinedRecording).where(
            DeclinedRecording.system == system, DeclinedRecording.recording_id.is_(None)
        )
        for some in id_pages(native_ids):
            rows = self.session.scalars(waiting.where(DeclinedRecording.native_id.in_(some)))
            found.update({one.native_id: one for one in rows})
        return found

    def recordings(self, matter: str) -> list[DeclinedRecording]:
        """What is, or will be, recorded of it."""
        mine = select(DeclinedRecording).where(DeclinedRecording.matter_id == matter)
        return list(self.session.scalars(mine.order_by(DeclinedRecording.id)))

    def calls(self, matter: str) -> list[Recording]:
        """Its recordings that the register has, whatever became of them."""
        both = select(Recording).join(DeclinedRecording, DeclinedRecording.recording_id == Recording.id)
        mine = both.where(DeclinedRecording.matter_id == matter)
        return list(self.session.scalars(mine.order_by(DeclinedRecording.id)))

    def naming(self, recording: int) -> list[Declined]:
        """The matters of which this call is a recording."""
        both = select(Declined).join(DeclinedRecording, DeclinedRecording.matter_id == Declined.id)
        return list(self.session.scalars(both.where(DeclinedRecording.recording_id == recording).order_by(Declined.id)))

    def met(self) -> list[str]:
        """Matters with a recording that was registered and has not been met yet."""
        both = select(DeclinedRecording.matter_id).join(
            Recording,
            (Recording.system == DeclinedRecording.system) & (Recording.native_id == DeclinedRecording.native_id),
        )
        waiting = both.where(DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        return sorted(set(self.session.scalars(waiting)))

    def registered(self, one: DeclinedRecording) -> Recording | None:
        """The call of the register that has this name now."""
        named = (Recording.system == one.system, Recording.native_id == one.native_id)
        return self.session.scalars(select(Recording).where(*named)).first()

    def locked(self, callers: Collection[str]) -> list[Recording]:
        """Calls with one of these numbers (E.164) that are out of reach since the caller declined, the oldest first."""
        theirs = select(Recording).where(Recording.caller.in_(callers), Recording.state.in_(("declined", "closed")))
        found = list(self.session.scalars(theirs.order_by(Recording.started, Recording.id)))
        shut = self.shut(one.id for one in found)
        return [one for one in found if one.id in shut]


class Said(NamedTuple):
    """A caller declined: on which line, with which operator (0: nobody known), how it was said, how it stands, and its id."""

    line: str
    operator: int
    how: str
    state: str
    id: str


class Glance:
    """Queries within one transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def said(self, since: datetime, until: datetime | None = None) -> list[Said]:
        """Callers who declined since a moment and before another (aware), by line and operator; none of which it turned out that there was no such call."""
        mine = select(Declined).where(Declined.asked_at >= since, Declined.state != "none")
        mine = mine if until is None else mine.where(Declined.asked_at < until)
        found = self.session.scalars(mine.order_by(Declined.asked_at, Declined.id))
        rows = (Said(one.line, one.operator_id or 0, one.how, one.state, one.id) for one in found)
        return sorted(rows, key=lambda row: (row.line, row.operator))

    def out_of_scope(self) -> list[tuple[str, int]]:
        """Calls that are there and on no line of the policy: how many, by line as it was told."""
        each = select(Recording.line, func.count()).where(Recording.state == "out_of_scope")
        rows = self.session.execute(each.group_by(Recording.line).order_by(Recording.line))
        return [(line, number) for line, number in rows]

    def declined_still_there(self) -> list[str]:
        """Matters whose recordings were to go, and of which something was never registered and is still there a day later."""
        unmet = (DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        both = select(Declined).join(DeclinedRecording, DeclinedRecording.matter_id == Declined.id)
        rows = self.session.scalars(both.where(*unmet, Declined.state == "going", Declined.live == "over"))
        return sorted({one.id for one in rows if one.trouble == "left"})
