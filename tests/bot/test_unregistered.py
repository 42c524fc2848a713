"""P4: files in a folder that can't be registered are listed, each under a number, until they are fixed, replaced or
gone.
"""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from bot.commands.checking import unusable_recordings
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from bot.settings.config import read_each_setting
from storage.database.store import Database
from storage.tables.calls import UnregisteredFile
from tests.bot.environment import Environment
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.handlers.builders import POLICY, Clock, Company, a_company
from tests.moments import NOW


@dataclass
class Attic:
    """A folder and its register; what is put there was written long ago."""

    company: Company
    folder: FolderBench

    def __post_init__(self) -> None:
        files = UnregisteredFiles(self.company.door, "file")
        self.sync = RecordingSync(self.company.door, self.folder.recorder, "file", unregistered=files.note)

    def put(self, name: str, audio: bytes = b"odd", *, hours: float = 48.0) -> Path:
        file = self.folder.write(name, audio)
        at = (self.company.clock.now - timedelta(hours=hours)).timestamp()
        os.utime(file, (at, at))
        return file

    async def look(self) -> list[UnregisteredFile]:
        """One look; what is open after it."""
        self.folder.seconds.now += 20.0
        await self.sync.sync()
        return await self.company.database.read(lambda store: store.recordings.unregistered())


@pytest_asyncio.fixture
async def attic(database: Database, tmp_path: Path) -> Attic:
    return Attic(await a_company(database, Clock()), FolderBench(tmp_path / "calls"))


async def test_p4_what_is_known_of_one_is_remembered(attic: Attic) -> None:
    attic.put("a/one.mp3")
    [file] = await attic.look()
    assert (file.native_id, file.why, file.size, file.first_seen) == ("a/one.mp3", "no_metadata", 3, NOW)
    assert file.modified == NOW - timedelta(hours=48)


async def test_p4_a_file_that_is_fixed_is_a_call_and_its_entry_is_over(attic: Attic) -> None:
    attic.put("calls/one.mp3")
    await attic.look()
    attic.folder.put(PLAIN, b"odd")
    assert await attic.look() == []
    [call] = (
        await attic.company.database.read(lambda store: store.recordings.known("file", ["calls/one.mp3"]))
    ).values()
    assert (call.state, call.erase_at is not None) == ("present", True)


async def test_p4_another_file_in_its_place_is_listed_under_a_number_of_its_own(attic: Attic) -> None:
    file = attic.put("one.mp3")
    [first] = await attic.look()
    file.chmod(0o600)
    [same] = await attic.look()
    assert (same.id, same.stamp != first.stamp) == (first.id, True)
    attic.put("one.mp3", b"odd", hours=72)
    [other] = await attic.look()
    assert (other.id != first.id, other.native_id) == (True, "one.mp3")


async def test_p4_what_vanishes_is_over_and_its_name_with_it(attic: Attic) -> None:
    attic.put("a/0412345678.mp3").unlink()
    assert await attic.look() == []
    attic.put("a/0412345678.mp3")
    [file] = await attic.look()
    attic.folder.remove("a/0412345678.mp3")
    assert await attic.look() == []
    found = await attic.company.database.read(lambda store: store.row(UnregisteredFile, file.id))
    assert found is not None
    assert (found.native_id, found.over_at) == ("", NOW)


async def test_p7_check_names_a_call_whose_operators_address_has_a_look_alike_letter(
    attic: Attic, database_url: str, environment: Environment
) -> None:
    past = replace(PLAIN, started=datetime(2026, 1, 1, tzinfo=UTC))  # whatever the hour of the test
    attic.folder.put(replace(past, native_id="one.mp3"))
    for name, odd in {
        "hidden": "br\u00adam@fernhill.example",
        "near": "bram@fernhi11.example",
        "odd": "br\u0430m@fernhill.example",
    }.items():
        attic.folder.put(replace(past, native_id=f"{name}.mp3", operator_email=odd))
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    told = sorted([line.sentence async for line in unusable_recordings(read_each_setting(), POLICY)])
    assert told[0].startswith('hidden.json: "operator.email" isn\'t an e-mail address.')
    assert [one.partition(" in ")[0] for one in told[1:]] == ["near.mp3: “fernhi11.example”", "odd.mp3: “\u0430”"]


async def test_p4_check_names_each_with_its_remedy(attic: Attic, database_url: str, environment: Environment) -> None:
    attic.put("one.mp3")
    environment(DATABASE_URL=database_url, RECORDINGS_URL=f"file://{attic.folder.root}")
    found = [(line.what, line.sentence) async for line in unusable_recordings(read_each_setting(), POLICY)]
    assert found == [("recording", "one.mp3 has no metadata file beside it: add one.json.")]
    for number in range(30):
        attic.put(f"{number}.mp3", bytes([number]))
    lines = [line async for line in unusable_recordings(read_each_setting(), POLICY)]
    assert (len(lines), lines[-1].sentence) == (21, "There are more. Fix these first, then run check again.")
    assert all(line.note and line.works for line in lines)
