"""A company where three erasures a day are unusual."""

from __future__ import annotations

import pytest
import pytest_asyncio

from handlers.acting import CLOCK
from handlers.policy import Policy
from handlers.recordings import Register
from tests.erasing import Archive
from tests.handlers.builders import Company
from tests.handlers.stopped_runs.acts import small


@pytest.fixture
def policy() -> Policy:
    return small()


@pytest_asyncio.fixture
async def archive(company: Company) -> Archive:
    await company.door.enter(Register("file", (), [f"call-{number}" for number in (1, 2, 3)]), CLOCK)
    return Archive(company)
