"""P12: whatever clocks say for a while and whichever files are swapped, nothing is gone early, and everything is open again once they are right."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.clockwork.trusted_clock import PATIENCE
from storage.database.store import Database
from tests.wrong_clocks import DAY, HOUR, World

TROUBLES = ("", "step", "step", "recorder", "swap", "away")
STEPS = (-HOUR, 5 * DAY, 366 * DAY)
RECORDERS = (-366 * DAY, -1826 * DAY, 366 * DAY)
BEGINS = (
    datetime(2026, 11, 24, 3, tzinfo=UTC),
    datetime(2027, 2, 10, 22, tzinfo=UTC),  # summer time begins in London and ends in Sydney
    datetime(2028, 12, 15, 9, tzinfo=UTC),  # calls of a leap day have their moment
)


async def an_old_company(database: Database, seed: int, folder: Path, calls: int) -> World:
    """A company whose calls of the last year come to their moment in the days to come."""
    world = World(database, seed, BEGINS[seed % len(BEGINS)], folder)
    await world.open()
    right = world.machine.right
    for _ in range(calls):
        world.record(
            right - 365 * DAY + timedelta(seconds=world.random.randrange(7200, 86_400 * (2 if calls < 20 else 95)))
        )
    return world


def instants(random: Random, begins: datetime, number: int) -> Iterator[datetime]:
    """Some moments of a day, in their order."""
    yield from (begins + timedelta(seconds=one) for one in sorted(random.randrange(60, 86_340) for _ in range(number)))


async def play(world: World, troubles: Sequence[str], times: int = 5) -> None:
    """A day of each trouble, which comes so many times; at its end all is put right, and looked at."""
    for trouble in troubles:
        begins = world.machine.right
        for moment in instants(world.random, begins, times):
            await world.pass_(max(moment - world.machine.right, timedelta(0)))
            world.record(world.machine.right - timedelta(minutes=2))
            if trouble == "swap":
                world.swaps[:] = [
                    world.swap(in_place=world.random.random() < 0.5, same_size=world.random.random() < 0.5)
                ]
            if trouble == "step":
                await wrong(world)
            if trouble == "recorder":
                world.record(world.machine.right - timedelta(minutes=2), told=world.random.choice(RECORDERS))
                if world.random.random() < 0.2:
                    world.correct()
            world.slack_answers = trouble != "away" and world.random.random() < 0.8
            await world.tick()
        world.swaps.clear()
        await world.settle()
        await world.pass_(max(begins + DAY - world.machine.right, timedelta(0)))


async def wrong(world: World) -> None:
    """The machine's clock is wrong: for seconds or for hours, while the bot runs or before it starts, with a chat that answers or without."""
    random = world.random
    world.slack_answers = random.random() < 0.5
    world.machine.wrong = random.choice(STEPS)
    if random.random() < 0.5:
        world.machine.right += random.choice((timedelta(seconds=20), HOUR))
        await world.start()
    longest = random.choice((5.0, 5.0, PATIENCE, 3600.0))
    for _ in range(3):
        await world.pass_(timedelta(seconds=longest))
        assert not world.machine.clock.trusted()
        assert world.machine.clock.now() <= world.machine.right + timedelta(minutes=5)
    if random.random() < 0.3:
        await world.start()
    world.machine.step()
    world.slack_answers = True


async def test_p12_three_days_of_wrong_clocks(database: Database, tmp_path: Path) -> None:
    world = await an_old_company(database, 7, tmp_path, 12)
    await play(world, ("swap", "step", "recorder"), 2)
    assert world.gone
    assert world.swapped


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2])
async def test_p12_a_quarter_of_wrong_clocks(sqlite_url: str, tmp_path: Path, seed: int) -> None:
    database = Database(sqlite_url)
    world = await an_old_company(database, seed, tmp_path, 250)
    await play(world, world.random.choices(TROUBLES, k=92), 2)
    assert len(world.gone) > 100
    assert world.swapped
    await database.close()
