"""P4: files in a folder that can't be registered are remembered by what they are, and erased as they were shown or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from bot.erasing import Erasing
from bot.marks import Marks
from bot.recording_sync import RecordingSync
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import Draw, EraseFile
from handlers.erasures_ahead.view import mark_of
from handlers.retention.intents import Doomed
from storage.erasure_records import Erasure, UnregisteredFile
from storage.store import Database
from tests.bot.recorders.benches import FolderBench
from tests.handlers.builders import NOW, Clock, Company, a_company
from tests.reconciled import findings

MORNING = NOW + timedelta(days=1)


@dataclass
class Attic:
    """A folder with its register, its erasures, and the journal's lines; what is put there was written long ago."""

    company: Company
    folder: FolderBench
    journal: list[Doomed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.erasing = Erasing(self.company.door, self.folder.recorder, "file", Marks(bytes(32)), self._announce)
        self.sync = RecordingSync(
            self.company.door, self.folder.recorder, "file", self.erasing.returned, self.erasing.unregistered.note
        )

    async def _announce(self, doomed: object) -> None:
        self.journal += doomed  # type: ignore[operator]

    def put(self, name: str, audio: bytes = b"odd", *, hours: float = 48.0) -> Path:
        file = self.folder.write(name, audio)
        at = (self.company.clock.now - timedelta(hours=hours)).timestamp()
        os.utime(file, (at, at))
        return file

    async def look(self) -> list[UnregisteredFile]:
        """One look; what is open after it."""
        self.folder.seconds.now += 20.0
        await self.sync.sync()
        return await self.open()

    async def open(self) -> list[UnregisteredFile]:
        return await self.company.database.read(lambda store: store.unregistered.open("file"))

    async def card(self) -> str:
        self.company.clock.now = MORNING
        await self.company.door.enter(Draw(), CLOCK)
        found = await self.company.database.read(lambda store: store.ahead_cards.current())
        assert found is not None
        return found.id

    async def erase(self, file: UnregisteredFile) -> None:
        """The Head presses Erase."""
        await self.company.door.enter(EraseFile(f"{await self.card()}:{file.id}:{mark_of(file)}"), self.company.helena)

    async def erasures(self) -> list[Erasure]:
        def all_of(store: object) -> list[Erasure]:
            found: list[Erasure] = (
                store.session.query(Erasure).filter(Erasure.file_id.is_not(None)).order_by(Erasure.closed_at).all()  # type: ignore[attr-defined]
            )
            return found

        return await self.company.database.read(all_of)


@pytest_asyncio.fixture
async def attic(database: Database, tmp_path: Path) -> Attic:
    return Attic(await a_company(database, Clock()), FolderBench(tmp_path / "calls"))


async def test_p4_from_the_file_to_the_certificate(attic: Attic) -> None:
    attic.put("a/one.mp3")
    [file] = await attic.look()
    assert (file.native_id, file.why, file.size, file.erasable) == ("a/one.mp3", "no_metadata", 3, True)
    assert file.modified == NOW - timedelta(hours=48)
    await attic.erase(file)
    await attic.look()
    await attic.erasing.tick()
    assert attic.folder.names() == set()
    [erasure] = await attic.erasures()
    assert (erasure.state, erasure.why, len(erasure.native_hash), len(erasure.audio_hash)) == (
        "erased",
        "unregistered",
        64,
        64,
    )
    assert [one.erasure for one in attic.journal] == [erasure.id]
    assert await attic.look() == []
    assert await findings(attic.company.database) == []
