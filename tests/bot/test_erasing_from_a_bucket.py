"""A call in a bucket on a real server: asked for, heard, past its moment, and certified only once nothing of it is left (P12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest
import pytest_asyncio

from bot.journal import Marks
from bot.recorders import open_recorder
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from handlers.cards import Card
from handlers.listening import open_hearing
from handlers.retention.erasing import certificate_page
from storage.database.store import Database
from storage.records import Recording
from storage.tables.calls import Erasure
from tests.bot.recorders.erasing import SOUND
from tests.bot.recorders.s3_bench import S3Bench
from tests.bot.recorders.s3_gateway import Gateway
from tests.erasing import SIGHTED, newest_erasure
from tests.handlers.builders import Clock, Company, a_company, ask
from tests.handlers.reading import lines, looking
from tests.moments import NOW
from tests.reconciled import findings
from tests.s3_server import Storage

pytestmark = [pytest.mark.soak, pytest.mark.usefixtures("written_when_they_began")]

NAME = "2026/one.mp3"
MOMENT = NOW + timedelta(days=365)
LATER = timedelta(minutes=90)
_NUMBERS = count()


class Archive:
    """A company whose calls are in a bucket, behind a gateway, and what erases them."""

    def __init__(self, company: Company, gateway: Gateway, bench: S3Bench) -> None:
        self.company, self.gateway, self.bench = company, gateway, bench
        address = f"s3://{bench.bucket}/{bench.prefix}?endpoint={gateway.endpoint}&region=us-east-1"
        self.recorder = open_recorder(address)
        self.erasing = Erasing(company.door, self.recorder, "s3", Marks(bytes(range(32))))
        self.sync = RecordingSync(
            company.door, self.recorder, "s3", self.erasing.returned, UnregisteredFiles(company.door, "s3").note
        )

    async def tick(self, at: datetime) -> Erasure:
        """What the clock asks for at a moment, and how the erasure stands then."""
        self.company.clock.now = at
        await self.sync.sync()
        await self.erasing.tick()
        found = await self.company.database.read(lambda store: newest_erasure(store, self.number))
        assert found is not None
        return found

    async def begin(self) -> None:
        """Two versions of one call, and another that stays."""
        sighted = replace(SIGHTED, native_id=NAME, started=NOW, duration=60.0)
        self.bench.put(sighted, b"a first try")
        self.bench.put(sighted, SOUND)
        self.bench.put(replace(sighted, native_id="2026/young.mp3", started=NOW + timedelta(days=300)), SOUND[1:])
        await self.sync.sync()
        self.number = (await self.rows())[NAME].id

    async def rows(self) -> dict[str, Recording]:
        names = [NAME, "2026/young.mp3"]
        return dict(await self.company.database.read(lambda store: store.recordings.known("s3", names)))


@pytest_asyncio.fixture
async def archive(sqlite_url: str, storage: Storage, locked_bucket: str, gateway: Gateway) -> AsyncIterator[Archive]:
    database = Database(sqlite_url)
    bench = S3Bench(storage, locked_bucket, f"erased {next(_NUMBERS)}".replace(" ", "-"))
    made = Archive(await a_company(database, Clock()), gateway, bench)
    await made.begin()
    yield made
    assert await findings(database) == []
    await database.close()


async def certified(archive: Archive, erasure: Erasure) -> str:
    page = await looking(archive.company, archive.company.helena, lambda ctx: certificate_page(ctx, erasure.id))
    return "\n".join(lines(Card(page.parts, "")))


async def test_p7_p12_from_a_request_to_a_certificate(archive: Archive) -> None:
    company = archive.company
    request = await ask(company, company.anna, calls=[archive.number])
    await company.door.enter(deciding.approve_request(request), company.tara)
    opened = await company.door.enter(
        listening.exchange_code(await company.door.enter(listening.make_listen_code(request), company.anna)), WEB
    )
    heard = await looking(
        company, company.anna, lambda ctx: open_hearing(ctx, opened.grant, opened.secret).recording(archive.number)
    )
    audio = await archive.recorder.audio(heard.native_id)
    assert sha256(await audio.read(0, audio.size)).digest() == sha256(SOUND).digest()

    assert (await archive.tick(MOMENT)).state == "erased"
    erasure = await archive.tick(MOMENT + LATER)
    told = await certified(archive, erasure)
    assert "How: Every version and every delete marker of the audio" in told
    assert "What could not be seen: Copies outside this part of the bucket" in told
    assert archive.bench.names() == {"2026/young.mp3", "2026/young.json"}
    assert (await archive.rows()).keys() == {"2026/young.mp3"}


async def test_p12_a_call_that_was_written_over_is_erased_at_its_own_moment_and_certified(archive: Archive) -> None:
    """Its version stays until then, and the new call after it."""
    began = archive.company.clock.now = NOW + timedelta(days=100)
    archive.bench.put(replace(SIGHTED, native_id=NAME, started=began, duration=60.0), SOUND[1:])
    await archive.sync.sync()
    new = (await archive.rows())[NAME]
    assert new.id != archive.number
    erasure = await archive.tick(MOMENT)
    assert (erasure.state, erasure.moment) == ("erased", MOMENT)
    assert "Its time was over" in await certified(archive, erasure)
    assert "one.mp3" in " ".join(archive.bench.names())
    assert sha256(SOUND).hexdigest() not in {
        sha256(
            archive.bench.client.get_object(Bucket=archive.bench.bucket, Key=one["Key"], VersionId=one["VersionId"])[
                "Body"
            ].read()
        ).hexdigest()
        for one in archive.bench.versions(NAME)
    }
    audio = await archive.recorder.audio(NAME)
    assert await audio.read(0, audio.size) == SOUND[1:]


@pytest.mark.parametrize("certified_before", [True, False])
async def test_p12_a_call_stored_under_the_name_of_an_erased_one_is_a_call_of_its_own(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, certified_before: bool
) -> None:
    """It comes after the certificate, or between the deletion and the look, so that there is none."""
    began = MOMENT + LATER if certified_before else MOMENT - timedelta(minutes=2)
    delete = archive.recorder.delete

    def put() -> None:
        archive.bench.put(replace(SIGHTED, native_id=NAME, started=began, duration=60.0), SOUND[2:])

    async def delete_and_put(native_id: str, stamp: str) -> None:
        await delete(native_id, stamp)
        put()

    if not certified_before:
        monkeypatch.setattr(archive.recorder, "delete", delete_and_put)
    assert (await archive.tick(MOMENT)).state == ("erased" if certified_before else "asked")
    monkeypatch.undo()
    if certified_before:
        put()
    erasure = await archive.tick(MOMENT + LATER)
    assert erasure.state == ("erased" if certified_before else "vanished")
    new = (await archive.rows())[NAME]
    assert (new.id != archive.number, new.state, new.started) == (True, "present", began)
    audio = await archive.recorder.audio(NAME)
    assert await audio.read(0, audio.size) == SOUND[2:]
