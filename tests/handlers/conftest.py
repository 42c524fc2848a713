"""A company and a moment for every test of what people may do."""

from __future__ import annotations

import pytest
import pytest_asyncio

from handlers.rules.policy import Policy
from storage.store import Database
from tests.handlers.builders import POLICY, Clock, Company, a_company


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy() -> Policy:
    """The policy that the company keeps; a module or a test may lay another one over it."""
    return POLICY


@pytest_asyncio.fixture
async def company(database: Database, clock: Clock, policy: Policy) -> Company:
    return await a_company(database, clock, policy)
