"""The call recording system that is an object store: the second way in which recordings are kept, deleted and held."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.ports import (
    NOTHING,
    Absent,
    Capabilities,
    Changed,
    Gone,
    Held,
    Known,
    Looked,
    Problem,
    Sighting,
    Sought,
    Unavailable,
)
from bot.recorders.no_live_calls import NoLiveCalls
from bot.recorders.sidecar import AudioFile, MetadataError, sighting
from bot.recorders.stamps import joined, refuse_another
from bot.recorders.tree import inside, media_type, sidecar_of

from .bucket import AccessDenied, Bucket, Version


class VersionedRecorder(NoLiveCalls):
    """Each recording is two objects, `x.mp3` and `x.json`, in a bucket that keeps every version of both."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    async def changes(
        self, known: Known, since: object = None, watched: Mapping[str, str] = NOTHING
    ) -> AsyncIterator[Sighting | Problem | Gone | Looked]:
        before = dict(await known.within(await known.folders()))
        there = [key for key in await self.bucket.keys() if _is_audio(key)]
        stems = Counter(map(sidecar_of, there))
        for key in there:
            found = await self._sighting(key, alone=stems[sidecar_of(key)] == 1)
            if isinstance(found, Problem) or before.get(key) != found.stamp:
                yield found
        for key in before.keys() - set(there):
            yield Gone(key, hidden=await self._newest(key) is not None)
        yield Looked(None)

    async def _sighting(self, key: str, *, alone: bool) -> Sighting | Problem:
        audio = await self.latest(key)
        facts = joined(audio.number, ""), len(audio.content or b"")
        try:
            beside = await self.latest(sidecar_of(key))
            file = AudioFile(key, media_type(key), len(audio.content or b""), joined(audio.number, beside.number))
            facts = file.stamp, *facts[1:]
            return (
                sighting(file, beside.content or b"")
                if alone
                else Problem(key, f"{key} shares its metadata.", "shared", *facts)
            )
        except Absent:
            return Problem(key, f"{key} has no metadata beside it.", "no_metadata", *facts)
        except MetadataError as flaw:
            return Problem(key, str(flaw), "metadata", *facts)

    async def audio(self, native_id: str) -> VersionedAudio:
        if not _is_audio(native_id):
            raise Absent(native_id)
        version = await self.latest(native_id)
        found = await self._sighting(native_id, alone=True)
        shown = native_id in await self.bucket.keys()
        return VersionedAudio(self, version, media_type(native_id), len(version.content or b""), found.stamp, shown)

    async def latest(self, native_id: str) -> Version:
        """The newest version, also behind a delete marker."""
        newest = await self._newest(native_id)
        if newest is None:
            raise Absent(native_id)
        return newest

    async def _newest(self, key: str) -> Version | None:
        newest_first = reversed(await self.bucket.versions(key))
        return next((one for one in newest_first if one.key == key and one.content is not None), None)

    def capabilities(self) -> Capabilities:
        how = "Every version and every delete marker of the audio and of its metadata was deleted."
        return Capabilities(
            "native", "native", how, "Copies in other buckets, and what a replica has not followed yet."
        )

    async def delete(self, native_id: str, stamp: str) -> None:
        if not _is_audio(native_id):
            return
        beside = sidecar_of(native_id)
        there = await self._newest(native_id), await self._newest(beside)
        refuse_another(native_id, stamp, *(one.number if one else "" for one in there))
        every = [one for key in (native_id, beside) for one in await self.bucket.versions(key)]
        held = [one for one in every if one.held]
        if held:
            raise Held(f"{held[0].key} is under a legal hold.")
        await self._take(one for one in every if one.key == native_id)
        keys = {one.key for one in await self.bucket.versions()} - {native_id}
        others = {key for key in keys if _is_audio(key) and sidecar_of(key) == beside}
        if others:
            raise Unavailable(f"{beside} is also that of {min(others)}.")
        await self._take(one for one in every if one.key == beside)

    async def _take(self, versions: Iterable[Version]) -> None:
        try:
            # Markers last: without its marker an older version would be the latest again.
            for version in sorted(versions, key=lambda one: one.content is None):
                await self.bucket.delete_version(version)
        except AccessDenied as why:
            raise Held(f"{why} is under a legal hold.") from why

    async def look(self, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        every = await self.bucket.versions()
        return {one.native_id: tuple(_name(version) for version in every if _is_left(one, version)) for one in sought}

    async def hold(self, native_id: str, case: str) -> None:
        await self.latest(native_id)
        self.bucket.cases.setdefault(native_id, set()).add(case)
        await self._keep(native_id)

    async def release(self, native_id: str, case: str) -> None:
        self.bucket.cases.get(native_id, set()).discard(case)
        await self._keep(native_id)

    async def _keep(self, native_id: str) -> None:
        for key in (native_id, sidecar_of(native_id)):
            await self.bucket.legal_hold(key, on=bool(self.bucket.cases.get(native_id)))

    async def check(self) -> str:
        return f"The bucket holds {sum(map(_is_audio, await self.bucket.keys()))} audio files."


@dataclass(slots=True)
class VersionedAudio:
    recorder: VersionedRecorder
    version: Version
    media_type: str
    size: int
    stamp: str
    shown: bool

    async def read(self, start: int, end: int) -> bytes:
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} is no range of bytes")
        latest = await self.recorder.latest(self.version.key)
        if self.shown and self.version.key not in await self.recorder.bucket.keys():
            raise Absent(self.version.key)
        if latest is not self.version:
            raise Changed(self.version.key)
        return (self.version.content or b"")[start:end]


def _is_audio(key: str) -> bool:
    try:
        return inside(key) and bool(media_type(key))
    except Absent:
        return False


def _is_left(sought: Sought, version: Version) -> bool:
    if version.key in (sought.native_id, sidecar_of(sought.native_id)):
        return True
    content = version.content
    return content is not None and len(content) == sought.size and sha256(content).hexdigest() == sought.audio


def _name(version: Version) -> str:
    kind = "version" if version.content is not None else "delete marker"
    return f"{version.key} ({kind} {version.number})"
