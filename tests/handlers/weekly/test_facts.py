"""What a weekly card counts, and how each of it stands in Details: one by one where there are forty at most, else by kind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.ports import Unavailable
from handlers.acting import CLOCK
from handlers.erasures_ahead.intents import EraseFile, KeepOutside
from handlers.policy import Policy
from handlers.reach.intents import Attempt, Tried
from handlers.retention.intents import Vanish
from handlers.rules.reach import everybody
from tests.erasing import Archive
from tests.handlers.builders import Company, ask, call, register
from tests.handlers.customers.acts import a_request
from tests.handlers.erasures_ahead.odd_files import places, spoilt
from tests.handlers.erasures_ahead.test_card import drawn
from tests.handlers.holds.acts import about, hold, release
from tests.handlers.notices.acts import begun, enter
from tests.handlers.retention.pausing import MOMENT, at_the_moment, paused, small
from tests.handlers.weekly.acts import MONDAY, card_of_the_week, facts, numbers, text
from tests.moments import NOW

pytestmark = pytest.mark.long

DAY, WEEK, YEAR = timedelta(days=1), timedelta(days=7), timedelta(days=365)
NOWHERE = "+15550100"


async def test_p12_late_erasures_are_told_with_what_stood_in_the_way_and_those_that_went_since(
    archive: Archive,
) -> None:
    company, began = archive.company, MONDAY - YEAR - 2 * DAY
    calls = [await archive.record(f"old-{one}", began, audio=f"old-{one}".encode()) for one in range(2)]
    archive.until(MONDAY - DAY)
    archive.recorder.outage = Unavailable("no_connection")
    await archive.erasing.tick()
    card = await card_of_the_week(company)
    [late] = (await facts(company))["late"]
    assert (late["why"], sorted(late["recordings"])) == ("unavailable", sorted(calls))
    assert (await numbers(company, company.helena, card))["Late erasures"] == "2 calls"
    whole = await text(company, company.helena, card)
    assert "2 erasures: the recording system did not answer." in whole
    assert whole.count("incoming call") == 2
    archive.recorder.outage = None
    archive.until(MONDAY, hours=12)
    await archive.tick()
    assert (await numbers(company, company.helena, card))["Late erasures"] == "2 calls, 2 over by now"


async def test_p12_calls_past_their_moment_are_told_with_what_keeps_each_and_until_when(archive: Archive) -> None:
    company, began = archive.company, MONDAY - YEAR - 2 * DAY
    calls = [await archive.record(f"old-{one}", began, audio=f"old-{one}".encode()) for one in range(2)]
    archive.until(MONDAY - 3 * DAY)
    own = await hold(company, company.helena, calls[:1], until="2027-01-10")
    hidden = await hold(company, company.ruth, calls[1:], until="2027-01-10", concerned=about("helena"))
    archive.until(MONDAY - DAY)
    await archive.tick()
    card = await card_of_the_week(company)
    assert {one["matter"] for one in (await facts(company))["kept"]} == {own.hold, hidden.hold}
    assert (await numbers(company, company.helena, card))["Kept past its moment"] == "1 call"
    whole = await text(company, company.helena, card)
    assert f"1 call by a hold, until Mon 11 Jan 2027 ({own.hold}) [Details]" in whole
    assert hidden.hold not in whole
    await release(company, own.hold, company.helena)
    await archive.tick()
    assert (await numbers(company, company.helena, card))["Kept past its moment"] == "1 call, 1 over by now"


async def test_p4_calls_on_no_line_files_and_vanished_calls_are_counted_and_so_is_what_was_decided_since(
    archive: Archive,
) -> None:
    company = archive.company
    outside, gone = await archive.record("out", line=NOWHERE, audio=b"out"), await archive.record("gone", audio=b"gone")
    file = await spoilt(archive)
    archive.recorder.lose("gone")
    archive.until(MONDAY - 2 * DAY)
    await archive.tick()
    card = await card_of_the_week(company)
    told = await facts(company)
    assert (told["outside"], told["files"], told["vanished"]) == ([outside], [file], [gone])
    read = await numbers(company, company.helena, card)
    assert (read["On no recorded line"], read["Vanished"]) == ("1 call and 1 file", "1 call")
    whole = await text(company, company.helena, card)
    assert f"1 file without a call: file {file}." in whole
    ahead = await drawn(archive, MONDAY)
    await company.door.enter(KeepOutside(f"{ahead}:{outside}"), company.helena)
    await company.door.enter(EraseFile((await places(archive, ahead))[0]), company.helena)
    assert (await numbers(company, company.helena, card))["On no recorded line"] == "1 call and 1 file, 2 over by now"
    later = await card_of_the_week(company, MONDAY + WEEK)
    told = await facts(company)
    assert ([one["action"] for one in told["exceptions"]], told["vanished"]) == (["erasures_ahead.keep_outside"], [])
    assert "A call on no recorded line was kept (entry " in await text(company, company.helena, later)


async def test_p12_a_call_that_was_not_there_when_it_was_to_be_erased_vanished(archive: Archive) -> None:
    number = await archive.record("old", MONDAY - YEAR - 2 * DAY, audio=b"old")
    archive.until(MONDAY - DAY)
    archive.recorder.outage = Unavailable("no_connection")
    await archive.erasing.tick()
    erasure = await archive.erasure(number)
    assert erasure is not None
    await archive.company.door.enter(Vanish(erasure.id), CLOCK)
    await card_of_the_week(archive.company)
    assert (await facts(archive.company))["vanished"] == [number]


@pytest.mark.parametrize("policy", [small()])
async def test_p12_a_day_that_is_paused_is_late_with_its_pause_and_out_of_the_ordinary(archive: Archive) -> None:
    company, name = archive.company, await at_the_moment(archive)
    pause = await paused(archive)
    monday = MOMENT.replace(day=28, hour=22)  # Monday 29 November 2027, 09:00 in Sydney
    assert pause.id == name
    card = await card_of_the_week(company, monday)
    (late,) = (await facts(company))["late"]
    assert late["pause"] == pause.id
    whole = await text(company, company.helena, card)
    assert f"{len(late['recordings'])} erasures in {pause.id}: paused until somebody says Continue." in whole
    assert "Erasures were paused, since they may have been a mistake" in whole


async def test_what_is_overdue_is_told_apart_from_what_only_waits(company: Company) -> None:
    request = await a_request(company)
    asked = await begun(company)
    monday = MONDAY + 2 * WEEK
    await enter(company, company.helena, "2026-11-20", "2026-11-20")
    card = await card_of_the_week(company, monday)
    told = await facts(company)
    assert {one["matter"] for one in told["overdue"]} == {request, *asked.values()}
    assert told["waiting"] == []
    whole = await text(company, company.helena, card)
    assert f"{request} · Australia and New Zealand (was due " in whole.replace("Customer’s request ", "").replace(
        "Request ", ""
    )
    assert (await numbers(company, company.helena, card))["Overdue"] == "4 matters"


async def test_p7_whoever_can_not_be_reached_stands_there_and_who_could_not_be_tried(company: Company) -> None:
    company.clock.now = MONDAY - 3 * DAY + timedelta(hours=1)
    gone, silent = (f"{one}@fernhill.example" for one in ("deven.okafor", "quinn.abara"))
    found = {gone: Attempt(gone, "gone"), silent: Attempt(silent, "silent")}
    policy: Policy = company.door.policy
    down = (("teams", "token_revoked"),)
    await company.door.enter(
        Tried(tuple(found.get(one, Attempt(one, "there")) for one in everybody(policy)), down), CLOCK
    )
    card = await card_of_the_week(company)
    assert (await numbers(company, company.helena, card))["People out of reach"] == "2 problems"
    whole = await text(company, company.helena, card)
    assert (
        "Deven Okafor (deputy of the Customer Success Specialist Team Leader) has no living account that I can find."
        in whole
    )
    assert "Teams lets me in no more, or knows nobody (token_revoked)" in whole
    assert "Could not be tried, since a platform did not answer: Quinn Abara." in whole
    company.clock.now = MONDAY + timedelta(hours=2)
    await company.door.enter(Tried(tuple(Attempt(one, "there") for one in everybody(policy))), CLOCK)
    assert (await numbers(company, company.helena, card))["People out of reach"] == "2 problems, 2 over by now"
    assert "Mended by now." in await text(company, company.helena, card)


@pytest.mark.soak
async def test_more_than_forty_of_a_kind_stand_by_kind(archive: Archive) -> None:
    company, began = archive.company, MONDAY - YEAR - 2 * DAY
    calls = [await archive.record(f"old-{one}", began, audio=f"{one}".encode()) for one in range(41)]
    for one in range(41):
        await spoilt(archive, f"odd-{one}", f"odd-{one}".encode())
        await archive.record(f"out-{one}", line=NOWHERE, audio=f"out {one}".encode())
    archive.until(MONDAY - 3 * DAY)
    for one in calls:
        await hold(company, company.helena, [one], until="2027-01-10")
    for number in range(41):
        day = (date(2026, 10, 1) + number * DAY).isoformat()
        await enter(company, company.helena, day, day)
        [more] = await register(company.door, call(1, native_id=f"asked-{number}", started=NOW))
        await ask(company, company.anna, calls=[more], crm=f"CS-{20000 + number}")
    archive.until(MONDAY - DAY)
    await archive.erasing.tick()
    card = await card_of_the_week(company)
    read = await numbers(company, company.helena, card)
    assert (read["Kept past its moment"], read["Waits for an answer"], read["On no recorded line"]) == (
        "41 calls",
        "41 matters",
        "41 calls and 41 files",
    )
    whole = await text(company, company.helena, card)
    assert "By a hold: 41" in whole
    assert "Request: 41" in whole
    assert "and 1 more." in whole
    assert [one["action"] for one in (await facts(company))["exceptions"]] == ["notices.enter_outage"] * 41
    assert "Callers were not told that they are recorded, on some days: 41" in whole
    assert "incoming call" not in whole
