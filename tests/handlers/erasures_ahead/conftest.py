"""A company whose calls are all in a recording system in memory."""

from __future__ import annotations

import pytest_asyncio

from handlers.acting import CLOCK
from handlers.recordings import Register
from tests.erasing import Archive
from tests.handlers.builders import Company
from tests.handlers.erasures_ahead.odd_files import spoilt
from tests.handlers.erasures_ahead.test_card import MORNING, drawn


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    await company.door.enter(Register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)


@pytest_asyncio.fixture
async def number(archive: Archive) -> int:
    return await spoilt(archive)


@pytest_asyncio.fixture
async def card(archive: Archive, number: int) -> str:
    return await drawn(archive, MORNING)
