"""P12: a call that was closed too early is open again once its moment turns out to lie ahead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK
from handlers.policy import Policy
from handlers.retention import closing
from tests.erasing import SIGHTED, Archive
from tests.handlers.builders import approved, ask
from tests.handlers.reading import lines, seen
from tests.handlers.retention.pausing import kept, let_go, paused, small, states, told
from tests.moments import NOW
from tests.reconciled import findings

LONG_AGO = datetime(2010, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def policy() -> Policy:
    return small()


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
            == "Nothing has been waiting here since <24 Nov 03:00>."
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
    """Nobody keeps audio alive, or has it erased, by what is written beside it."""
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
