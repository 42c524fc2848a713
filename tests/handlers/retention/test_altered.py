"""C1, P12: nothing irreversible is done, and nothing is kept, on the word of a row that was changed by hand."""

from datetime import timedelta

import pytest

from bot.clockwork.parts import Forgetting
from handlers.policy import Policy
from tests.erasing import Archive
from tests.handlers.builders import ask
from tests.handlers.forgetting.words import key_of
from tests.handlers.holds import acts
from tests.handlers.reading import lines, seen
from tests.handlers.retention.pausing import MOMENT, at_the_moment, let_go, paused, small, states
from tests.moments import NOW
from tests.spoiling import said

pytestmark = pytest.mark.by_hand

TOLD = (
    "⚠️ The database was changed by hand: it doesn’t match my log."
    " Ask the bot’s administrator to run audit verify before you press Continue."
)


@pytest.fixture
def policy() -> Policy:
    return small()


async def _by_hand(archive: Archive, statement: str) -> None:
    await archive.company.database.write(said(statement))


async def test_p12_a_call_whose_moment_was_moved_by_hand_waits_for_the_head(archive: Archive) -> None:
    """Closing it writes the row once more, and puts an entry of the bot's behind it."""
    number, other = [await archive.record(name, audio=name.encode()) for name in ("one", "two")]
    await _by_hand(
        archive, f"UPDATE recordings SET erase_at = '2026-11-24 03:00:00.000000', seen_at = NULL WHERE id = {number}"
    )
    for _ in range(3):
        archive.until(archive.company.clock.now, minutes=3)
        await archive.tick()
    assert (await archive.by_id(number)).state == "closed"
    pause = await paused(archive)
    assert pause.causes == ["altered"]
    assert TOLD in lines(await seen(archive.company, pause.id, archive.company.helena))
    await let_go(archive, pause.id)
    await archive.tick()
    assert [(await archive.by_id(one)).state for one in (number, other)] == ["erased", "present"]


async def test_p12_a_hold_that_was_taken_away_by_hand_lets_nothing_go(archive: Archive) -> None:
    number = await archive.record("one", audio=b"one")
    archive.until(MOMENT - timedelta(days=2))
    await acts.hold(archive.company, archive.company.helena, [number], until="2027-12-20")
    archive.until(MOMENT)
    await archive.tick()
    assert ((await archive.by_id(number)).state, len(await archive.keeps(number))) == ("closed", 1)
    await _by_hand(archive, f"DELETE FROM keeps WHERE recording_id = {number}")
    archive.until(MOMENT, minutes=30)
    await archive.tick()
    assert (await paused(archive)).causes == ["altered"]


async def test_p12_no_one_says_continue_by_hand(archive: Archive) -> None:
    pause = await at_the_moment(archive)
    await _by_hand(archive, f"UPDATE matters SET state = 'continued' WHERE id = '{pause}'")
    archive.until(MOMENT, minutes=30)
    await archive.tick()
    assert await states(archive) == ["closed", "closed"]


async def test_p11_words_of_a_request_that_was_closed_by_hand_stay(archive: Archive) -> None:
    company = archive.company
    request = await ask(company, company.anna, calls=[await archive.record("one")])
    await _by_hand(
        archive, f"UPDATE matters SET state = 'denied', closed_at = '2020-01-01 00:00:00.000000' WHERE id = '{request}'"
    )
    company.clock.now = NOW + timedelta(hours=2)
    await Forgetting(company.door, bool).tick()
    assert await key_of(company, request) is not None
