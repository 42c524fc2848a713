"""A company whose calls reach their time: the recording system is in memory, and the clock asks for erasures as in the
program.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.journal import Marks
from bot.ports import Sighting
from bot.retention.erasing import Erasing
from bot.retention.recording_sync import RecordingSync, UnregisteredFiles
from storage.database.store import Store
from storage.records import Recording
from storage.tables.calls import Erasure, Keep
from tests.handlers.builders import AU, Company, email
from tests.memory_recorder import MemoryRecorder
from tests.moments import NOW

SIGHTED = Sighting(
    native_id="", line=AU, direction="incoming", caller="+61412345678", operator_name="Bram Tolliver",
    operator_email=email("Bram Tolliver"), department="customer_success", started=NOW, duration=60.0, crm="CS-10442",
    media_type="audio/mpeg", size=0, stamp="",
)  # fmt: skip


def newest_erasure(store: Store, recording: int) -> Erasure | None:
    """Return the newest erasure of a call; None if its time hasn't come."""
    mine = select(Erasure).where(Erasure.recording_id == recording)
    return store.session.scalars(mine.order_by(Erasure.closed_at.desc(), Erasure.id.desc()).limit(1)).first()


@dataclass
class Archive:
    """A company, its recording system, and what erases."""

    company: Company
    recorder: MemoryRecorder = field(default_factory=MemoryRecorder)

    def __post_init__(self) -> None:
        self.erasing = Erasing(
            self.company.door, self.recorder, "memory", Marks(bytes(range(32))), seconds=self.company.seconds
        )
        self.sync = RecordingSync(
            self.company.door, self.recorder, "memory", self.erasing.returned,
            UnregisteredFiles(self.company.door, "memory").note,
        )  # fmt: skip

    async def record(self, name: str, started: datetime = NOW, *, audio: bytes = b"audio", **facts: Any) -> int:
        """Put a call into the recording system, and let the register see it; return its number there."""
        self.recorder.keep(replace(SIGHTED, native_id=name, started=started, **facts), audio)
        await self.sync.sync()
        return (await self.call(name)).id

    async def tick(self) -> None:
        await self.sync.sync()
        await self.erasing.tick()

    async def call(self, name: str) -> Recording:
        rows = await self.company.database.read(lambda store: store.recordings.known("memory", [name]))
        return rows[name]

    async def by_id(self, number: int) -> Recording:
        found = await self.company.database.read(lambda store: store.recordings.get(number))
        assert found is not None
        return found

    async def erasure(self, number: int) -> Erasure | None:
        return await self.company.database.read(lambda store: newest_erasure(store, number))

    async def the_erasure(self, number: int) -> Erasure:
        """Return the newest erasure of a call that has one."""
        found = await self.erasure(number)
        assert found is not None
        return found

    async def keeps(self, number: int) -> list[Keep]:
        return await self.company.database.read(lambda store: store.erasures.keeps_of(number))

    def until(self, moment: datetime, **span: float) -> None:
        """Set the company's clock to a moment, and so much after it."""
        self.company.clock.now = moment + timedelta(**span)
