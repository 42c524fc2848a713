"""P12: what a hold keeps is kept by the recording system too, whatever fails, until the hold's end and no longer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.ports import Unavailable
from bot.retention.mirroring import DAILY, LONGEST_WAIT
from handlers.door import Door
from storage.database.store import Database
from tests.handlers.builders import POLICY, Clock, Company, a_company
from tests.mirroring import House, Listening
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import copied, put_back

YOUNG = NOW - timedelta(days=364)


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    made = House(await a_company(database, Clock()), Listening())
    yield made
    assert await findings(database) == []


async def test_p12_no_one_deletes_a_held_call_behind_our_back(house: House) -> None:
    number = await house.record("one", YOUNG)
    await house.hold(number)
    await house.mirroring.tick()
    assert await house.is_kept("one")
    assert house.recorder.heard() == ["hold one"]
    await house.mirroring.tick()
    assert house.recorder.heard() == []


async def test_p12_a_hold_that_ends_by_itself_lets_its_call_be_erased(house: House) -> None:
    number = await house.record("one", YOUNG)
    await house.hold(number, until="2026-11-30")
    await house.tick()
    house.company.clock.pass_(days=7)
    await house.tick()
    assert house.recorder.heard() == ["hold one", "release one"]
    assert (await house.by_id(number)).state == "erased"


async def test_p12_where_only_our_register_keeps_it_nothing_is_asked(house: House) -> None:
    house.recorder.keeps = False
    one = await house.hold(await house.record("one", YOUNG))
    await house.tick()
    await house.release(one)
    await house.tick()
    assert house.recorder.heard() == []
    [keep] = await house.keeps((await house.call("one")).id)
    assert (keep.mirrored_at, keep.unmirrored_at) == (None, None)


async def test_p12_one_that_fails_keeps_none_of_the_others_back_and_is_tried_later(house: House) -> None:
    names = ["bad", "good", "odd"]
    await house.hold(*[await house.record(one, YOUNG, audio=one.encode()) for one in names])
    house.recorder.failing = {"bad": Unavailable("busy"), "odd": KeyError("odd")}
    with pytest.raises(Unavailable, match="busy"):
        await house.mirroring.tick()
    assert [await house.is_kept(one) for one in names] == [False, True, False]
    for one in ("bad", "odd"):
        await house.record(one, YOUNG, audio=one.encode())  # as it was, since another program had deleted it
    house.recorder.failing.clear()
    house.recorder.heard()
    await house.mirroring.tick()
    assert house.recorder.heard() == []
    house.seconds.now += 31
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold bad", "hold odd"]


async def test_p12_two_replicas_tell_it_and_it_is_on_record_once(house: House) -> None:
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    other = house.replica()
    await asyncio.gather(house.mirroring.tick(), other.tick())
    await house.release(one)
    await asyncio.gather(house.mirroring.tick(), other.tick())
    assert not await house.is_kept("one")
    rows = await house.company.database.read(lambda store: [row["action"] for row in store.audit.exported()])
    assert [one for one in rows if one.startswith("mirror.")] == ["mirror.held", "mirror.let_go"]


async def test_p12_a_restored_database_has_it_kept_again(house: House, database_url: str) -> None:
    """The recording system was put back as well, or never told: what the database says of it proves nothing."""
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    await house.mirroring.tick()
    yesterday = await copied(house.company.database)
    await house.release(one)
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold one", "release one"]
    await put_back(house.company.database, yesterday)
    door = Door(Database(database_url), POLICY, house.company.clock)
    after = House(Company(door, house.company.clock, house.company.people), house.recorder)
    await after.mirroring.tick()
    assert house.recorder.heard() == ["hold one"]
    assert await house.is_kept("one")
    await after.release(one)
    await after.mirroring.tick()
    assert not await house.is_kept("one")
    await door.database.close()


async def test_p12_once_a_day_everything_is_held_again_and_sooner_after_a_failure(house: House) -> None:
    await house.hold(await house.record("one", YOUNG))
    await house.mirroring.tick()
    house.recorder.heard()
    for wait, failing, told in (
        (DAILY - 1, False, []),
        (1, True, ["hold one"]),
        (LONGEST_WAIT, False, ["hold one"]),
        (DAILY - 1, False, []),
        (1, False, ["hold one"]),
    ):
        house.seconds.now += wait
        house.recorder.failing = {"one": Unavailable("busy")} if failing else {}
        try:
            await house.mirroring.tick()
        except Unavailable:
            assert failing
        assert house.recorder.heard() == told
