"""Of several bots with one database only those work whose policy is in force: the newest that began with its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage.database.faults import OtherPolicy
from storage.database.store import Database, DatabaseDown
from tests.storage.rows import note, subjects


@pytest_asyncio.fixture
async def bots(database_url: str) -> AsyncIterator[list[Database]]:
    """Three that have the database open: the last is a command, which goes by no policy."""
    opened = [Database(database_url) for _ in range(3)]
    yield opened
    for one in opened:
        await one.close()


async def _begin(bot: Database, policy: str) -> None:
    await bot.write(lambda store: store.audit.declare(policy))
    bot.policy = policy


async def test_p14_a_bot_takes_no_work_once_another_began_with_another_policy(bots: list[Database]) -> None:
    older, newer, command = bots
    await _begin(older, "a")
    await older.write(lambda store: note(store, "before"))
    await _begin(newer, "b")
    with pytest.raises(OtherPolicy) as told:
        await older.write(lambda store: note(store, "lost"))
    assert (f"{told.value}", told.value.in_force, told.value.mine) == ("other_policy", "b", "a")
    with pytest.raises(DatabaseDown, match="other_policy"):
        await older.examine()
    for one in (newer, command):
        await one.write(lambda store: note(store, "after"))
    assert await older.read(subjects) == ["before", "after", "after"]


async def test_p14_with_the_same_policy_both_work_and_the_older_one_may_begin_again(bots: list[Database]) -> None:
    older, newer, _ = bots
    for bot in (older, newer):
        await _begin(bot, "a")
    await older.write(lambda store: note(store, "one"))
    await _begin(newer, "b")
    older.policy = ""
    await _begin(older, "a")
    await older.write(lambda store: note(store, "two"))
    with pytest.raises(OtherPolicy):
        await newer.write(lambda store: note(store, "lost"))
