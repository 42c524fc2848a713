"""One recording's audio in a bucket, asked for anew with each read, so that neither an erased one nor another one is heard."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, Self

from bot.ports import Absent, Changed, Unavailable
from bot.recorders.s3.asking import Bucket, Item, Version, item, names_audio, whole
from bot.recorders.s3.listing import Pair
from bot.recorders.sidecar import parts
from bot.recorders.tree import media_type, sidecar_of


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

        Raises `Absent` once the audio has gone, `Changed` once it was written anew, `Unavailable`.
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
        # A tag says what the bytes are: the same ones written anew are another call. Without versions only their time tells.
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
