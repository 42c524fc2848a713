"""The weekly digest is made once the log was verified that day and everybody was tried, by one process alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clockwork.daily import PATIENCE, WeeklyDigest
from handlers.digest.steps import Verified
from storage.tables.digests import Digest
from tests.clocks import Seconds
from tests.handlers.digest.acts import MONDAY, digests
from tests.offices import Office


class Proving:
    """What verifies the log: slow, or done. It also counts how often everybody was tried."""

    def __init__(self, last: Verified | None = None, comes: Verified | None = None) -> None:
        self.last, self.comes, self.asked, self.tried = last, comes, 0, 0

    async def soon(self) -> None:
        self.asked += 1
        self.last = self.comes or self.last

    async def try_everybody(self) -> None:
        self.tried += 1


@pytest.fixture
def monday(office: Office) -> Office:
    office.clock.now = MONDAY
    return office


def _weekly(office: Office, proof: Proving, seconds: Seconds) -> WeeklyDigest:
    return WeeklyDigest(office.company.door, proof, proof.try_everybody, seconds)


async def _made(office: Office) -> list[Digest]:
    return await digests(office.company)


async def test_it_tries_everybody_waits_for_the_verification_of_the_day_and_says_how_far_it_came(
    monday: Office, seconds: Seconds
) -> None:
    proof = Proving(Verified(3, 0, MONDAY - timedelta(days=1)), Verified(7, 0, MONDAY))
    await _weekly(monday, proof, seconds).tick()
    (digest,) = await _made(monday)
    assert (proof.asked, proof.tried, digest.verified_to) == (1, 1, 7)


@pytest.mark.parametrize("last", [Verified(3, 0, MONDAY - timedelta(days=1)), Verified(3, 0, MONDAY, compared=False)])
async def test_a_verification_that_takes_too_long_is_not_awaited_for_ever(
    monday: Office, seconds: Seconds, last: Verified
) -> None:
    proof = Proving(last)
    weekly = _weekly(monday, proof, seconds)
    await weekly.tick()
    seconds.now += PATIENCE - 1
    await weekly.tick()
    assert await _made(monday) == []
    seconds.now += 1
    await weekly.tick()
    (digest,) = await _made(monday)
    assert (digest.verified_at is None, digest.compared, proof.tried) == (last.compared, last.compared, 1)


async def test_two_processes_make_one_and_a_tick_that_failed_is_made_up_for(
    monday: Office, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (_weekly(monday, Proving(Verified(3, 0, MONDAY)), seconds) for _ in range(2))
    with monkeypatch.context() as broken:
        broken.setattr(monday.company.door, "enter", None)
        with pytest.raises(TypeError):
            await first.tick()
    await first.tick()
    await second.tick()
    assert len(await _made(monday)) == 1


async def test_on_other_days_it_asks_for_nothing(office: Office, seconds: Seconds) -> None:
    proof = Proving()
    await _weekly(office, proof, seconds).tick()
    assert (proof.asked, proof.tried, await _made(office)) == (0, 0, [])
