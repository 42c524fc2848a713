"""P12: a day with unusually many erasures stops; what stopped stays closed, and is not erased until two people agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.acting import CLOCK
from handlers.retention.intents import Ask, Close
from handlers.stopped_runs.intents import Stop
from storage.database.store import Store
from tests.erasing import SIGHTED, Archive
from tests.handlers.holds import acts
from tests.handlers.stopped_runs.acts import EVENING, MOMENT, agree, runs, states, stopped, three, told, two_a_day
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak


async def test_p12_a_day_that_is_unusual_is_erased_in_no_part_until_two_agree(archive: Archive) -> None:
    company, calls = archive.company, await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    run = await stopped(archive)
    assert (run.number, run.lines, run.before, run.register, run.usual) == (
        3,
        {"+442036953777": 1, "+61281979000": 2},
        0,
        3,
        0,
    )
    assert (run.day, run.oldest, run.newest) == ("2027-11-24", NOW, NOW + timedelta(hours=2))
    assert (await states(archive), archive.announced) == (["closed", "closed"], [])
    # What comes to its moment later that day was counted, so it waits as well.
    archive.until(EVENING)
    await archive.tick()
    assert (await states(archive), len(await runs(archive))) == (["closed"] * 3, 1)
    await agree(archive, run.id, company.helena)
    await archive.tick()
    assert archive.announced == []
    await agree(archive, run.id, company.ruth)
    await archive.tick()
    assert await states(archive) == ["erased"] * 3
    assert [(await archive.by_id(one)).state for one in calls] == ["erased"] * 3
    assert await findings(company.database) == []


async def test_p12_what_waits_for_two_people_is_not_late_and_what_goes_on_has_its_hour(archive: Archive) -> None:
    company, _ = archive.company, await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    archive.until(MOMENT, days=2)
    await archive.tick()
    assert await told(archive, company.helena) == []
    await agree(archive, (await stopped(archive)).id, company.ruth, company.helena)

    def late(store: Store) -> int:
        now = company.clock.now
        return sum(store.erasures.late(now - timedelta(minutes=60), now))

    assert await company.database.read(late) == 0
    company.clock.pass_(minutes=61)
    assert await company.database.read(late) == 3


async def test_p12_what_was_not_counted_is_judged_by_itself(archive: Archive) -> None:
    """An agreement is for what the two people read: calls that are registered afterwards stop again, and alone."""
    company, _ = archive.company, await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    first = await stopped(archive)
    await agree(archive, first.id, company.helena, company.ruth)
    await archive.tick()
    old = [await archive.record(f"old-{day}", NOW - timedelta(days=day), audio=b"%d" % day) for day in (1, 2, 3)]
    await archive.tick()
    _, second = await runs(archive)
    # The one in the evening belongs to the first and counts no more.
    assert (second.number, second.before) == (3, 0)
    assert [(await archive.by_id(one)).state for one in old] == ["closed"] * 3
    archive.until(EVENING)
    await archive.tick()
    assert sorted(await states(archive)) == ["closed"] * 3 + ["erased"] * 3
    assert await findings(company.database) == []


async def test_p12_a_hold_that_ends_later_that_day_was_not_agreed_to(archive: Archive) -> None:
    company, calls = archive.company, await three(archive)
    held = [await archive.record(f"held-{number}", audio=b"held %d" % number) for number in (1, 2, 3)]

    archive.until(MOMENT, days=-1)
    one = await acts.hold(company, company.helena, held, until="2027-12-20")
    archive.until(MOMENT)
    await archive.tick()
    first = await stopped(archive)
    await agree(archive, first.id, company.helena, company.ruth)
    archive.until(MOMENT, hours=1)
    await acts.release(company, one.hold, company.helena)
    await archive.tick()
    _, second = await runs(archive)
    assert (first.number, second.number) == (3, 3)
    assert [(await archive.by_id(one)).state for one in (*calls[:2], *held)] == ["erased"] * 2 + ["closed"] * 3


@pytest.mark.by_hand
async def test_p12_a_day_as_the_days_before_goes_on(archive: Archive) -> None:
    """Three a day are usual here, and few beside the register."""
    calls = await three(archive)
    archive.until(NOW, days=2)
    for number in range(20):
        archive.recorder.keep(replace(SIGHTED, native_id=f"young-{number}", started=NOW + timedelta(days=1)), b"young")
    await archive.sync.sync()
    archive.until(MOMENT)
    await two_a_day(archive, 16)
    await archive.tick()
    assert await runs(archive) == []
    assert [(await archive.by_id(one)).state for one in calls] == ["erased", "erased", "present"]


async def test_p12_more_than_was_judged_is_not_asked_for(archive: Archive) -> None:
    """Another replica closed more between the look and the question."""
    company, call = archive.company, await archive.record("one")
    archive.until(MOMENT)
    await company.door.enter(Close(call), CLOCK)
    [due] = await company.database.read(lambda store: store.erasures.due("memory", MOMENT, 9))
    assert await company.door.enter(Ask((due,), 0), CLOCK) == frozenset()
    assert await company.door.enter(Ask((due,), 1), CLOCK) == {due}


async def test_p12_two_replicas_make_one_run(archive: Archive) -> None:
    company, _ = archive.company, await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    assert await company.door.enter(Stop(), CLOCK) is False
    assert len(await runs(archive)) == 1
