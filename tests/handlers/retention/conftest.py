"""The archive that each test of retention fills and lets age."""

import pytest_asyncio

from tests.erasing import Archive
from tests.handlers.builders import Company
from tests.handlers.retention.pausing import an_archive


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    return await an_archive(company)
