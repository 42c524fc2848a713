"""The street, open for one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.bot.pages.street import Street


@pytest_asyncio.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    opened = Street(tmp_path)
    await opened.open()
    yield opened
    await opened.close()
