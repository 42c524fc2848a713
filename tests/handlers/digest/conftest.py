"""A company whose calls are all in a recording system in memory."""

import pytest_asyncio

from handlers import recordings
from handlers.acting import CLOCK
from tests.erasing import Archive
from tests.handlers.builders import Company


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    company.clock.pass_(days=-10)  # so that no digest of these tests tells that the builders' own calls are gone
    await company.door.enter(recordings.register_calls("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    company.clock.pass_(days=10)
    return Archive(company)
