"""The card of a week is made once the log was verified that day, and without that where it takes too long; by one process alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clockwork.weekly import PATIENCE, Weekly
from handlers.weekly.facts import read
from handlers.weekly.intents import Verified
from storage.tables.weeks import WeeklyCard
from tests.clocks import Seconds
from tests.handlers.weekly.acts import MONDAY
from tests.offices import Office


class Proving:
    """What verifies the log: slow, or done."""

    def __init__(self, last: Verified | None = None, comes: Verified | None = None) -> None:
        self.last, self.comes, self.asked = last, comes, 0

    async def soon(self) -> None:
        self.asked += 1
        self.last = self.comes or self.last


@pytest.fixture
def monday(office: Office) -> Office:
    office.clock.now = MONDAY
    return office


async def _cards(office: Office) -> list[WeeklyCard]:
    return await office.company.database.read(lambda store: store.weeks.open())


async def test_it_waits_a_moment_for_the_verification_of_the_day_and_says_how_far_that_came(
    monday: Office, seconds: Seconds
) -> None:
    proof = Proving(Verified(3, 0, MONDAY - timedelta(days=1)), Verified(7, 0, MONDAY))
    await Weekly(monday.company.door, proof, seconds).tick()
    (card,) = await _cards(monday)
    assert (proof.asked, read(card.facts)["log"]["entries"]) == (1, 7)


async def test_a_verification_that_takes_too_long_is_not_waited_for_for_ever(monday: Office, seconds: Seconds) -> None:
    weekly = Weekly(monday.company.door, Proving(Verified(3, 0, MONDAY - timedelta(days=1))), seconds)
    await weekly.tick()
    seconds.now += PATIENCE - 1
    await weekly.tick()
    assert await _cards(monday) == []
    seconds.now += 1
    await weekly.tick()
    (card,) = await _cards(monday)
    assert read(card.facts)["log"]["at"] == ""


async def test_c2_one_without_the_journal_is_waited_for_as_long_and_the_card_says_that_it_was_without(
    monday: Office, seconds: Seconds
) -> None:
    weekly = Weekly(monday.company.door, Proving(Verified(3, 0, MONDAY, compared=False)), seconds)
    await weekly.tick()
    seconds.now += PATIENCE - 1
    await weekly.tick()
    assert await _cards(monday) == []
    seconds.now += 1
    await weekly.tick()
    (card,) = await _cards(monday)
    told = read(card.facts)["log"]
    assert (told["entries"], told.get("compared")) == (3, False)


async def test_two_processes_make_one_card_and_a_tick_that_failed_is_made_up_for(
    monday: Office, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Weekly(monday.company.door, Proving(Verified(3, 0, MONDAY)), seconds) for _ in range(2))
    with monkeypatch.context() as broken:
        broken.setattr(monday.company.door, "enter", None)
        with pytest.raises(TypeError):
            await first.tick()
    await first.tick()
    await second.tick()
    assert len(await _cards(monday)) == 1


async def test_on_other_days_it_asks_for_nothing(office: Office, seconds: Seconds) -> None:
    proof = Proving()
    await Weekly(office.company.door, proof, seconds).tick()
    assert (proof.asked, await _cards(office)) == (0, [])
