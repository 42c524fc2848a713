"""One kind of database, and a company whose people sit in the stand-in Slack workspace."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage.database.store import Database
from tests.slack_street import Street, a_street


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def street(database: Database) -> AsyncIterator[Street]:
    async with a_street(database) as opened:
        yield opened
        assert opened.workspace.problems == []
