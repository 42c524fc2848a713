"""P7: sixty searches in people's own words find what they say, on SQLite, and on PostgreSQL with pg_trgm and without."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.settings.config import read_policy
from handlers.finding import ALIKE, MOST_OPTIONS
from handlers.policy import Policy
from storage.database.store import Database
from tests.searching.sixty import SIXTY, Call, asker, calls, differs, lay, looked
from tests.stories.house import ROOT

pytestmark = pytest.mark.soak

CALLS: list[Call] = calls(600)


@pytest.fixture
def rules() -> Policy:
    """The sample company's policy."""
    return read_policy(ROOT / "policy.yaml")


@pytest_asyncio.fixture
async def register(searched_url: str) -> AsyncIterator[Database]:
    """A register of some hundred calls."""
    database = Database(searched_url)
    await lay(database, CALLS)
    yield database
    await database.close()


async def test_p7_each_finds_what_it_says_and_similar_names_behind(register: Database, rules: Policy) -> None:
    who = await asker(register)
    found = {
        one.typed: differs(one, await looked(register, rules, who, one.typed), CALLS, MOST_OPTIONS) for one in SIXTY
    }
    assert {typed: wrong for typed, wrong in found.items() if wrong} == {}


async def test_p7_a_similar_name_is_marked_as_such(register: Database, rules: Policy) -> None:
    found = await looked(register, rules, await asker(register), "Ana Quill")
    assert (found.exactly, found.otherwise) == ((), ())
    assert {one.small.split(" · ")[0] for one in found.alike} == {ALIKE}
    assert {one.label.split(" · ")[1] for one in found.alike} == {"Anna Quill"}
