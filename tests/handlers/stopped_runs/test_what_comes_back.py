"""P12: what had been erased before was meant once: however much of it comes back, no day stops for it, and it stops no day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.retention.recording_sync import row_of
from handlers.acting import CLOCK
from handlers.retention.intents import EraseAgain, Reappeared
from handlers.stopped_runs.intents import Agree, End
from storage.database.store import Store
from storage.tables.erasures import Erasure
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import POLICY, audit, refusal
from tests.handlers.reading import labels, lines, seen, title
from tests.handlers.stopped_runs.acts import EVENING, MOMENT, agree, at_the_moment, runs, states, stopped, three, told
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.soak

STARTS = {"one": NOW, "two": NOW, "late": NOW + timedelta(hours=2)}


async def _all_erased(archive: Archive) -> list[int]:
    """Three calls to whose end two people agreed; each is erased."""
    calls = await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    await agree(archive, (await stopped(archive)).id, archive.company.helena, archive.company.ruth)
    archive.until(MOMENT, days=1)
    await archive.tick()
    assert await states(archive) == ["erased"] * 3
    return calls


async def _ends(archive: Archive, calls: list[int]) -> list[tuple[str, str]]:
    """Why each of the newest erasures of these calls was, and how it stands."""
    newest = [await archive.erasure(one) for one in calls]
    return [(one.why, one.state) for one in newest if one is not None]


async def _come_back(archive: Archive) -> None:
    """The audio of the three stands in the recording system again."""
    for name, started in STARTS.items():
        archive.recorder.keep(replace(SIGHTED, native_id=name, started=started), name.encode())
    await archive.sync.sync()


async def test_p12_more_than_is_usual_comes_back_and_is_erased_again_without_a_stop(archive: Archive) -> None:
    """Nor does it count beside what has its moment on that day."""
    calls = await _all_erased(archive)
    archive.until(NOW, days=2)
    others = [await archive.record(name, NOW + timedelta(days=2), audio=name.encode()) for name in ("x", "y")]
    archive.until(MOMENT, days=2)
    await _come_back(archive)
    await archive.tick()
    await archive.tick()
    assert len(await runs(archive)) == 1
    assert await _ends(archive, calls) == [("came_back", "erased")] * 3
    assert await _ends(archive, others) == [("retention", "erased")] * 2
    assert await findings(archive.company.database) == []


async def test_p12_a_day_that_stops_does_not_stop_what_came_back(archive: Archive) -> None:
    calls = await _all_erased(archive)
    archive.until(NOW, days=2)
    others = [await archive.record(name, NOW + timedelta(days=2), audio=name.encode()) for name in ("x", "y", "z")]
    archive.until(MOMENT, days=2)
    await _come_back(archive)
    await archive.tick()
    _, second = await runs(archive)
    assert (second.number, second.register) == (3, 3)
    assert await _ends(archive, calls) == [("came_back", "erased")] * 3
    assert await _ends(archive, others) == [("retention", "closed")] * 3
    assert await findings(archive.company.database) == []


async def test_p12_what_the_journal_tells_was_erased_goes_without_a_stop(archive: Archive) -> None:
    """As after a restore: the older database has these calls as open, and knows nothing of others."""
    calls = await three(archive)
    await archive.company.door.enter(EraseAgain(tuple(calls)), CLOCK)
    unknown = [replace(SIGHTED, native_id=name, started=NOW, stamp=name) for name in ("x", "y", "z")]
    await archive.company.door.enter(Reappeared("memory", [row_of(POLICY, one) for one in unknown]), CLOCK)
    await archive.erasing.tick()
    assert (await states(archive), await runs(archive)) == (["erased"] * 6, [])
    assert await findings(archive.company.database) == []


async def test_p12_a_run_of_the_older_database_does_not_keep_what_had_been_erased(archive: Archive) -> None:
    """It stopped, two people agreed, all was erased; then the database of before they agreed was put back."""
    run = await at_the_moment(archive)
    old = await archive.record("old", NOW - timedelta(days=1), audio=b"old")
    await archive.erasing.tick()
    [one, two] = [(await archive.call(name)).id for name in ("one", "two")]
    for _ in range(2):  # a start that was cut off does it all once more
        await archive.company.door.enter(EraseAgain((one, two)), CLOCK)
    await archive.tick()
    assert await _ends(archive, [one, two]) == [("restored", "erased")] * 2
    assert (await archive.by_id(old)).state == "erased"
    assert [(each.id, each.state) for each in await runs(archive)] == [(run, "waiting")]
    assert await findings(archive.company.database) == []


async def test_p12_a_run_in_which_nothing_waits_any_more_ends_by_itself(archive: Archive) -> None:
    """All of it had been erased before: two people would agree to nothing, and were reminded each working day."""
    company, run = archive.company, await at_the_moment(archive)
    archive.until(EVENING)
    await archive.tick()
    company.clock.pass_(minutes=1)
    calls = [(await archive.call(name)).id for name in STARTS]
    await company.door.enter(Agree(run), company.helena)
    await company.door.enter(EraseAgain(tuple(calls[:2])), CLOCK)
    await archive.tick()
    assert (await stopped(archive)).state == "waiting", "one call waits for two people still"
    await company.door.enter(EraseAgain((calls[2],)), CLOCK)
    await archive.tick()
    ended = await stopped(archive)
    assert (ended.state, ended.closed_at, ended.second_by) == ("over", company.clock.now, None)
    card = await seen(company, run, company.ruth)
    assert title(card) == "⌛ Erasures stopped · nothing waits any more"
    assert "Nothing waits for anybody to agree since" in str(lines(card))
    assert labels(card) == ["Details"]
    assert (await refusal(company, Agree(run), company.ruth)).code == "over"
    assert await company.database.read(lambda store: store.deadlines.coming("stopped_runs.remind", run)) is None
    before = len(await audit(company))
    await company.door.enter(End(run), CLOCK)
    assert len(await audit(company)) == before
    assert await findings(company.database) == []


async def test_p12_what_comes_into_reach_after_its_run_ended_is_judged_by_itself(archive: Archive) -> None:
    """Calls were moved away until the run had ended, and back before their moment."""
    await three(archive)
    archive.until(MOMENT)
    await archive.tick()
    calls = [(await archive.call(name)).id for name in STARTS]
    archive.recorder.lose("late")
    await archive.company.door.enter(EraseAgain(tuple(calls[:2])), CLOCK)
    await archive.tick()
    assert (await stopped(archive)).state == "over"
    archive.recorder.keep(replace(SIGHTED, native_id="late", started=STARTS["late"]), b"late")
    archive.until(EVENING)
    await archive.tick()
    last = await archive.erasure(calls[2])
    assert last is not None and (last.run, last.state) == ("", "erased")
    assert await findings(archive.company.database) == []


async def test_p12_what_came_back_and_went_by_itself_is_over_without_a_certificate(archive: Archive) -> None:
    """The earlier one stands; nobody is told that the recording system still has the audio."""
    calls = await _all_erased(archive)
    archive.until(MOMENT, days=2)
    await _come_back(archive)
    for name in STARTS:
        archive.recorder.lose(name)
    await archive.tick()
    assert await _ends(archive, calls) == [("came_back", "vanished")] * 3
    assert [(await archive.by_id(one)).state for one in calls] == ["erased"] * 3
    archive.until(MOMENT, days=3)
    await archive.tick()
    erased = await archive.company.database.read(lambda store: store.erasures.erased_at(calls[0]))
    assert erased == MOMENT + timedelta(days=1)
    words = await told(archive, archive.company.helena)
    assert [one for one in words if "went from it before I could erase it once more" in one]
    assert [one for one in words if "still has the audio" in one] == []
    assert await findings(archive.company.database) == []


async def test_p12_another_call_that_takes_the_name_of_what_came_back_is_judged_as_any_other(archive: Archive) -> None:
    call = await archive.record("one")
    await archive.company.door.enter(EraseAgain((call,)), CLOCK)
    later = NOW + timedelta(days=2)
    archive.until(later)
    await archive.record("one", later, audio=b"another call")
    archive.until(MOMENT, days=2)
    await archive.tick()
    assert await _ends(archive, [call]) == [("retention", "erased")]
    assert await findings(archive.company.database) == []


@pytest.mark.by_hand
async def test_p12_who_would_have_it_go_by_calling_it_erased_before_is_found(archive: Archive) -> None:
    """The log names each erasure that waits for nobody."""
    await at_the_moment(archive)

    def changed(store: Store) -> None:
        for one in store.session.query(Erasure):
            one.why = "came_back"

    await archive.company.database.write(changed)
    assert [one for one in await findings(archive.company.database) if "as if it had been erased before" in one]
