"""The recording register: which calls were recorded, and files that could not be registered."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, select, union_all, update

from storage.columns import folder_of
from storage.matters import standing_matters
from storage.prefetch import prefetched_in
from storage.records import Recording, RequestedRecording
from storage.rows import Rows
from storage.tables.calls import Keep, Operator, UnregisteredFile

THERE = ("present", "out_of_scope", "declined", "closed")
"""States of a call whose audio is there."""
HIDDEN = ("declined", "closed", "gone")
"""States of a call that is locked or missing."""
_THERE = Recording.state.in_(THERE)  # not “other than gone”, for which no index can be used
# Put together once, since each card asks.
_OF_REQUEST = (
    select(Recording)
    .join(RequestedRecording, RequestedRecording.recording_id == Recording.id)
    .where(RequestedRecording.request_id == bindparam("request"))
    .order_by(RequestedRecording.place)
)


class RecordingIdentity(NamedTuple):
    """What identifies a recording apart from its id: its name, start and moment (both aware)."""

    id: int
    native_id: str
    started: datetime
    erase_at: datetime | None


class Recordings(Rows):
    """Queries and changes about recordings."""

    def get(self, recording_id: int) -> Recording | None:
        """Return one recording, in any state; None if there is none."""
        return self.row(Recording, recording_id)

    def all_of(self, ids: Iterable[int]) -> list[Recording]:
        """Return these recordings, in any state, in the order of `ids`."""
        wanted = list(ids)
        found = self.by_id(wanted)
        return [found[one] for one in wanted if one in found]

    def present(self, ids: Iterable[int], now: datetime) -> list[Recording]:
        """Return those of these recordings that can be asked for at `now` (aware), in the order of `ids`."""
        found = self.all_of(dict.fromkeys(ids))
        return [one for one in found if one.state == "present" and not one.closed(now)]

    def by_id(self, ids: Iterable[int]) -> dict[int, Recording]:
        """Return these recordings by id, in any state."""
        wanted, ahead = set(ids), prefetched_in(self.session)
        if ahead.looked_for.issuperset(wanted):
            return {one: ahead.recordings[one] for one in wanted & ahead.recordings.keys()}
        # Recordings are never written in the same group as requests, so there is nothing to flush first.
        with self.session.no_autoflush:
            return {one.id: one for one in self.values(select(Recording), Recording.id, wanted)}

    def of_request(self, request_id: str) -> list[Recording]:
        """Return the recordings that a request names, in the requester's order."""
        return list(self.session.scalars(_OF_REQUEST, {"request": request_id}))

    def of_requests(self, ids: Iterable[str]) -> dict[str, list[Recording]]:
        """Return the recordings that each of these requests names, in its requester's order."""
        found: dict[str, list[Recording]] = {one: [] for one in ids}
        joined = select(RequestedRecording.request_id, Recording).join(
            Recording, RequestedRecording.recording_id == Recording.id
        )
        named = self.tuples(joined.order_by(RequestedRecording.place), RequestedRecording.request_id, found)
        for request_id, recording in named:
            found[request_id].append(recording)
        return found

    def folders(self, system: str) -> dict[str, int]:
        """Return the folders of the recording system that the register knows, with how many calls each holds that aren't
        gone, to compare with what the system shows.
        """
        return self.counts(Recording.folder, Recording.system == system, _THERE)

    def within(self, system: str, folders: Iterable[str]) -> dict[str, str]:
        """Return the stamps, by native id, of calls directly in these folders that aren't gone."""
        stamps = select(Recording.native_id, Recording.stamp).where(Recording.system == system, _THERE)
        return dict(self.tuples(stamps, Recording.folder, folders))

    def known(self, system: str, native_ids: Iterable[str]) -> dict[str, Recording]:
        """Return the recordings with these native ids, gone or not."""
        those = (Recording.system == system, Recording.native_id.in_(list(native_ids)))
        return {one.native_id: one for one in self.rows(Recording, *those)}

    def register(self, system: str, shown: Sequence[dict[str, Any]]) -> tuple[int, int, list[Recording]]:
        """Store new and changed recordings.
        Return how many were new, how many changed, and those whose moment is new or different.
        """
        known, moved = self.known(system, [one["native_id"] for one in shown]), list[Recording]()
        for one in shown:
            recording = known.get(one["native_id"])
            if recording is None:
                moved.append(Recording(system=system, **one))
                continue
            if recording.erase_at != one.get("erase_at", recording.erase_at):
                moved.append(recording)
            for name, value in one.items():
                setattr(recording, name, value)
            recording.peaks, recording.folder = None, folder_of(recording.native_id)
        self.session.add_all(moved)
        self.session.flush()  # so that they have their numbers
        self._name_operators({(one["operator_key"], one["operator_name"], one["department"]) for one in shown})
        return len(shown) - len(known), len(known), moved

    def _name_operators(self, operators: set[tuple[str, str, str]]) -> None:
        """Store new operators (address, name, department), so that their calls are found by their names."""
        keys = {key for key, _, _ in operators}
        known = select(Operator.key, Operator.name, Operator.department).where(Operator.key.in_(keys))
        for key, name, department in operators - {tuple(row) for row in self.session.execute(known)}:
            self.session.add(Operator(key=key, name=name, department=department))

    def operators(self, matters: Collection[str]) -> dict[str, Counter[int]]:
        """Return who was on the calls that each of these matters names or keeps, and on how many; 0 is someone unknown."""
        asked = (RequestedRecording.request_id, RequestedRecording.recording_id)
        kept, who = (Keep.matter_id, Keep.recording_id), Recording.operator_id
        each = (
            select(matter, who, func.count()).where(Recording.id == call, matter.in_(matters)).group_by(matter, who)
            for matter, call in (asked, kept)
        )
        found = {one: Counter[int]() for one in matters}
        for matter, operator, number in self.session.execute(union_all(*each)):
            found[matter][operator or 0] += number
        return found

    def names(self, system: str, native_ids: Iterable[str], *those: ColumnElement[bool]) -> set[str]:
        """Return which of these names calls have, gone or not."""
        theirs = select(Recording.native_id).where(Recording.system == system, *those)
        return set(self.values(theirs, Recording.native_id, native_ids))

    def free_name(self, recording: Recording) -> None:
        """Free a recording's name, which another one has now. Unless it was erased, the recording counts as gone."""
        if recording.state == "erased":
            recording.native_id, recording.stamp, recording.size = erased_name(recording), "", 0
        else:
            recording.state, recording.native_id = "gone", displaced_name(recording)
        recording.folder = ""
        self.session.flush()  # before another row takes it

    def change_native_id(self, recording: Recording, native_id: str) -> None:
        """Note that the audio has another name now; it must be read again to check that it is the same."""
        recording.native_id, recording.audio = native_id, ""
        self.session.flush()  # before it is looked for by that name

    def watched(self, system: str, now: datetime) -> dict[str, str]:
        """Return the stamps, by native id, of calls that are requested, may be heard or are held, and that aren't gone:
        each look at the recording system checks them by name.
        """
        stamps = select(Recording.native_id, Recording.stamp).where(Recording.system == system, _THERE)
        return dict(self.tuples(stamps, Recording.id, self._followed_calls(now)))

    def unidentified(self, system: str, now: datetime, most: int) -> list[Recording]:
        """Return recordings that are requested, may be heard or are held, and whose audio hasn't been read yet: until it
        has, they couldn't be known again under another name.
        """
        unread = (Recording.system == system, Recording.state == "present", Recording.audio == "")
        found = self.values(select(Recording).where(*unread), Recording.id, self._followed_calls(now))
        return list(islice(found, most))

    def asked_for(self, now: datetime) -> frozenset[int]:
        """Return ids of calls that are requested or may be heard.
        Query their rows by these ids: for one joined query, a database reads all calls.
        """
        matters = standing_matters(self.session, now)
        calls = select(RequestedRecording.recording_id)
        return frozenset(self.values(calls, RequestedRecording.request_id, matters))

    def _followed_calls(self, now: datetime) -> list[int]:
        """Return ids of calls that are requested, may be heard or are held."""
        held = select(Keep.recording_id).where(Keep.ended_at.is_(None), Keep.ends_at > now)
        return sorted(self.asked_for(now).union(self.session.scalars(held)))

    def lose(self, system: str, native_ids: Sequence[str]) -> None:
        """Mark recordings whose audio is no longer in the recording system."""
        for one in self.known(system, native_ids).values():
            one.state = "gone"

    def places(self, after: int, most: int) -> list[RecordingIdentity]:
        """Return what identifies the next recordings after that id that aren't erased; after a restore, they are compared
        with what the journal says was erased.
        """
        columns = (Recording.id, Recording.native_id, Recording.started, Recording.erase_at)
        query = select(*columns).where(Recording.id > after, Recording.state != "erased").order_by(Recording.id)
        return [RecordingIdentity(*row) for row in self.tuples(query.limit(most))]

    def keep_waveform(self, recording_id: int, stamp: str, peaks: list[float]) -> None:
        """Store the waveform of a recording, unless its audio has changed meanwhile."""
        same = and_(Recording.id == recording_id, Recording.stamp == stamp)
        self.session.execute(update(Recording).where(same).values(peaks={"peaks": peaks}))

    def waveform(self, recording_id: int, stamp: str) -> list[float] | None:
        """Return the stored waveform of a recording; None if there is none, or if its audio has changed since."""
        same = and_(Recording.id == recording_id, Recording.stamp == stamp)
        kept = self.session.scalar(select(Recording.peaks).where(same))
        return None if kept is None else list(kept["peaks"])

    def out_of_scope(self) -> list[Recording]:
        """Return calls on lines that the policy does not name, oldest first (P4)."""
        return self.rows(Recording, Recording.state == "out_of_scope", by=(Recording.started, Recording.id))

    def unregistered(self, *those: ColumnElement[bool]) -> list[UnregisteredFile]:
        """Return files that couldn't be registered and still exist, first seen first."""
        by = (UnregisteredFile.first_seen, UnregisteredFile.id)
        return self.rows(UnregisteredFile, UnregisteredFile.over_at.is_(None), *those, by=by)


def displaced_name(recording: Recording) -> str:
    """Return the name of a recording whose own name another one has now: the former name, its stamp and its id, a line
    each.
    A recorder that keeps overwritten files finds it by these.
    """
    return f"{recording.native_id}\n{recording.stamp}\n{recording.id}"


def is_displaced(recording: Recording) -> bool:
    """Return True if another recording has taken its name."""
    return "\n" in recording.native_id


def erased_name(recording: Recording) -> str:
    """Return the name of a recording of which nothing is left that reveals the caller."""
    return f"erased:{recording.id}"
