"""A folder with files that can't be registered: its register, its erasures, the journal's lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.marks import Marks
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import Draw, EraseFile
from handlers.erasures_ahead.view import mark_of
from handlers.retention.intents import Doomed
from storage.tables.erasures import Erasure, UnregisteredFile
from tests.bot.recorders.benches import FolderBench
from tests.erasing import unsaid
from tests.handlers.builders import Company
from tests.moments import NOW

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
        self.erasing = Erasing(
            self.company.door, self.folder.recorder, "file", Marks(bytes(32)), self._announce, unsaid
        )
        self.sync = RecordingSync(
            self.company.door, self.folder.recorder, "file", self.erasing.returned, self.erasing.unregistered.note
        )

    async def _announce(self, doomed: Sequence[Doomed]) -> None:
        self.journal += doomed

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
