"""B6, B9, P13: who left hears and reads nothing more, on the player and on a report's page, where a kept call leaves at the pace of listening."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from structlog.testing import capture_logs

from bot.listeners import AGAIN, LOOK, SURE, Listeners
from bot.web.limits import HEAD_START
from handlers.breach import steps
from tests.bot.web.hourglass import Hourglass
from tests.bot.web.player import Ear, Player, a_player, an_ear
from tests.bot.web.report_house import House, a_house
from tests.clocks import Seconds
from tests.handlers.breach.reporting import WORDS, Page, chosen, granted, page, the_page
from tests.handlers.breach.test_hidden import everything
from tests.handlers.builders import Company, account, audit, meet
from tests.moments import NOW
from tests.stories.waiting import until

LONG, RATE = 3600.0, 8000
UNSURE = "I can’t check at the moment whether your account is still active, so playback has stopped. It will continue by itself."


@dataclass
class Platform:
    """What a chat platform says of a person, and how often it was asked."""

    company: Company
    account: str = "UANNA"
    name: str = "Anna Quill"
    answers: bool = True
    standing: str = "member"
    asked: int = 0
    fault: Exception | None = None

    async def confirmed(self, _: int) -> bool:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        if not self.answers:
            return False
        told = replace(account(self.account, self.name, self.standing), checked_at=self.company.clock())
        await meet(self.company.door, told)
        return self.standing == "member"


@pytest.fixture
def annas(company: Company) -> Platform:
    return Platform(company)


async def told(player: Player, what: str = "access") -> tuple[int, dict[str, Any]]:
    """What the page is told when it asks for the state of its access, or reports what was heard."""
    headers, base = {"Cookie": f"listening={player.secret}"}, f"http://127.0.0.1:{player.port}/listen/{player.grant}"
    async with ClientSession(headers=headers) as http:
        if what == "heard":
            async with http.post(f"{base}/{player.recording}/heard", json={"from": 0, "to": 3}) as answer:
                return answer.status, await answer.json()
        async with http.get(f"{base}/access") as answer:
            return answer.status, await answer.json()


async def listen(player: Player, seconds: float) -> None:
    """Let the time pass in which Anna listens, a few seconds at a time."""
    end = player.glass.now + seconds
    while player.glass.now < end:
        await player.glass.pass_(min(5.0, end - player.glass.now))
        await asyncio.sleep(0.005)


@pytest.mark.soak
@pytest.mark.parametrize("fault", [None, ValueError("a bug")])
async def test_b6_after_five_minutes_without_an_answer_it_stops_and_says_why(
    company: Company, annas: Platform, fault: Exception | None
) -> None:
    annas.answers, annas.fault = False, fault
    async with a_player(company, int(LONG * RATE), LONG, confirmed=annas.confirmed) as player:
        async with player.listening() as ear:
            await player.glass.asleep(2)
            await listen(player, SURE - 10)
            assert ear.end == ""
            assert SURE / AGAIN - 4 <= annas.asked <= SURE / AGAIN + 1
            await listen(player, 15)
            assert await ear.ended() == "reset"
        for what in ("access", "heard"):
            assert await told(player, what) == (503, {"sentence": UNSURE, "ended": False, "stop": True})
        annas.answers, annas.fault = True, None
        await player.glass.pass_(AGAIN)
        assert (await told(player))[0] == 200


OPEN = "You can’t open this page"
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
async def handler(house: House, company: Company) -> Handler:
    mine = await the_page(company)
    return Handler(house, mine, await granted(company, mine, (bytes(500_000),)))


WAYS = {"read": 200, "write": 303, "hear": 206}


@pytest.mark.parametrize("what", WAYS)
async def test_b6_who_left_has_no_page_within_a_minute(
    company: Company, handler: Handler, platform: Platform, seconds: Seconds, what: str
) -> None:
    assert (await handler.ask(what))[0] == WAYS[what]
    platform.standing = "deactivated"
    seconds.now += LOOK
    status, told = await handler.ask(what)
    assert (status, OPEN in told, WORDS in told) == (403, True, False)
    noted = (await company.database.read(lambda store: everything(store, ours=True)))["breach_reports"]
    assert (await handler.ask(what))[0] == 403
    assert (await company.database.read(lambda store: everything(store, ours=True)))["breach_reports"] == noted


async def outside(company: Company) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but a report's, without the moment at which an account was last looked at."""
    rows, moments = await company.database.read(everything), (NOW, company.clock())
    return {name: [tuple(one for one in row if one not in moments) for row in some] for name, some in rows.items()}


@pytest.mark.parametrize("fault", [None, ValueError("a bug")])
async def test_p13_the_looks_leave_no_row_and_no_word_that_tells_of_a_report(
    company: Company, handler: Handler, platform: Platform, seconds: Seconds, fault: Exception | None
) -> None:
    """But for that moment, as any press in a chat leaves it; and of a fault of ours its kind and place, as any page's."""
    company.clock.pass_(minutes=1)
    rows, entries = await outside(company), await audit(company)
    with capture_logs() as lines:
        for what, status in WAYS.items():
            assert (await handler.ask(what))[0] == status
            seconds.now += LOOK
        platform.answers, platform.fault = False, fault
        seconds.now += SURE + 1
        for _ in range(3):
            assert (await handler.ask())[0] == 503
            seconds.now += AGAIN
    assert (await outside(company), await audit(company)) == (rows, entries)
    assert {one["event"] for one in lines} == ({"listening.look_failed"} if fault else set())
    assert not [one for one in lines if "person" in one or str(company.ruth.person_id) in map(str, one.values())]


SIZE = 61 * RATE
AUDIO = bytes(range(250)) * (SIZE // 250)


@dataclass
class Ruth:
    """Ruth's page of a report, with a call that she may hear."""

    company: Company
    house: House
    glass: Hourglass
    page: Page
    copy: str

    @property
    def path(self) -> str:
        return f"/report/handle/{self.page.report}/audio/{self.copy}"

    def hears(self, *, copy: str = "", start: int = 0, idle: bool = False) -> AbstractAsyncContextManager[Ear]:
        """A browser that asks for it from byte `start` on."""
        path = self.path.replace(self.copy, copy or self.copy)
        return an_ear(self.house.port, path, f"report={self.page.session}", idle=idle, start=start)

    async def noted(self) -> int:
        """How often the report says that a call was heard."""
        return sum(one.kind == "heard" for one in (await self.page.read()).history)


@pytest_asyncio.fixture
async def ruth(company: Company, platform: Platform) -> AsyncIterator[Ruth]:
    glass, mine = Hourglass(), await the_page(company)
    name = await granted(company, mine, (AUDIO,))
    listeners = Listeners(platform.confirmed, glass.pace.monotonic)
    async with a_house(company.database, door=company.door, listeners=listeners, pace=glass.pace) as house:
        yield Ruth(company, house, glass, mine, name)


async def settled(got: list[int]) -> int:
    """How many bytes came, once no more do."""
    before = -1
    while before != sum(got):
        before = sum(got)
        await asyncio.sleep(0.2)
    return before


@pytest.mark.parametrize("sessions", [1, 5])
@pytest.mark.parametrize("ranged", [True, False])
async def test_b9_many_at_once_get_no_more_than_one_listener_may(ruth: Ruth, sessions: int, ranged: bool) -> None:
    """Ten whole copies came in 0.15 s; now they have one head start for all, with however many sessions and ranges."""
    pages = [ruth.page, *[await page(ruth.company, ruth.company.ruth, ruth.page.report) for _ in range(sessions - 1)]]
    got = list[int]()

    async def whole(place: int) -> None:
        sent = {"Cookie": f"report={pages[place % sessions].session}"}
        if ranged:
            sent["Range"] = f"bytes={place * SIZE // 20}-"  # whichever come first have more to give than that
        async with http.get(ruth.house.url + ruth.path, headers=sent) as answer:
            async for some in answer.content.iter_any():
                got.append(len(some) if answer.status < 300 else 0)

    async with ClientSession() as http:
        tasks = [asyncio.create_task(whole(place)) for place in range(10)]
        await until(lambda: sum(got) >= 2 * HEAD_START * RATE, "what two head starts hold")
        assert await settled(got) == 2 * HEAD_START * RATE
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_p13_who_loses_sight_hears_nothing_a_second_later(ruth: Ruth) -> None:
    helena = await page(ruth.company, ruth.company.helena, ruth.page.report)
    async with ruth.hears() as ear:
        await ear.has(HEAD_START * RATE)
        await helena.do(steps.accuse_person, chosen(ruth.company, "ruth")[0], "She was there.")
        await ruth.glass.pass_(1.0)
        assert await ear.ended() == "reset"
