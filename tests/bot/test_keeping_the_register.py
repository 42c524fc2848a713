"""The register of a folder follows it by changes: nothing is lost, told twice or read for nothing, whatever fails on the way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.ports import Unavailable
from bot.retention.recording_sync import RecordingSync
from handlers import recordings
from handlers.acting import Context, Result
from storage.database.store import Database
from tests.bot.recorders.benches import PLAIN, FolderBench
from tests.handlers.builders import Clock, Company, a_company

A_TICK, AN_HOUR = 20.0, 3600.0


SOUND = recordings.register_calls.do


class Failing:
    """The store's handler of what was found; it may fail, and it knows what was told."""

    def __init__(self) -> None:
        self.whole: Exception | None = None
        self.of = ""
        self.told: list[str] = []

    def __call__(self, ctx: Context, **given: Any) -> Result[Any]:
        names = [*(row["native_id"] for row in given["shown"]), *given["missing"]]
        if self.whole is not None:
            raise self.whole
        if self.of in names:
            raise OverflowError
        self.told += names
        return SOUND(ctx, **given)


@pytest.fixture
def failing() -> Failing:
    return Failing()


@pytest_asyncio.fixture
async def company(database: Database, failing: Failing, monkeypatch: pytest.MonkeyPatch) -> Company:
    company = await a_company(database, Clock())
    monkeypatch.setattr(recordings.register_calls, "do", failing)
    return company


@pytest.fixture
def folder(tmp_path: Path) -> FolderBench:
    return FolderBench(tmp_path / "calls")


@pytest.fixture
def keeper(company: Company, folder: FolderBench) -> RecordingSync:
    return RecordingSync(company.door, folder.recorder, "folder")


def put(folder: FolderBench, *names: str, crm: str = "CS-1") -> None:
    for name in names:
        folder.put(replace(PLAIN, native_id=name, crm=crm))


async def tick(keeper: RecordingSync, folder: FolderBench, seconds: float = A_TICK) -> int:
    folder.seconds.now += seconds
    return await keeper.sync()


async def settled(keeper: RecordingSync, folder: FolderBench, failing: Failing) -> None:
    for seconds in (A_TICK, A_TICK, AN_HOUR, A_TICK, A_TICK):
        await tick(keeper, folder, seconds)
    assert await tick(keeper, folder) == 0
    failing.told.clear()


async def held(keeper: RecordingSync) -> dict[str, str]:
    def work(store: Any) -> dict[str, str]:
        found: dict[str, str] = store.recordings.within("folder", store.recordings.folders("folder"))
        return found

    return await keeper.door.database.read(work)


async def test_a_call_that_can_not_be_stored_is_tried_with_each_tick(
    keeper: RecordingSync, folder: FolderBench, failing: Failing
) -> None:
    """Also when it is gone, and also long after."""
    put(folder, "a/one.mp3", "a/two.mp3", "b/three.mp3")
    await settled(keeper, folder, failing)
    put(folder, "a/one.mp3", crm="CS-2")
    failing.of = "a/one.mp3"
    for seconds in (A_TICK, AN_HOUR, AN_HOUR, A_TICK):
        await tick(keeper, folder, seconds)
    assert failing.told == []
    folder.take("b/three.mp3")
    (folder.root / "b").rmdir()
    failing.of = "b/three.mp3"
    await tick(keeper, folder)
    assert failing.told == ["a/one.mp3"]
    failing.of = ""
    await tick(keeper, folder, AN_HOUR)
    assert await tick(keeper, folder) == 0
    assert failing.told == ["a/one.mp3", "b/three.mp3"]


async def test_an_outage_leaves_the_register_and_the_next_look_as_they_were(
    keeper: RecordingSync, folder: FolderBench, failing: Failing
) -> None:
    put(folder, "a/one.mp3", "a/two.mp3")
    await settled(keeper, folder, failing)
    folder.cut_off()
    with pytest.raises(Unavailable):
        await tick(keeper, folder)
    folder.reconnect()
    put(folder, "a/three.mp3")
    assert await tick(keeper, folder) == 1
    assert len(await held(keeper)) == 3
