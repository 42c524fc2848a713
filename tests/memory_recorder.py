"""A call recording system in memory, which keeps every promise of the real ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from bot import ports
from tests.memory_live import LiveMemory

NOBODY = ports.Sighting(
    "", "", "incoming", "", "", "", "", datetime(2000, 1, 1, tzinfo=UTC), 0.0, "", "audio/mpeg", 0, ""
)
"""What is reported about a file of which nothing is known."""


class MemoryRecorder(LiveMemory):
    """Holds what it is given, and enforces holds; while `outage` is set, everything raises it."""

    def __init__(self) -> None:
        super().__init__()
        self.outage: ports.Unavailable | None = None
        self._changes = count(1)
        self._sightings: dict[str, ports.Sighting] = {}
        self._audio: dict[str, bytes] = {}
        self._problems: dict[str, ports.Problem] = {}
        self._hidden: set[str] = set()
        self._holds: dict[str, set[str]] = defaultdict(set)

    def keep(self, sighting: ports.Sighting, audio: bytes) -> None:
        """Add or change a recording; `size` is the audio's, `stamp` a new one each time."""
        stamp = f"change {next(self._changes)}"
        self._sightings[sighting.native_id] = replace(sighting, size=len(audio), stamp=stamp)
        self._audio[sighting.native_id] = audio
        self._problems.pop(sighting.native_id, None)
        self._hidden.discard(sighting.native_id)

    def spoil(self, native_id: str, sentence: str, audio: bytes | None = None, why: str = "metadata") -> None:
        """Make a recording one that can't be registered, until it is kept again or lost; with `audio`, that of a file
        put there.
        """
        if audio is not None:
            self.keep(replace(NOBODY, native_id=native_id), audio)
        found = self._sightings.get(native_id)
        stamp, size = (found.stamp, found.size) if found else ("", 0)
        self._problems[native_id] = ports.Problem(native_id, sentence, why, stamp, size)

    def lose(self, native_id: str) -> None:
        """Take a recording away."""
        for kept in (self._sightings, self._audio, self._problems):
            kept.pop(native_id, None)
        self._hidden.discard(native_id)

    def hide(self, native_id: str) -> None:
        """Delete, as another program would, a recording of which a version stays, as in a bucket."""
        self._hidden.add(native_id)

    async def changes(
        self, known: ports.KnownCalls, since: object = None, watched: Mapping[str, str] = ports.NOTHING
    ) -> AsyncIterator[ports.Sighting | ports.Problem | ports.Gone | ports.LookFinished]:
        self._reach()
        before = dict(await known.within(await known.folders()))
        shown = [one for one in self._sightings | self._problems if one not in self._hidden]
        for native_id in shown:
            if native_id in self._problems:
                yield self._problems[native_id]
            elif before.get(native_id) != self._sightings[native_id].stamp:
                yield self._sightings[native_id]
        for native_id in before.keys() - set(shown):
            yield ports.Gone(native_id, native_id in self._hidden)
        yield ports.LookFinished(next(self._changes))

    async def audio(self, native_id: str) -> MemoryAudio:
        self._reach()
        if native_id not in self._audio:
            raise ports.Absent(native_id)
        sighting = self._sightings[native_id]
        return MemoryAudio(self, native_id, sighting.media_type, sighting.size, sighting.stamp)

    def capabilities(self) -> ports.Capabilities:
        return ports.Capabilities(
            "native", "native", "It was taken out of memory.", "Copies that were made outside the rehearsal.", "native"
        )

    async def delete(self, native_id: str, stamp: str) -> None:
        self._reach()
        if native_id in self._sightings and self._sightings[native_id].stamp != stamp:
            raise ports.Changed(native_id)
        if self._holds[native_id]:
            raise ports.HeldBySystem(f"{native_id} is held for {len(self._holds[native_id])} cases.")
        self.lose(native_id)

    async def look(self, sought: Collection[ports.Sought]) -> Mapping[str, tuple[str, ...]]:
        self._reach()
        return {one.native_id: tuple(sorted(self._left(one))) for one in sought}

    def _left(self, sought: ports.Sought) -> set[str]:
        alike = (name for name, audio in self._audio.items() if sha256(audio).hexdigest() == sought.audio)
        copies = {*alike} if sought.size else set[str]()
        return copies | ({sought.native_id} & (self._audio.keys() | self._problems.keys()))

    async def hold(self, native_id: str, case: str) -> None:
        self._reach()
        if native_id not in self._audio:
            raise ports.Absent(native_id)
        self._holds[native_id].add(case)

    async def release(self, native_id: str, case: str) -> None:
        self._reach()
        self._holds[native_id].discard(case)

    async def check(self) -> str:
        self._reach()
        return f"The rehearsal's recorder holds {len(self._sightings):,} recordings."

    def content(self, native_id: str, stamp: str) -> bytes:
        """Return the audio, as long as it is the one that had this stamp."""
        self._reach()
        if native_id not in self._audio:
            raise ports.Absent(native_id)
        if self._sightings[native_id].stamp != stamp:
            raise ports.Changed(native_id)
        return self._audio[native_id]


@dataclass(slots=True)
class MemoryAudio:
    """One recording's audio, looked up again for each read."""

    recorder: MemoryRecorder
    native_id: str
    media_type: str
    size: int
    stamp: str

    async def read(self, start: int, end: int) -> bytes:
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} isn't a range of bytes")
        return self.recorder.content(self.native_id, self.stamp)[start:end]
