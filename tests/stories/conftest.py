"""What the stories start from: a house with everything in it, sound when they leave it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.stories.house import House, a_house
from tests.stories.waiting import until


@pytest_asyncio.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    """A house on each kind of database; Slack has refused nothing in the end, and the audit log holds."""
    async with a_house(tmp_path, database_url) as opened:
        await until(lambda: all(task.done() for task in opened.steward._running[1:]), "the officers have been met")
        yield opened
        assert opened.workspace.problems == []
        verdict = await opened.steward.database.read(lambda store: store.audit.verify())
        assert verdict.fault == ""
