"""`recording-steward rotate-key`: what the key before wrapped opens with the new one alone, and what was marked is known again."""

from pathlib import Path

import pytest
import pytest_asyncio

from bot.commands.rotating import Wrapped
from bot.settings.config import Misconfigured
from handlers.acting import Context
from handlers.breach.vault import Vault
from storage.database.store import Database
from storage.tables.breaches import Report
from tests.cutting import dying_at
from tests.restoring import copied, put_back
from tests.rotating import ACCOUNT, ONE, OTHER, RUTH, WHOLE, House, a_house, unopened

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def house(database: Database, tmp_path: Path) -> House:
    return await a_house(database, tmp_path)


async def test_all_of_it_opens_with_the_new_key_alone_afterwards(house: House) -> None:
    assert await house.reads(ONE) == WHOLE
    assert await house.rotate(OTHER, ONE) == Wrapped(2, 0, before=False)
    assert await house.reads(OTHER) == WHOLE
    assert await unopened(house.company.database, OTHER) == 0
    assert await unopened(house.company.database, ONE) == 2


async def test_nothing_that_it_wrapped_opens_with_the_old_key_any_more(house: House) -> None:
    await house.rotate(OTHER, ONE)
    with pytest.raises(Misconfigured, match="needs the key with id"):
        await house.start(ONE)
    stale = house.door(ONE)  # a thief asks no one
    found = await house.within(stale, _told)
    assert found == {"rule": 0, "readers": 0, "own": False}


def _told(ctx: Context) -> dict[str, object]:

    vault = Vault(ctx)
    reports = [one.id for one in vault.rows.all()]
    return {
        "rule": len(vault.all()), "readers": sum(vault.has_sight(one, RUTH) for one in reports),
        "own": any(vault.is_own(one, ACCOUNT) for one in reports),
    }  # fmt: skip


async def test_killed_at_each_commit_it_continues_where_it_stopped(database: Database, house: House) -> None:
    """Before and after each commit that changes something; no bot starts until it is done."""
    before, deaths = await copied(database), 0
    while await dying_at(database, deaths + 1, lambda: house.rotate(OTHER, ONE)):
        deaths += 1
        await house.rotate(OTHER, ONE)
        assert await house.reads(OTHER) == WHOLE
        await put_back(database, before)
        database._written = 0  # what it wrote is gone, and that is meant
    assert deaths >= 8
    assert await house.reads(OTHER) == WHOLE


async def test_p13_a_report_that_neither_key_opens_stays_as_it_is_and_keeps_no_other_back(house: House) -> None:
    def spoil(ctx: Context) -> None:
        report = Vault(ctx).rows.row(Report, house.quiet)
        assert report is not None
        report.rule_wrap = b"x" * 60

    await house.within(house.door(ONE), spoil)
    await house.rotate(OTHER, ONE)
    found = await house.reads(OTHER)
    assert (found["readers"], found["own"], found["all"]) == (WHOLE["readers"], WHOLE["own"], 1)
