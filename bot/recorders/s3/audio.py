"""What is in a bucket: recordings as they are listed, the audio of each, and those over which another one was stored (P12)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from bot.ports import Absent, Changed, Problem, Unavailable
from bot.recorders.s3.asking import Bucket, Item, Version, bad_name, item, names_audio, whole
from bot.recorders.sidecar import joined, parts
from bot.recorders.tree import MEDIA_TYPES, media_type, printable, sidecar_of


class Pair(NamedTuple):
    """An audio object and, where it has one, the metadata object beside it."""

    native_id: str
    audio: Item
    sidecar: Item | None

    @property
    def stamp(self) -> str:
        """Another one as soon as anything else was written to either object."""
        return joined(self.audio.identity, self.sidecar.identity if self.sidecar else "")

    def problem(self, why: str, sentence: str) -> Problem:
        """What to tell of it where it can't be registered."""
        facts = self.stamp, self.audio.size, self.audio.modified
        return Problem(printable(self.native_id), sentence, why, *facts)


@dataclass
class Listing:
    """A folder, read as a whole; `prefix` is its path below the bucket's prefix, `objects` counts whatever lies in it."""

    prefix: str
    folders: list[str] = field(default_factory=list)
    odd: list[Problem] = field(default_factory=list)
    objects: int = 0
    newest: float = 0.0
    _audio: dict[str, Item] = field(default_factory=dict)
    _sidecars: dict[str, Item] = field(default_factory=dict)

    @classmethod
    def read(cls, bucket: Bucket, prefix: str) -> Listing:
        """Everything in it; raises `Unavailable` where a single page of it is missing."""
        made = cls(prefix)
        for page in bucket.pages("list_objects_v2", f"{prefix}/" if prefix else "", Delimiter="/"):
            for one in page.get("CommonPrefixes", ()):
                made._take_folder(bucket.place.name(one["Prefix"]).removesuffix("/"))
            for one in page.get("Contents", ()):
                made._take(bucket.place.name(one["Key"]), one)
        return made

    def _take_folder(self, name: str) -> None:
        self.objects += 1
        if name.rpartition("/")[2].startswith("."):
            return
        if bad_name(name):
            words = f"{printable(name)} has a name that can't be kept: copy what is in it to one with plain letters."
            self.odd.append(Problem(printable(name), words, "folder"))
        elif name not in self.folders:
            self.folders.append(name)

    def _take(self, name: str, told: dict[str, Any]) -> None:
        self.objects += 1
        last = name.rpartition("/")[2]
        stem, _, ending = last.rpartition(".")
        if not stem or last.startswith("."):
            return
        found = Item(told["ETag"], told["Size"], told["LastModified"].replace(microsecond=0))
        if ending == "json":
            self._sidecars[name] = found
        elif ending.lower() in MEDIA_TYPES:
            self._audio[name] = found
            self.newest = max(self.newest, found.modified.timestamp())

    def found(self) -> Iterator[Pair | tuple[Pair, Problem]]:
        """Each recording; with a problem where it can't be one, whatever its metadata say."""
        beside = {name: sidecar_of(name) for name in sorted(self._audio)}
        times = Counter(beside.values())
        for name, sidecar in beside.items():
            pair = Pair(name, self._audio[name], self._sidecars.get(sidecar))
            flaw = _objection(pair, alone=times[sidecar] == 1)
            yield (pair, flaw) if flaw else pair


def _objection(pair: Pair, *, alone: bool) -> Problem | None:
    name = pair.native_id
    if bad_name(name):
        words = f"{printable(name)} has characters in its name that can't be kept: copy it to one with plain letters."
        return pair.problem("name", words)
    if not alone:
        words = f"{name} shares {sidecar_of(name)} with another audio object: keep one of them, or rename it."
        return pair.problem("shared", words)
    if not pair.audio.size:
        return pair.problem("empty", f"{name} is empty: put the whole audio there.")
    if pair.sidecar is None:
        words = f"{name} has no metadata object beside it: add {sidecar_of(name)}."
        return pair.problem("no_metadata", words)
    return None


class WrittenOver(NamedTuple):
    """The name that such a recording had, and its stamp."""

    name: str
    stamp: str


def written_over(native_id: str) -> WrittenOver | None:
    """What such a name says; None for any other."""
    name, *more = native_id.split("\n")
    return WrittenOver(name, more[0]) if len(more) == 2 and names_audio(name) else None


def audio_versions(bucket: Bucket, one: WrittenOver) -> list[tuple[Version, Item]]:
    """What is left of its audio; raises `Unavailable`."""
    return _past(bucket, one.name, parts(one.stamp)[0])


def all_versions(bucket: Bucket, one: WrittenOver) -> list[Version]:
    """What is left of its audio and of the metadata beside it; raises `Unavailable`."""
    beside = _past(bucket, sidecar_of(one.name), parts(one.stamp)[1])
    return [version for version, _ in (*audio_versions(bucket, one), *beside)]


def _past(bucket: Bucket, name: str, identity: str) -> list[tuple[Version, Item]]:
    """Versions of this object that had this identity, but for the one that is shown now."""
    shown, found = bucket.head_or_none(name), list[tuple[Version, Item]]()
    for one in bucket.versions(name) if identity else ():
        if not one.marker and (shown is None or one.id != shown.version):
            with suppress(Absent):
                item = bucket.head(name, one.id)
                found += [(one, item)] if item.identity == identity else []
    return found


@dataclass(slots=True)
class BucketAudio:
    """The audio that was opened, and no other; `behind` a delete marker, or another recording, it is read by its version."""

    bucket: Bucket
    native_id: str
    media_type: str
    size: int
    stamp: str
    opened: Item
    behind: str = ""

    @classmethod
    def open(cls, bucket: Bucket, native_id: str) -> Self:
        """Raises `Absent` or `Unavailable`; it blocks."""
        if (past := written_over(native_id)) is not None:
            for version, one in audio_versions(bucket, past):
                return cls(bucket, past.name, media_type(past.name), one.size, past.stamp, one, version.id)
            raise Absent(native_id)
        try:
            pair, behind = now(bucket, native_id), ""
        except Absent:
            pair = hidden(bucket, native_id)
            behind = pair.audio.version
        return cls(bucket, native_id, media_type(native_id), pair.audio.size, pair.stamp, pair.audio, behind)

    async def read(self, start: int, end: int) -> bytes:
        """Bytes from `start` up to `end`, which may lie past the last; ValueError when it is no range.

        Raises `Absent` once the audio has gone, `Changed` once it was rewritten, `Unavailable`.
        """
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} is no range of bytes")
        return await asyncio.to_thread(self._read, start, min(end, self.size))

    def _read(self, start: int, end: int) -> bytes:
        if start >= end:
            self._same(self.bucket.head(self.native_id, self.behind))
            return b""
        asked = {"IfMatch": self.opened.etag, "Range": f"bytes={start}-{end - 1}"}
        asked |= {"VersionId": self.behind} if self.behind else {}
        told = self.bucket.ask("get_object", self.native_id, **asked)
        found = whole(told["Body"])
        if len(found) != end - start:
            raise Unavailable(f"The bucket sent {len(found):,} bytes where {end - start:,} were asked for.")
        self._same(item(told)._replace(size=self.size))
        return found

    def _same(self, now: Item) -> None:
        # A tag says what the bytes are: the same ones rewritten are another call. Without versions only their time tells.
        if now != (self.opened if not now.version else self.opened._replace(modified=now.modified)):
            raise Changed(self.native_id)


def now(bucket: Bucket, native_id: str) -> Pair:
    """The recording of this name as it is now; raises `Absent` or `Unavailable`."""
    if not names_audio(native_id):
        raise Absent(native_id)
    return Pair(native_id, bucket.head(native_id), bucket.head_or_none(sidecar_of(native_id)))


def hidden(bucket: Bucket, native_id: str) -> Pair:
    """The recording of this name that somebody hid by a delete marker; raises `Absent` or `Unavailable`."""
    audio = bucket.hidden(native_id) if names_audio(native_id) else None
    if audio is None:
        raise Absent(native_id)
    beside = sidecar_of(native_id)
    return Pair(native_id, audio, bucket.head_or_none(beside) or bucket.hidden(beside))
