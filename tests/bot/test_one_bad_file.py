"""One file that can't be read: every other call is registered, and what changed about it is seen (A2)."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clockwork.ticks import Ticks
from bot.ports import Audio
from bot.recorders.folder import FolderRecorder
from bot.retention.recording_sync import RecordingSync
from storage.database.store import Database
from storage.records import Recording
from tests.bot.recorders.bad_sectors import on_a_bad_sector
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company, approved, ask
from tests.moments import NOW

ONE, TWO, THREE = (f"calls/{one}.mp3" for one in ("one", "two", "three"))


class Faulty(FolderRecorder):
    """Has a fault of its own with one recording."""

    of = ""

    async def audio(self, native_id: str) -> Any:
        if native_id == self.of:
            raise RuntimeError
        opened: Audio = await super().audio(native_id)
        return opened


class House:
    """A company whose recordings are files, looked at by the clock."""

    def __init__(self, company: Company, root: Path) -> None:
        self.company, self.folder, self.seconds = company, FolderBench(root), Seconds()
        self.recorder = Faulty(root, seconds=self.seconds)
        register = RecordingSync(company.door, self.recorder, "folder")
        self.ticks = Ticks(company.door, register, {}, self.seconds)

    def put(self, *names: str, audio: bytes = b"some audio") -> None:
        for name in names:
            self.folder.put(replace(PLAIN, native_id=name, started=NOW), audio)

    async def look(self, part: str = "recordings", times: int = 3) -> None:
        for _ in range(times):
            self.seconds.now += 4000.0
            self.company.clock.pass_(minutes=5)
            await self.ticks.part(part)

    async def calls(self) -> dict[str, int]:
        rows = await self.company.database.read(
            lambda store: store.session.query(Recording).filter_by(system="folder").all()
        )
        return {one.native_id: one.id for one in rows}

    async def given(self) -> list[str]:
        """Somebody may hear each of the calls, and each is known by its content."""
        requests = [await approved(self.company, calls=[one]) for one in (await self.calls()).values()]
        await self.look("asked for")
        return requests

    async def ended(self, requests: list[str]) -> list[str]:
        return await self.company.database.read(lambda store: [_why(store.grants.of(one)) for one in requests])


def _why(grant: Any) -> str:
    return str(grant.ended_why or "")


@pytest_asyncio.fixture
async def house(database: Database, tmp_path: Path) -> House:
    return House(await a_company(database, Clock()), tmp_path / "calls")


async def test_a2_metadata_that_can_not_be_read_keep_no_other_call_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the program say for ever that calls are still being read."""
    house.put(ONE, TWO, THREE)
    with on_a_bad_sector(monkeypatch, "calls/one.json"):
        await house.look()
    assert (await house.calls()).keys() == {TWO, THREE}
    assert house.ticks.register.read
    assert house.ticks.register.problems.keys() == {ONE}
    await house.look()
    assert (await house.calls()).keys() == {ONE, TWO, THREE}


@pytest.mark.parametrize("ours", [False, True])
async def test_a2_p7_what_changed_beside_a_call_that_can_not_be_read_ends_its_access(
    house: House, monkeypatch: pytest.MonkeyPatch, logs: list[MutableMapping[str, Any]], ours: bool
) -> None:
    """Whether the disk fails, or we do; and the one that could not be read is looked at again."""
    house.put(ONE, TWO)
    await house.look()
    requests = await house.given()
    house.put(ONE, TWO, audio=b"another call")
    house.put(THREE)
    house.recorder.of = ONE if ours else ""
    with on_a_bad_sector(monkeypatch, *([] if ours else [ONE])):
        await house.look()
        assert await house.ended(requests) == ["", "call_changed"]
    assert len(await house.calls()) == 3
    assert any(one["event"] == "register.fault" for one in logs) == ours
    house.recorder.of = ""
    await house.look()
    assert await house.ended(requests) == ["call_changed", "call_changed"]


async def test_a2_one_call_that_can_not_be_read_keeps_no_other_from_being_known_by_its_content(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"calls/{one:02}.mp3" for one in range(20)]
    house.put(*names)
    await house.look()
    calls = [*(await house.calls()).values()]
    for start in range(0, 20, 5):
        await ask(house.company, house.company.anna, calls=calls[start : start + 5], crm=f"CS-{start}")
    house.recorder.of = names[0]
    with on_a_bad_sector(monkeypatch, names[1]):
        await house.look("asked for")
    rows = await house.company.database.read(lambda store: store.recordings.known("folder", names))
    assert sorted(name for name, one in rows.items() if not one.identity) == names[:2]
