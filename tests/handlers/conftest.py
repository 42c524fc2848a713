"""A company and a moment for every test of what people may do."""

import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from handlers.policy import Policy
from storage.database.store import Database
from tests.handlers.builders import NAMES, POLICY, Clock, Company, a_company
from tests.reconciled import findings


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Compare state and log at the end of one test in each file; `make soak` compares at the end of every test."""
    last = {}
    for one in items:
        if "company" in getattr(one, "fixturenames", ()) and one.get_closest_marker("by_hand") is None:
            if "not soak" not in str(config.getoption("-m")):
                one.add_marker("compared")
            last[one.path] = one
    for one in last.values():
        one.add_marker("compared")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy() -> Policy:
    """The policy that the company keeps; a module or a test may lay another one over it."""
    return POLICY


@pytest_asyncio.fixture
async def company(
    request: pytest.FixtureRequest, database: Database, clock: Clock, policy: Policy
) -> AsyncIterator[Company]:
    """C1, P11: whatever a test brings about through the door, the state fits the log in the end, and the log names nobody."""
    yield await a_company(database, clock, policy)
    if request.node.get_closest_marker("compared"):
        assert await findings(database) == []
        told = json.dumps(await database.read(lambda store: list(store.audit.exported())), ensure_ascii=False)
        assert [one for one in (*NAMES.values(), "fernhill") if one.casefold() in told.casefold()] == []
        assert not re.search(r"\+(61|44)\d{6}", told)


@pytest_asyncio.fixture
async def company_in_a_file(sqlite_url: str, clock: Clock, policy: Policy) -> AsyncIterator[Company]:
    """For what only a file can be made to hold."""
    opened = Database(sqlite_url)
    yield await a_company(opened, clock, policy)
    await opened.close()
