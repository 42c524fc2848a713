"""One process of the program in the years: the door, the clock's work on the real folder, and the journal, at moments
that it is given.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.clockwork.parts import Forgetting
from bot.clockwork.ticks import Ticks
from bot.journal import NAME, Journal, Marks, Seal
from bot.measures import TICK_FAULTS
from bot.proof.journalling import Noting, Patiently, read_for_verification
from bot.proof.restoring import Restoring
from bot.proof.verification import verify_log
from bot.recorders.folder import FolderRecorder
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync
from handlers.acting import Actor
from handlers.door import Door
from handlers.sealing import Keys
from storage.database.store import Database
from tests.handlers.builders import POLICY, Clock
from tests.years.presses import pressed
from tests.years.town import Call, Event

MASTER = bytes(range(32))


async def verified(database: Database, folder: Path) -> list[str]:
    """Return what `audit verify` finds: the log, every protected row, and the journal beside the calls."""
    outside = read_for_verification(folder / "journal" / NAME, Seal(MASTER))
    return (await verify_log(database, outside, keys=Keys(MASTER))).faults


@dataclass(frozen=True, slots=True)
class Where:
    """Where a process works: in which database and which folder, who is who there, and which calls there will be."""

    database_url: str
    folder: Path
    people: dict[str, Actor]
    town: tuple[Call, ...]

    @property
    def calls(self) -> Path:
        """The folder of recordings."""
        return self.folder / "calls"


class Steward:
    """It looks for a restore before it does anything; `reach` is called at each boundary at which it may die."""

    def __init__(self, where: Where, reach: Callable[[str], None] = lambda _: None) -> None:
        self.where, self.clock = where, Clock()
        self.database = Database(where.database_url)
        self.door = Door(self.database, POLICY, self.clock, keys=Keys(MASTER))
        journal, marks = Journal(where.folder / "journal", Seal(MASTER), make=True), Marks(MASTER)
        patiently = Patiently(journal)
        self.restoring, self.noting = (
            Restoring(self.door, patiently, marks),
            Noting(self.door, patiently, self._seconds),
        )
        self.recorder = Reached(where.calls, reach, self._seconds)
        self.erasing = Erasing(self.door, self.recorder, "file", marks, lambda: self.restoring.erased)
        sync = RecordingSync(self.door, self.recorder, "file", self.erasing.returned)
        forgetting = Forgetting(self.door, self.erasing.overwritten)
        more: dict[str, Callable[[], Awaitable[object]]] = {
            "words": forgetting.tick,
            "erasures": self.erasing.tick,
            "journal": self.noting.note,
        }
        self.ticks = Ticks(self.door, sync, {}, self._seconds, more=more)
        self._began = False
        self._faults = _faults()

    async def at(self, moment: datetime, events: Sequence[Event] = ()) -> int:
        """Do all that is pressed and due at this moment; return how many faults of ours there were so far."""
        self.clock.now = moment
        if not self._began:
            assert await self.restoring.compare_once(), self.restoring.state
            assert not self.restoring.found, "a crash is never taken for a restore"
            self._began = True
        for one in events:
            await pressed(self.door, self.where.people, self.where.town[one.call], one)
        await self.ticks.tick()
        return _faults() - self._faults

    async def close(self) -> None:
        await self.database.close()

    def _seconds(self) -> float:
        return self.clock.now.timestamp()


ASKED = "asked"
"""A file beside the calls that says which of them it was asked to delete."""


class Reached(FolderRecorder):
    """A folder that says what it is asked to do, before and after."""

    def __init__(self, root: Path, reach: Callable[[str], None], seconds: Callable[[], float]) -> None:
        super().__init__(root, seconds=seconds)
        self.reach, self.asked = reach, root.with_name(ASKED)

    async def delete(self, native_id: str, stamp: str) -> None:
        self.reach("before delete")
        there = (Path(self._root) / native_id).exists()
        with self.asked.open("a") as asked:
            asked.write(f"{native_id} {there}\n")
        await super().delete(native_id, stamp)
        self.reach("after delete")


def _faults() -> int:
    samples = [one for metric in TICK_FAULTS.collect() for one in metric.samples if one.name.endswith("_total")]
    return int(sum(one.value for one in samples))
