"""A company and a moment for every test of what people may do."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from handlers.policy import Policy
from storage.database.store import Database
from tests.handlers.builders import NAMES, POLICY, Clock, Company, a_company
from tests.reconciled import findings


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Compare state and log at the end of every tenth test; `make soak` compares at the end of each."""
    every = 10 if "not soak" in str(config.getoption("-m")) else 1
    there = [one for one in items if "company" in getattr(one, "fixturenames", ())]
    for one in [one for one in there if one.get_closest_marker("by_hand") is None][::every]:
        one.add_marker("compared")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def policy() -> Policy:
    """The company's policy; a module or a test may override it."""
    return POLICY


ANSWERS = ("answer",)
"""Details in which a mail server is quoted."""


@pytest_asyncio.fixture
async def company(
    request: pytest.FixtureRequest, database: Database, clock: Clock, policy: Policy
) -> AsyncIterator[Company]:
    """C1, P11: whatever a test did through the door, check that state and log agree at the end, and that the log names
    no one.
    """
    yield await a_company(database, clock, policy)
    names_nobody(await database.read(lambda store: list(store.audit.exported())))
    if request.node.get_closest_marker("compared"):
        assert await findings(database) == []


def names_nobody(entries: list[dict[str, Any]]) -> None:
    """P11: check that no entry has a name, an address, a number, a reference, or words that a person wrote."""
    for one in entries:
        told = json.dumps(one, ensure_ascii=False)
        assert [
            name for name in (*NAMES.values(), "fernhill", "customer.example") if name.casefold() in told.casefold()
        ] == []
        assert not re.search(r"\+(61|44)\d{6}|CS-\d", told), told
        said = [word for name, word in strings_in(one["detail"]) if " " in word and name not in ANSWERS]
        assert said == [], told


def strings_in(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in these details, with its key."""
    match value:
        case str():
            yield name, value
        case dict():
            for key, inner in value.items():
                yield from strings_in(inner, key)
        case list():
            for inner in value:
                yield from strings_in(inner, name)


@pytest_asyncio.fixture
async def company_in_a_file(sqlite_url: str, clock: Clock, policy: Policy) -> AsyncIterator[Company]:
    """A SQLite company, for what only a file can be made to hold."""
    opened = Database(sqlite_url)
    yield await a_company(opened, clock, policy)
    await opened.close()
