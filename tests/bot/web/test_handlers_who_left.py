"""B6 and P13: a handler of a report who leaves the company reads, writes and hears nothing any more, though the bot wasn't told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.listeners import AGAIN, LOOK, SURE, Listeners
from tests.bot.web.report_house import House, a_house
from tests.bot.web.test_still_members import Platform
from tests.clocks import Seconds
from tests.handlers.breach.reporting import WORDS, Page, granted, the_page
from tests.handlers.breach.test_hidden import everything
from tests.handlers.builders import Company, audit
from tests.moments import NOW

OPEN = "This page is not open for you"
NOTE = "They talked about it at lunch."


@pytest.fixture
def platform(company: Company) -> Platform:
    return Platform(company, "URUTH", "Ruth Adeyemi")


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest_asyncio.fixture
async def house(company: Company, platform: Platform, seconds: Seconds) -> AsyncIterator[House]:
    listeners = Listeners(platform.confirmed, seconds)
    async with a_house(company.database, door=company.door, listeners=listeners) as opened:
        yield opened


@dataclass
class Handler:
    """A reader at the page of a report, on which a call may be heard."""

    house: House
    page: Page
    copy: str

    async def ask(self, what: str = "read", session: str = "") -> tuple[int, str]:
        """Read it, write a note into it, or hear the call that is kept."""
        path, cookie = f"/report/handle/{self.page.report}", f"report={session or self.page.session}"
        if what == "write":
            answer, told = await self.house.post(f"{path}/note", {"words": NOTE}, cookie=cookie)
        elif what == "hear":
            answer, told = await self.house.get(f"{path}/audio/{self.copy}", cookie=cookie, range="bytes=0-99")
        else:
            answer, told = await self.house.get(path, cookie=cookie)
        return answer.status, told


@pytest_asyncio.fixture
async def ruth(house: House, company: Company) -> Handler:
    mine = await the_page(company)
    return Handler(house, mine, await granted(company, mine, (bytes(500_000),)))


WAYS = {"read": 200, "write": 303, "hear": 206}


@pytest.mark.parametrize("what", WAYS)
async def test_b6_who_left_has_no_page_within_a_minute(
    company: Company, ruth: Handler, platform: Platform, seconds: Seconds, what: str
) -> None:
    assert (await ruth.ask(what))[0] == WAYS[what]
    platform.standing = "deactivated"
    seconds.now += LOOK
    status, told = await ruth.ask(what)
    assert (status, OPEN in told, WORDS in told) == (403, True, False)
    noted = (await company.database.read(lambda store: everything(store, ours=True)))["breach_reports"]
    assert (await ruth.ask(what))[0] == 403
    assert (await company.database.read(lambda store: everything(store, ours=True)))["breach_reports"] == noted


async def outside(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but a report's, without the moment at which an account was last looked at."""
    rows, moments = await company.database.read(everything), (NOW, company.clock())
    return {name: [tuple(one for one in row if one not in moments) for row in some] for name, some in rows.items()}


@pytest.mark.parametrize("fault", [None, ValueError("a bug")])
async def test_p13_the_looks_leave_no_row_and_no_word_that_tells_of_a_report(
    company: Company, ruth: Handler, platform: Platform, seconds: Seconds, fault: Exception | None
) -> None:
    """But for that moment, as any press in a chat leaves it; and of a fault of ours its kind and place, as any page's."""
    company.clock.pass_(minutes=1)
    rows, entries = await outside(company), await audit(company)
    with capture_logs() as lines:
        for what, status in WAYS.items():
            assert (await ruth.ask(what))[0] == status
            seconds.now += LOOK
        platform.answers, platform.fault = False, fault
        seconds.now += SURE + 1
        for _ in range(3):
            assert (await ruth.ask())[0] == 503
            seconds.now += AGAIN
    assert (await outside(company), await audit(company)) == (rows, entries)
    assert {one["event"] for one in lines} == ({"listening.look_failed"} if fault else set())
    assert not [one for one in lines if "person" in one or str(company.ruth.person_id) in map(str, one.values())]
