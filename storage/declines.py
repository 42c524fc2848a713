"""Calls whose customers declined to be recorded (P5)."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from storage.records import OPEN, Recording
from storage.rows import Rows
from storage.tables.calls import CHOOSING, Declined, DeclinedRecording

LIVE = ("asked", "still", "off")
"""States of a live call that is watched until it is over."""


class Declines(Rows):
    """Queries and changes about declined calls."""

    def of_call(self, system: str, call_id: str) -> Declined | None:
        """Return the newest decline about the live call of this name; None if there is none."""
        mine = (Declined.call_id == call_id, Declined.call_id != "")
        newest = self.rows(Declined, *mine, by=(Declined.asked_at.desc(), Declined.id))
        return next((one for one in newest if one.system == system), None)

    def live(self) -> list[Declined]:
        """Return declines whose call is still live, as far as we know."""
        return self.rows(Declined, Declined.live.in_(LIVE), by=(Declined.id,))

    def unchosen(self) -> list[Declined]:
        """Return declines whose call is still to be named, oldest first."""
        # `is_unchosen` needs more than a column, so the query narrows it only roughly.
        found = self.rows(Declined, Declined.state.in_((CHOOSING, *OPEN)), by=(Declined.asked_at, Declined.id))
        return [one for one in found if one.is_unchosen]

    def shut(self, recordings: Iterable[int]) -> set[int]:
        """Return those of these calls whose customers declined, except erased calls and calls kept by a decision."""
        wanted = list(recordings)
        if not wanted:
            return set()
        both = select(Recording.id).join(DeclinedRecording, DeclinedRecording.recording_id == Recording.id)
        mine = both.join(Declined, Declined.id == DeclinedRecording.matter_id).where(Declined.state != "kept")
        those = (Recording.id.in_(wanted), Recording.state.in_(("declined", "closed")))
        return set(self.session.scalars(mine.where(*those)))

    def name(self, declined: Declined, native_ids: Iterable[str]) -> list[str]:
        """Add names of a declined call's recordings, registered or still to come; return those that are new."""
        before = {one.native_id for one in self.recordings(declined.id)}
        new = [one for one in dict.fromkeys(native_ids) if one not in before]
        for one in new:
            self.insert(DeclinedRecording(matter_id=declined.id, system=declined.system, native_id=one))
        return new

    def expect(self, recording: int, system: str, native_id: str) -> None:
        """Expect a recording of the same declined call as `recording` to be registered under this name: then it is locked
        as well.
        """
        for matter in self.naming(recording):
            if matter.state != "kept":
                self.insert(DeclinedRecording(matter_id=matter.id, system=system, native_id=native_id))

    def forget(self, recording: int) -> None:
        """P12: forget the names of an erased call, which may reveal the caller."""
        for one in self.rows(DeclinedRecording, DeclinedRecording.recording_id == recording):
            one.native_id = ""
            self.unname(one.matter_id)

    def unname(self, matter: str) -> None:
        """Forget the phone system's names of a call and its legs, once it is over and none of its recordings is left."""
        declined = self.row(Declined, matter)
        left = any(one.native_id for one in self.recordings(matter))
        if declined is not None and not left and declined.live not in LIVE:
            declined.call_id, declined.legs, declined.choices = "", [], []

    def unmet(self) -> dict[str, list[str]]:
        """Return names of recordings that were never registered, by matter, for calls that are over and to be erased: their
        audio has to be looked for by these names.
        """
        both = select(DeclinedRecording.matter_id, DeclinedRecording.native_id).join(
            Declined, Declined.id == DeclinedRecording.matter_id
        )
        waiting = (DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        found: dict[str, list[str]] = {}
        for matter, name in self.tuples(both.where(*waiting, Declined.state == "going", Declined.live == "over")):
            found.setdefault(matter, []).append(name)
        return found

    def names(self, system: str, native_ids: Collection[str]) -> dict[str, DeclinedRecording]:
        """Return, by name, those of these recordings that aren't registered yet and that belong to a declined call: they
        are locked as soon as they are.
        """
        unmet = (DeclinedRecording.system == system, DeclinedRecording.recording_id.is_(None))
        waiting = select(DeclinedRecording).where(*unmet)
        return {one.native_id: one for one in self.values(waiting, DeclinedRecording.native_id, native_ids)}

    def recordings(self, matter: str) -> list[DeclinedRecording]:
        """Return the recordings of a declined call, registered or still to come."""
        return self.rows(DeclinedRecording, DeclinedRecording.matter_id == matter, by=(DeclinedRecording.id,))

    def named(self, matter: str) -> list[tuple[DeclinedRecording, Recording | None]]:
        """Return the recordings of a declined call, each with its call if that is in the register, in any state."""
        both = select(DeclinedRecording, Recording).outerjoin(Recording, Recording.id == DeclinedRecording.recording_id)
        mine = both.where(DeclinedRecording.matter_id == matter)
        return list(self.tuples(mine.order_by(DeclinedRecording.id)))

    def calls(self, matter: str) -> list[Recording]:
        """Return its recordings in the register, in any state."""
        return [call for _, call in self.named(matter) if call is not None]

    def naming(self, recording: int) -> list[Declined]:
        """Return the matters of which this call is a recording."""
        both = select(Declined).join(DeclinedRecording, DeclinedRecording.matter_id == Declined.id)
        return list(self.session.scalars(both.where(DeclinedRecording.recording_id == recording).order_by(Declined.id)))

    def met(self) -> list[str]:
        """Return matters with a recording that was registered but isn't linked to them yet."""
        both = select(DeclinedRecording.matter_id).join(
            Recording,
            (Recording.system == DeclinedRecording.system) & (Recording.native_id == DeclinedRecording.native_id),
        )
        waiting = both.where(DeclinedRecording.recording_id.is_(None), DeclinedRecording.native_id != "")
        return sorted(set(self.session.scalars(waiting)))

    def locked(self, callers: Collection[str]) -> list[Recording]:
        """Return calls with one of these numbers (E.164) that are locked because the caller declined, oldest first."""
        theirs = (Recording.caller.in_(callers), Recording.state.in_(("declined", "closed")))
        found = self.rows(Recording, *theirs, by=(Recording.started, Recording.id))
        shut = self.shut(one.id for one in found)
        return [one for one in found if one.id in shut]
