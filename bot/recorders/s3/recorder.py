"""The recorder of a bucket: what it shows, hands out, deletes, looks for and keeps there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Self

from bot.ports import (
    NOTHING,
    Capabilities,
    Gone,
    Hears,
    Known,
    Looked,
    Problem,
    Sighting,
    Sought,
    Support,
    hear_nothing,
)
from bot.recorders import sidecar
from bot.recorders.no_live_calls import NoLiveCalls
from bot.recorders.s3.address import Place
from bot.recorders.s3.asking import Bucket
from bot.recorders.s3.audio import BucketAudio
from bot.recorders.s3.checking import check_bucket, retained
from bot.recorders.s3.deleting import delete_recording
from bot.recorders.s3.holding import hold_recording, release_recording
from bot.recorders.s3.looking import Cursor, Look
from bot.recorders.s3.remains import remains

HOW = "Every version and every delete marker of the audio, and of the metadata beside it where there was one, was deleted from the bucket."
UNSEEN = (
    "Copies outside this part of the bucket, in its replicas and backups and in other buckets, copies that were converted or "
    "cut, names in the storage's own access logs and inventories, and what its disks still hold until that is written over."
)


class BucketRecorder(NoLiveCalls):
    """Reads `x.mp3` (or .wav, .ogg, .flac, .m4a) with `x.json` beside it, below a prefix in a bucket.

    A recording's native id is its audio's name below that prefix. Names that begin with a dot are passed over. A listing is
    read folder by folder, each as a whole. `seconds` counts and never goes back, `now` is aware, and `page` is how much a
    listing tells at once. `hears` is told of each answer of the storage: by which host, and its headers.
    """

    def __init__(
        self, place: Place, departments: Collection[str] = sidecar.DEPARTMENTS,
        seconds: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = lambda: datetime.now(UTC), page: int = 1000,
        hears: Hears = hear_nothing,
    ) -> None:  # fmt: skip
        self.bucket = Bucket(place, seconds, now, page, hears)
        self._departments, self._seconds = departments, seconds

    @classmethod
    def at(cls, url: str, hears: Hears = hear_nothing) -> Self:
        """The bucket at `s3://bucket/prefix`; else ValueError."""
        return cls(Place.at(url), hears=hears)

    async def changes(
        self, known: Known, since: object = None, watched: Mapping[str, str] = NOTHING
    ) -> AsyncIterator[Sighting | Problem | Gone | Looked]:
        """See `Recorder.changes`. Unchanged objects are listed, not opened."""
        await asyncio.to_thread(self.bucket.facts)
        before = since if isinstance(since, Cursor) else Cursor()
        look = Look(self.bucket, before, self._seconds, self._departments)
        async for finding in look.findings(known, watched):
            yield finding
        yield Looked(look.cursor())

    async def audio(self, native_id: str) -> BucketAudio:
        return await asyncio.to_thread(BucketAudio.open, self.bucket, native_id)

    def capabilities(self) -> Capabilities:
        """See `Recorder.capabilities`. Of a bucket that was never asked the least is said."""
        facts = self.bucket.known_facts
        hold: Support = "native" if facts.locks else "emulated"
        return Capabilities("native", hold, HOW + retained(facts.days, facts.mode), UNSEEN, days=facts.days)

    async def delete(self, native_id: str, stamp: str) -> None:
        await asyncio.to_thread(delete_recording, self.bucket, native_id, stamp)

    async def look(self, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        """See `Recorder.look`. Reads every version's name below the prefix, and only versions as long as one that is sought."""
        return await remains(self.bucket, sought)

    async def hold(self, native_id: str, case: str) -> None:
        """See `Recorder.hold`. Without Object Lock it only says whether the recording is there to be kept."""
        await asyncio.to_thread(hold_recording, self.bucket, native_id, case)

    async def release(self, native_id: str, case: str) -> None:
        await asyncio.to_thread(release_recording, self.bucket, native_id, case)

    async def check(self) -> str:
        return await check_bucket(self.bucket)
