"""A database put back as it was: copies of all rows on both databases, and the program as it starts on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from bot.clockwork.parts import Forgetting
from bot.journal import Journal, Marks, Seal
from bot.proof.journalling import Noting, Patiently
from bot.proof.restoring import Restoring
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from handlers.acting import Actor
from handlers.door import Door
from handlers.sealing import Keys
from storage.database.store import Database
from storage.records import Record
from tests.clocks import Seconds
from tests.erasing import Archive
from tests.handlers.builders import COPIES, POLICY, Clock, Company, meet_everybody
from tests.memory_recorder import MemoryRecorder

MASTER = bytes(range(32))
Rows = dict[str, list[dict[str, Any]]]


async def copied(database: Database) -> Rows:
    """Return every row of every table, as a backup has them."""
    async with database.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for table in Record.metadata.sorted_tables
        }


async def put_back(database: Database, rows: Rows) -> None:
    """Put the database back as it was when these were copied, even while it is open."""
    async with database.writers.begin() as connection:
        for table in Record.metadata.sorted_tables:
            await connection.execute(delete(table))
        for table in Record.metadata.sorted_tables:
            if rows[table.name]:
                await connection.execute(insert(table), rows[table.name])


@dataclass
class Program(Archive):
    """An archive with a journal: one life of the program, from a start to an end."""

    folder: Path = Path()
    key: bytes = MASTER
    seconds: Seconds = field(default_factory=Seconds)

    def __post_init__(self) -> None:
        door, marks = self.company.door, Marks(self.key)
        self.journal = Journal(self.folder, Seal(self.key))
        patiently = Patiently(self.journal)
        self.noting = Noting(door, patiently, self.seconds)
        self.restoring = Restoring(door, patiently, marks)
        self.erasing = Erasing(door, self.recorder, "memory", marks, lambda: self.restoring.erased)
        self.forgetting = Forgetting(door, self.erasing.overwritten)
        self.sync = RecordingSync(
            door, self.recorder, "memory", self.erasing.returned, UnregisteredFiles(door, "memory").note
        )

    async def tick(self) -> None:
        await super().tick()
        await self.noting.note(at_once=True)

    async def leave(self) -> None:
        """Stop cleanly."""
        await self.noting.note(at_once=True)
        await self.company.database.close()

    async def again(self, url: str, **more: Any) -> Program:
        """Start the next life, on whatever the database holds now; it has looked for a restore before anyone is let in."""
        door = Door(Database(url), POLICY, self.company.clock, keys=Keys(MASTER), copies_at=COPIES)
        company = Company(door, self.company.clock, self.company.people, self.company.calls)
        begun = Program(company, self.recorder, **{"folder": self.folder, "key": self.key, **more})
        await begun.restoring.compare_once()
        return begun

    def lines(self, kind: str = "") -> list[dict[str, Any]]:
        """Return what is in the journal, of one kind or of all."""
        told = (
            [json.loads(line) for line in self.journal.file.read_text().splitlines()]
            if self.journal.file.exists()
            else []
        )
        return [one for one in told if kind in ("", one["kind"])]


async def a_program(database: Database, folder: Path) -> Program:
    """A company with everyone and no calls yet; it has looked for a restore, and lets people in."""
    clock = Clock()
    door = Door(database, POLICY, clock, keys=Keys(MASTER), copies_at=COPIES)
    people: dict[str, Actor] = await meet_everybody(door)
    program = Program(Company(door, clock, people), MemoryRecorder(), folder=folder)
    assert await program.restoring.compare_once()
    return program
