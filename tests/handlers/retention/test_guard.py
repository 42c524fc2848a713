"""P12: what may be a mistake is not erased until the Head has looked: too many for a day, older than its file, after a restore."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from handlers import people
from handlers.acting import CLOCK, DELIVERY
from handlers.holds.state import filled_hold_form
from handlers.policy import Policy
from handlers.retention import closing, erasing, guard, room
from storage.database.store import Database, Store
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import Clock, a_company, approved, ask, audit, ledger, refusal
from tests.handlers.holds import acts
from tests.handlers.passing_time import delivered, digests, fall
from tests.handlers.reading import detailed, home_of, labels, lines, looking, seen, title
from tests.handlers.retention.pausing import (
    EVENING,
    MOMENT,
    an_archive,
    at_the_moment,
    kept,
    let_go,
    paused,
    pauses,
    pressed,
    restore,
    small,
    states,
    three,
    told,
)
from tests.moments import NOW
from tests.reconciled import findings

LONG_AGO = datetime(2010, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def policy() -> Policy:
    return small()


async def test_p12_a_day_with_too_many_erasures_waits_for_one_person(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    assert await states(archive) == ["closed", "closed"]
    card = await seen(company, pause, company.helena)
    assert lines(card) == [
        "⚠️ Paused erasure of 2 calls · waiting for you",
        "⚠️ More than 2 would be erased in one day: 2 calls so far, and 1 later that day.",
        "Continue erases them for good. Until then they stay locked.",
        "[Continue] [Keep] [Hold] [Details]",
        f"({pause} · P12)",
    ]
    assert "Erasures paused: continue or keep?" in str(lines(await home_of(company, company.helena)))
    await let_go(archive, pause)
    await archive.tick()
    # The third of that day was on the card, so it needs no other one.
    archive.until(EVENING)
    await archive.tick()
    assert (await states(archive), len(await pauses(archive))) == (["erased"] * 3, 1)
    card = await seen(company, pause, company.helena)
    assert (title(card), lines(card)[1]) == (
        "✅ continued",
        "You pressed Continue, <24 Nov 03:00>. The erasure continues.",
    )
    assert [one[1] for one in await audit(company, pause)] == ["retention.pause", "retention.continue"]
    assert await findings(company.database) == []


async def test_p12_what_comes_while_it_waits_is_on_the_same_card(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    old = await pressed(archive, pause)
    archive.until(EVENING)
    await archive.tick()
    assert "Paused: 3 calls" in lines(await detailed(company, pause, company.helena))
    for one in (guard.continue_erasures(old), guard.keep_audio(old)):
        assert (await refusal(company, one, company.helena)).code == "changed"
    assert (
        await refusal(company, guard.continue_erasures(await pressed(archive, pause)), company.tara)
    ).code == "not_approver"
    assert (await states(archive), len(await pauses(archive))) == (["closed"] * 3, 1)


async def test_p12_what_is_kept_stays_until_someone_says_continue_after_all(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    await kept(archive, pause)
    archive.until(MOMENT, days=3)
    await archive.tick()
    # The one of the evening was not on the card, and two would not have been too many.
    assert (await states(archive), len(await pauses(archive))) == (["closed", "closed", "erased"], 1)
    card = await seen(company, pause, company.helena)
    assert (title(card), labels(card)) == ("📋 kept", ["Continue", "Hold"])
    assert (await refusal(company, guard.keep_audio(await pressed(archive, pause)), company.helena)).code == "already"
    await let_go(archive, pause)
    await archive.tick()
    assert await states(archive) == ["erased"] * 3
    assert (
        await refusal(company, guard.continue_erasures(await pressed(archive, pause)), company.helena)
    ).code == "already"
    assert await findings(company.database) == []


async def test_p12_calls_that_come_to_the_register_past_their_moment_wait(database: Database) -> None:
    """50 are no more than a day may bring. Whether the file's own date gives the recorder's clock the lie or not, each waits."""
    archive = await an_archive(await a_company(database, Clock()))
    company = archive.company
    for number in range(49):
        await archive.record(f"odd-{number}", LONG_AGO + timedelta(hours=number), modified=NOW, audio=b"%d" % number)
    await archive.record("behind", LONG_AGO, modified=LONG_AGO + timedelta(minutes=1), audio=b"behind")
    for _ in range(3):
        await archive.tick()
        company.clock.pass_(hours=2)
    assert await states(archive) == ["closed"] * 50
    card = lines(await detailed(company, (await paused(archive)).id, company.helena))
    assert (
        "⚠️ 50 calls arrived when they were already over 12 months old. A recorder’s clock may be wrong, or this is an old archive. Calls open again once their start is corrected in the recording system."
        in card
    )
    assert ("Paused: 50 calls" in card, "Oldest began: <01 May 09:00>" in card) == (True, True)
    assert await findings(company.database) == []


async def test_p12_after_a_restore_a_single_call_waits_until_someone_has_looked(archive: Archive) -> None:
    company, number = archive.company, await archive.record("one", audio=b"one")
    archive.until(NOW, days=3)
    later = await archive.record("later", NOW + timedelta(days=2), audio=b"later")
    archive.until(MOMENT, days=-3)
    await restore(archive)
    archive.until(MOMENT)
    await archive.tick()
    pause = (await paused(archive)).id
    assert await states(archive) == ["closed"]
    assert (
        "⚠️ My database was restored <21 Nov 03:00>. Later holds and declines are lost: set them again before you press Continue."
        in lines(await seen(company, pause, company.helena))
    )
    [word] = [one for one in await told(archive, company.helena) if one.startswith("My database")]
    assert "erase anything else until the Head of Customer Success decides" in word
    await let_go(archive, pause)
    archive.until(MOMENT, days=2, hours=1)
    await archive.tick()
    assert [(await archive.by_id(one)).state for one in (number, later)] == ["erased", "erased"]
    assert len(await pauses(archive)) == 1


async def test_p12_what_was_let_go_before_a_restore_waits_again(archive: Archive) -> None:
    """The person who let it go knew of holds that are lost."""
    company, first = archive.company, await at_the_moment(archive)
    await let_go(archive, first)
    await restore(archive)
    archive.until(MOMENT, hours=1)
    await archive.tick()
    again = (await pauses(archive))[-1]
    assert (again.id != first, again.causes, await states(archive)) == (True, ["many", "restored"], ["closed"] * 2)
    await let_go(archive, again.id)
    await archive.tick()
    assert await states(archive) == ["erased"] * 2
    assert await findings(company.database) == []


async def test_p12_what_had_been_erased_before_waits_for_no_one(archive: Archive) -> None:
    numbers = [await archive.record(name, audio=name.encode()) for name in ("one", "two", "three", "four")]
    await restore(archive)
    await archive.company.door.enter(closing.erase_again(tuple(numbers)), CLOCK)
    await archive.tick()
    assert (await states(archive), await pauses(archive)) == (["erased"] * 4, [])


async def test_p12_the_guard_is_asked_again_before_the_recorder_is(archive: Archive) -> None:
    """Whatever was taken to be erased: what became too many meanwhile is not asked for."""
    await three(archive)
    archive.until(MOMENT)
    for step in (archive.erasing._close,):
        await step()
    ids = await archive.company.database.read(lambda store: store.erasures.due("memory", MOMENT, 9))
    assert len(ids) == 2
    assert await archive.company.door.enter(erasing.ask_guard(tuple(ids)), CLOCK) == frozenset()
    for _ in range(2):  # of two replicas one makes the card
        await archive.company.door.enter(guard.pause_erasures(), CLOCK)
    await paused(archive)


async def test_p12_a_paused_call_can_be_held_from_the_card_and_outlives_continue(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    _, filled = await looking(company, company.helena, lambda ctx: filled_hold_form(ctx, pause))
    first, second = list(filled.values["recordings"])
    await acts.hold(company, company.helena, [int(first)], until="2027-12-20")
    await let_go(archive, pause)
    archive.until(MOMENT, minutes=1)
    await archive.tick()
    assert [(await archive.by_id(int(one))).state for one in (first, second)] == ["closed", "erased"]


def _late(since: datetime, now: datetime, store: Store) -> int:
    return sum(store.erasures.late(since, now).values())


async def test_p12_what_waits_is_not_late_and_what_was_let_go_has_its_hour(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    archive.until(MOMENT, days=2)
    await archive.tick()
    assert await told(archive, company.helena) == []
    await let_go(archive, pause)
    for minutes, late in ((0, 0), (61, 3)):
        company.clock.pass_(minutes=minutes)
        since, now = company.clock.now - timedelta(minutes=60), company.clock.now
        found = await company.database.read(partial(_late, since, now))
        assert found == late


async def test_p12_the_head_is_reminded_each_working_day_and_the_next_is_asked(archive: Archive) -> None:
    company, pause = archive.company, await at_the_moment(archive)
    await fall(company)
    await delivered(company)
    archive.until(MOMENT, days=1)
    await fall(company)
    [[words]] = await digests(company, company.helena)
    assert words.startswith("Reminder: decide about 2 calls whose erasure I paused.")
    for name in ("UHELENA", "UHENRIK"):
        await company.door.enter(people.note_gone("slack", name), DELIVERY)
        await company.door.enter(room.PAUSES.recheck(pause), CLOCK)
    assert {one.person_id for one in await ledger(company) if one.payload.get("matter") == pause} >= {
        company.helena.person_id, company.henrik.person_id, company.ruth.person_id,
    }  # fmt: skip
    await let_go(archive, pause, company.ruth)
    assert await digests(company, company.helena) == [[]]
    await company.door.enter(guard.remind_of_pause(pause), CLOCK)
    assert await company.database.read(lambda store: store.deadlines.coming("retention.remind", pause)) is None


def corrected(archive: Archive, name: str, started: datetime, **facts: object) -> None:
    """The metadata beside a file is written again."""
    archive.recorder.keep(replace(SIGHTED, native_id=name, started=started, **facts), name.encode())  # type: ignore[arg-type]


@pytest.mark.parametrize("decided", [False, True])
async def test_p12_a_corrected_start_opens_the_call_again(archive: Archive, *, decided: bool) -> None:
    company = archive.company
    calls = [await archive.record(name, LONG_AGO, modified=NOW, audio=name.encode()) for name in ("one", "two")]
    await archive.tick()
    pause = (await paused(archive)).id
    if decided:
        await kept(archive, pause)
    for name in ("one", "two"):
        corrected(archive, name, NOW - timedelta(hours=1), modified=NOW)
    await archive.tick()
    await archive.tick()
    found = [await archive.by_id(one) for one in calls]
    assert [(one.state, one.erase_at) for one in found] == [("present", datetime(2027, 11, 24, 2, tzinfo=UTC))] * 2
    assert (await states(archive), await told(archive, company.helena)) == ([], [])
    assert (await paused(archive)).state == ("kept" if decided else "over")
    if not decided:
        assert (
            lines(await seen(company, pause, company.helena))[1]
            == "No erasures have been waiting since <24 Nov 03:00>."
        )
    assert await findings(company.database) == []
    # At its true moment it goes like any other.
    archive.until(found[0].erase_at or NOW)
    await archive.tick()
    assert await states(archive) == ["erased"] * 2
    assert await findings(company.database) == []


async def test_p12_what_a_wrong_clock_closed_is_open_again_with_its_requests_and_access(archive: Archive) -> None:
    company = archive.company
    numbers = [await archive.record(name, audio=name.encode()) for name in ("one", "two", "three", "four")]
    archive.until(NOW, days=360)
    waits = await ask(company, company.anna, calls=numbers[:1])
    given = await approved(company, calls=numbers[1:])
    archive.until(NOW, days=366)
    await archive.erasing._close()
    await archive.erasing._pause_unsafe()
    ended = await company.database.read(lambda store: store.grants.of(given))
    assert (await states(archive), ended and ended.ended_why) == (["closed"] * 4, "erased")
    archive.until(NOW, days=360)
    await archive.tick()
    assert [(await archive.by_id(one)).state for one in numbers] == ["present"] * 4
    assert (await archive.keeps(numbers[0]), await states(archive)) == ([], [])
    assert (await paused(archive)).state == "over"
    grant = await company.database.read(lambda store: store.grants.of(given))
    assert grant is not None
    assert (grant.ended_at, grant.ended_why) == (None, "")
    assert await findings(company.database) == []
    # The request that was open keeps its call at the true moment as well.
    archive.until(NOW, days=366)
    await archive.erasing._close()
    assert [one.matter_id for one in await archive.keeps(numbers[0])] == [waits]


async def test_p12_a_start_that_the_file_does_not_contradict_stays_as_it_was_first_told(archive: Archive) -> None:
    """Nothing written beside the audio keeps it, or has it erased."""
    number = await archive.record("one", modified=NOW, audio=b"one")
    moment = (await archive.by_id(number)).erase_at
    corrected(archive, "one", NOW - timedelta(days=200), modified=NOW)
    await archive.tick()
    assert (await archive.by_id(number)).erase_at == moment


async def test_p12_what_the_recorder_was_asked_to_delete_is_not_open_again(archive: Archive) -> None:
    number = await archive.record("one", LONG_AGO, modified=NOW, audio=b"one")
    await archive.tick()
    await archive.company.door.enter(closing.reopen_call(number), CLOCK)
    assert (await archive.by_id(number)).state == "closed"
    await let_go(archive, (await paused(archive)).id)
    await archive.tick()
    corrected(archive, "one", NOW, modified=NOW)
    await archive.tick()
    assert (await archive.by_id(number)).state == "erased"
