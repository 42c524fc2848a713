"""A folder with files that can't be registered, and its register."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from storage.tables.calls import UnregisteredFile
from tests.bot.recorders.benches import FolderBench
from tests.handlers.builders import Company


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
