"""P12: a recording system that fails, is slow or away, several replicas, and a database that was put back: what is held is kept there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.ports import Unavailable
from bot.retention import mirroring
from bot.retention.mirroring import DAILY, SOON
from handlers import HANDLERS
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


async def test_p12_one_that_fails_keeps_none_of_the_others_back_and_is_tried_later(house: House) -> None:
    names = ["bad", "good", "odd"]
    await house.hold(*[await house.record(one, YOUNG, audio=one.encode()) for one in names])
    house.recorder.failing = {"bad": Unavailable("busy"), "odd": KeyError("odd")}
    with pytest.raises(Unavailable, match="busy"):
        await house.mirroring.tick()
    assert [await house.is_kept(one) for one in names] == [False, True, False]
    for one in ("bad", "odd"):
        await house.record(one, YOUNG, audio=one.encode())  # as it was, since somebody else had deleted it
    house.recorder.failing.clear()
    house.recorder.heard()
    await house.mirroring.tick()
    assert house.recorder.heard() == []
    house.seconds.now += 31
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold bad", "hold odd"]


async def test_p12_one_that_never_answers_keeps_none_of_the_others_back(house: House) -> None:
    await house.hold(*[await house.record(one, YOUNG, audio=one.encode()) for one in ("good", "slow")])
    house.recorder.hanging = {"slow"}
    house.mirroring.answers = 0.05
    with pytest.raises(Unavailable, match="no_answer"):
        await house.mirroring.tick()
    house.recorder.hanging.clear()
    house.seconds.now += 31
    house.recorder.heard()
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold slow"]


async def test_p12_a_system_that_is_away_is_asked_a_few_times_only(house: House) -> None:
    names = [f"call {number:02}" for number in range(12)]
    await house.hold(*[await house.record(one, YOUNG, audio=one.encode()) for one in names])
    house.recorder.outage = Unavailable("down")
    with pytest.raises(Unavailable, match="down"):
        await house.mirroring.tick()
    assert len(house.recorder.heard()) == mirroring.TOGETHER
    house.recorder.outage = None
    for _ in range(2):
        await house.mirroring.tick()
        house.seconds.now += 31
    assert house.recorder.heard() == [f"hold {one}" for one in names]


async def test_p12_while_it_is_away_what_comes_after_letting_go_is_done_all_the_same(house: House) -> None:
    first, second = [await house.record(one, YOUNG, audio=one.encode()) for one in ("one", "two")]
    one = await house.hold(first)
    await house.tick()
    await house.release(one)
    house.recorder.failing = {"one": Unavailable("down")}
    house.company.clock.pass_(days=2)
    await house.mirroring.before(house.erasing.tick)
    assert [(await house.by_id(number)).state for number in (first, second)] == ["closed", "erased"]
    house.recorder.failing.clear()
    house.company.clock.pass_(minutes=15)
    house.seconds.now += 900
    await house.tick()
    assert (await house.by_id(first)).state == "erased"


async def test_p12_a_call_that_is_not_there_is_left_to_the_register(house: House) -> None:
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    house.recorder.lose("one")
    await house.mirroring.tick()
    await house.sync.sync()
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold one"]
    await house.release(one)
    await house.mirroring.tick()
    assert house.recorder.heard() == ["release one"]


async def test_p12_many_are_told_over_several_ticks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirroring, "AT_ONCE", 4)
    names = [f"call {number:02}" for number in range(10)]
    one = await house.hold(*[await house.record(name, YOUNG, audio=name.encode()) for name in names])
    told = []
    for _ in range(3):
        await house.mirroring._hold()
        told.append(len(house.recorder.heard()))
    assert told == [4, 4, 2]
    await house.release(one)
    for _ in range(3):
        await house.mirroring.let_go()
    assert house.recorder.heard() == [f"release {name}" for name in names]


async def test_p12_two_replicas_tell_it_and_it_is_on_record_once(house: House) -> None:
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    other = house.replica()
    await asyncio.gather(house.mirroring.tick(), other.tick())
    await house.release(one)
    await asyncio.gather(house.mirroring.tick(), other.tick())
    assert not await house.is_kept("one")
    rows = await house.company.database.read(lambda store: [row["action"] for row in store.audit.rows()])
    assert [one for one in rows if one.startswith("mirror.")] == ["mirror.held", "mirror.let_go"]


async def test_p12_what_a_replica_asks_for_too_late_is_let_go_once_more(house: House) -> None:
    """Its own look was before the release, and its word came after the other one had let go."""
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    other, begun, go_on = house.replica(), asyncio.Event(), asyncio.Event()
    before = house.recorder.hold

    async def late(native_id: str, case: str) -> None:
        begun.set()
        await go_on.wait()
        await before(native_id, case)

    house.recorder.hold = late  # type: ignore[method-assign]
    slow = asyncio.create_task(house.mirroring._hold())
    await begun.wait()
    await house.release(one)
    await other.tick()
    go_on.set()
    await slow
    assert await house.is_kept("one")
    await other.tick()
    assert not await house.is_kept("one")


async def test_p12_what_the_system_keeps_though_it_was_asked_to_let_go_is_asked_again(house: House) -> None:
    """A program that ended between its word and the record: nobody knows that it is held, but the erasure is refused."""
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    await house.release(one)
    await house.tick()
    await house.recorder.hold("one", one)
    house.company.clock.pass_(days=2)
    await house.erasing.tick()
    erasure = await house.erasure(number)
    assert erasure is not None
    assert erasure.trouble == "held"
    house.company.clock.pass_(minutes=1)
    await house.tick()
    assert (await house.by_id(number)).state == "erased"


async def test_p12_a_restored_database_has_it_kept_anew(house: House, database_url: str) -> None:
    """The recording system was put back as well, or never told: what the database says of it proves nothing."""
    number = await house.record("one", YOUNG)
    one = await house.hold(number)
    await house.mirroring.tick()
    yesterday = await copied(house.company.database)
    await house.release(one)
    await house.mirroring.tick()
    assert house.recorder.heard() == ["hold one", "release one"]
    await put_back(house.company.database, yesterday)
    door = Door(Database(database_url), POLICY, HANDLERS, house.company.clock)
    after = House(Company(door, house.company.clock, house.company.people), house.recorder)
    await after.mirroring.tick()
    assert house.recorder.heard() == ["hold one"]
    assert await house.is_kept("one")
    await after.release(one)
    await after.mirroring.tick()
    assert not await house.is_kept("one")
    await door.database.close()


async def test_p12_once_a_day_everything_is_held_anew_and_sooner_after_a_failure(house: House) -> None:
    await house.hold(await house.record("one", YOUNG))
    await house.mirroring.tick()
    house.recorder.heard()
    for wait, failing, told in (
        (DAILY - 1, False, []),
        (1, True, ["hold one"]),
        (SOON - 1, False, []),
        (1, False, ["hold one"]),
        (SOON, False, []),
        (DAILY - SOON, False, ["hold one"]),
    ):
        house.seconds.now += wait
        house.recorder.failing = {"one": Unavailable("busy")} if failing else {}
        try:
            await house.mirroring.tick()
        except Unavailable:
            assert failing
        assert house.recorder.heard() == told
