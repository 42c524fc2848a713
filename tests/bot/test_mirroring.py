"""P12: what a hold keeps is kept by the recording system as well, from the next tick until the hold's end and no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.recorders.folder import FolderRecorder
from bot.retention.mirroring import Mirroring
from storage.database.store import Database
from tests.handlers.builders import Clock, a_company
from tests.handlers.holds.acts import renew
from tests.mirroring import House, Listening
from tests.moments import NOW
from tests.reconciled import findings

YOUNG = NOW - timedelta(days=364)


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    made = House(await a_company(database, Clock()), Listening())
    yield made
    assert await findings(database) == []


async def test_p12_nobody_deletes_a_held_call_behind_our_back(house: House) -> None:
    number = await house.record("one", YOUNG)
    await house.hold(number)
    await house.mirroring.tick()
    assert await house.is_kept("one")
    assert house.recorder.heard() == ["hold one"]
    await house.mirroring.tick()
    assert house.recorder.heard() == []


@pytest.mark.soak
async def test_p12_a_released_call_past_its_moment_is_erased_with_the_next_tick(house: House) -> None:
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    await house.tick()
    house.company.clock.pass_(days=2)
    await house.tick()
    assert (await house.by_id(number)).state == "closed"
    await house.release(one)
    await house.tick()
    assert (await house.by_id(number)).state == "erased"
    erasure = await house.erasure(number)
    assert erasure is not None
    assert erasure.tries == 0


async def test_p12_a_hold_that_ends_by_itself_lets_its_call_be_erased(house: House) -> None:
    number = await house.record("one", YOUNG)
    await house.hold(number, until="2026-11-30")
    await house.tick()
    house.company.clock.pass_(days=7)
    await house.tick()
    assert house.recorder.heard() == ["hold one", "release one"]
    assert (await house.by_id(number)).state == "erased"


async def test_p12_the_last_hold_of_several_lets_it_go(house: House) -> None:
    number = await house.record("one", YOUNG)
    first, second = [await house.hold(number) for _ in range(2)]
    await house.tick()
    await house.release(first)
    await house.tick()
    assert await house.is_kept("one")
    await house.release(second)
    await house.tick()
    assert not await house.is_kept("one")


async def test_p12_a_renewed_hold_is_told_nothing_new(house: House) -> None:
    one = await house.hold(await house.record("one", YOUNG), until="2026-11-30")
    await house.tick()
    await renew(house.company, one, house.company.helena, "2027-01-30")
    house.company.clock.pass_(days=20)
    await house.tick()
    assert house.recorder.heard() == ["hold one"]


async def test_p12_where_only_our_register_keeps_it_nothing_is_asked(house: House) -> None:
    house.recorder.keeps = False
    one = await house.hold(await house.record("one", YOUNG))
    await house.tick()
    await house.release(one)
    await house.tick()
    assert house.recorder.heard() == []
    [keep] = await house.keeps((await house.call("one")).id)
    assert (keep.mirrored_at, keep.unmirrored_at) == (None, None)


async def test_p12_a_folder_is_asked_nothing(house: House, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object) -> None:
        raise AssertionError("a folder was asked to keep something")

    for name in ("hold", "release"):
        monkeypatch.setattr(FolderRecorder, name, refused)
    await house.hold(await house.record("one", YOUNG))
    await Mirroring(house.company.door, FolderRecorder.at(f"file://{tmp_path}"), "memory", house.seconds).tick()


async def test_p12_calls_of_another_system_are_left_alone(house: House) -> None:
    one = await house.hold(await house.record("one", YOUNG))
    elsewhere = house.replica("s3")
    await elsewhere.tick()
    await house.release(one)
    await elsewhere.tick()
    assert house.recorder.heard() == []
