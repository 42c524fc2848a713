"""A held call in a bucket on a real server: nobody deletes it until the hold is released, and then nothing of it is left (P12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio
from botocore.exceptions import ClientError

from bot.recorders import open_recorder
from bot.retention.erasing import Erasing
from bot.retention.mirroring import DAILY, Mirroring
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from bot.sealing import Marks
from storage.database.store import Database
from storage.tables.calls import Erasure
from tests.bot.recorders.erasing import SOUND
from tests.bot.recorders.s3_bench import S3Bench
from tests.clocks import Seconds
from tests.erasing import SIGHTED, newest_erasure
from tests.handlers.builders import Clock, Company, a_company
from tests.handlers.holds.acts import hold, release
from tests.moments import NOW
from tests.reconciled import findings
from tests.s3_server import Storage

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("written_when_they_began")]

NAME, BESIDE = "2025/one.mp3", "2025/one.json"
YOUNG = NOW - timedelta(days=364)
_NUMBERS = count()


def address(bench: S3Bench) -> str:
    """As `RECORDINGS_URL` has it."""
    return f"s3://{bench.bucket}/{bench.prefix}?endpoint={bench.place.endpoint}&region=us-east-1"


class Bucket:
    """A company with one call in a bucket, of which there are two versions, and what the clock asks for there."""

    def __init__(self, company: Company, bench: S3Bench) -> None:
        self.company, self.bench, self.seconds = company, bench, Seconds()
        self.recorder = open_recorder(address(bench))
        self.erasing = Erasing(company.door, self.recorder, "s3", Marks(bytes(range(32))))
        self.mirroring = Mirroring(company.door, self.recorder, "s3", self.seconds)
        self.sync = RecordingSync(
            company.door, self.recorder, "s3", self.erasing.returned, UnregisteredFiles(company.door, "s3").note
        )

    def put(self, audio: bytes) -> None:
        self.bench.put(replace(SIGHTED, native_id=NAME, started=YOUNG), audio)

    async def tick(self) -> None:
        await self.sync.sync()
        await self.mirroring.tick()
        await self.mirroring.before(self.erasing.tick)

    async def number(self) -> int:
        return (await self.company.database.read(lambda store: store.recordings.known("s3", [NAME])))[NAME].id

    async def erasure(self, number: int) -> Erasure:
        found = await self.company.database.read(lambda store: newest_erasure(store, number))
        assert found is not None
        return found

    def deletable(self) -> list[str]:
        """The versions that whoever runs the storage can delete for good."""
        return [one["Key"] for one in self.bench.versions() if BESIDE[:-5] in one["Key"] and self._deleted(one)]

    def _deleted(self, one: dict[str, str]) -> bool:
        try:
            self.bench.client.delete_object(Bucket=self.bench.bucket, Key=one["Key"], VersionId=one["VersionId"])
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied"
            return False
        return True


@pytest_asyncio.fixture
async def bucket(sqlite_url: str, storage: Storage, locked_bucket: str) -> AsyncIterator[Bucket]:
    database = Database(sqlite_url)
    bench = S3Bench(storage, locked_bucket, f"mirrored-{next(_NUMBERS)}")
    made = Bucket(await a_company(database, Clock()), bench)
    for audio in (b"a first try", SOUND):
        made.put(audio)
    await made.sync.sync()
    yield made
    assert await findings(database) == []
    await database.close()


async def test_p12_a_held_call_is_deleted_by_nobody_and_after_its_release_nothing_is_left_of_it(bucket: Bucket) -> None:
    company, number = bucket.company, await bucket.number()
    one = (await hold(company, company.helena, [number], until="2026-12-31")).hold
    await bucket.tick()
    assert len(bucket.bench.versions(NAME)) == len(bucket.bench.versions(BESIDE)) == 2
    assert bucket.deletable() == []

    company.clock.pass_(days=2)  # its moment has passed
    await bucket.tick()
    assert (await bucket.erasure(number)).state == "closed"
    assert bucket.deletable() == []

    await release(company, one, company.helena)
    await bucket.tick()
    erasure = await bucket.erasure(number)
    assert (erasure.state, erasure.tries) == ("erased", 0)
    assert bucket.bench.versions(NAME) == bucket.bench.versions(BESIDE) == []


async def test_p12_what_somebody_lifted_and_a_new_version_are_held_within_a_day(bucket: Bucket) -> None:
    company, number = bucket.company, await bucket.number()
    await hold(company, company.helena, [number], until="2026-12-31")
    await bucket.tick()
    bucket.bench.lock(NAME, on=False)
    bucket.put(SOUND[1:])
    bucket.seconds.now += DAILY
    await bucket.tick()
    assert len(bucket.bench.versions(NAME)) == 3
    assert bucket.deletable() == []
