"""B7 of the first trial: what strangers send is answered by a read, within limits, and told once an hour (P7, P11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from ipaddress import ip_network

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.web.answers import TooMuch
from bot.web.strangers import HOUR, MOST_OF_ALL, MOST_OF_ONE, REMEMBERED, WINDOW, WORDS, Strangers
from handlers.access.intents import Withdraw
from handlers.listening import Listen
from storage.database.store import Database
from tests.bot.web.player import Player, a_player
from tests.clocks import Seconds, ticks
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, audit

PROXY = (ip_network("127.0.0.0/8"),)
SPENT = "This link was used already, or is older than a minute. Press Listen again."
CLOSED = "This page is no longer open to you. Press Listen again."


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def send(player: Player, path: str, body: dict[str, object], secret: str = "", by: str = "") -> tuple[int, str]:
    """What a page sends, and the sentence that it gets; `by` is what proxies say of where it comes from."""
    headers = {"Cookie": f"listening={secret}"} | ({"X-Forwarded-For": by} if by else {})
    async with ClientSession() as http:
        async with http.post(f"http://127.0.0.1:{player.port}{path}", json=body, headers=headers) as answer:
            told = await answer.json()
            if answer.status == 429:
                assert 1 <= int(answer.headers["Retry-After"]) <= WINDOW
            return answer.status, told.get("sentence", "")


async def code(player: Player, code: str, by: str = "") -> tuple[int, str]:
    return await send(player, "/listen/exchange", {"code": code}, by=by)


async def heard(player: Player, secret: str, by: str = "") -> tuple[int, str]:
    return await send(player, player.path.replace("/audio", "/heard"), {"from": 0, "to": 3}, secret, by)


async def test_b7_what_strangers_send_writes_nothing(company: Company) -> None:
    """Each wrong code used to be an entry for good, through the only writer."""
    async with a_player(company, 1000, 10.0) as player:
        before = await audit(company)
        for number in range(8):
            assert await code(player, f"guessed {number}") == (403, SPENT)
            assert await heard(player, f"guessed {number}") == (403, CLOSED)
        assert await audit(company) == before


@each("what", [code, heard])
async def test_b7_an_address_has_its_limit_and_its_people_are_let_in_all_the_same(
    company: Company, what: Callable[[Player, str], Awaitable[tuple[int, str]]]
) -> None:
    async with a_player(company, 1000, 10.0) as player:
        found = [await what(player, f"guessed {number}") for number in range(MOST_OF_ONE + 5)]
        assert [status for status, _ in found] == [403] * MOST_OF_ONE + [429] * 5
        assert found[-1] == (429, WORDS)
        real = await company.door.enter(Listen(player.request), company.anna)
        assert (await code(player, real))[0] == 200
        assert (await heard(player, player.secret))[0] == 200
        await player.glass.pass_(WINDOW)
        assert (await what(player, "guessed"))[0] == 403


@pytest.mark.soak
async def test_b7_behind_a_proxy_of_ours_each_address_has_its_own_limit_and_all_have_one(company: Company) -> None:
    async with a_player(company, 1000, 10.0, trusted=PROXY) as player:
        for number in range(MOST_OF_ALL):
            by = f"203.0.113.99, 198.51.100.{number // MOST_OF_ONE}"
            assert (await code(player, "guessed", by))[0] == 403, number
        assert (await code(player, "guessed", "192.0.2.1"))[0] == 429
        real = await company.door.enter(Listen(player.request), company.anna)
        assert (await code(player, real, "192.0.2.1"))[0] == 200


async def test_b7_whoever_is_no_proxy_of_ours_is_not_believed(company: Company) -> None:
    async with a_player(company, 1000, 10.0) as player:
        found = [(await code(player, "guessed", f"198.51.100.{number}"))[0] for number in range(MOST_OF_ONE + 1)]
        assert found == [403] * MOST_OF_ONE + [429]


async def test_b7_what_was_good_once_is_told_of_each_time_but_not_without_end(company: Company) -> None:
    """A spent code and a session whose access is over are somebody's of ours: that stands in the log, within the limits."""
    async with a_player(company, 1000, 10.0) as player:
        real = await company.door.enter(Listen(player.request), company.anna)
        assert (await code(player, real))[0] == 200
        await company.door.enter(Withdraw(player.request), company.tara)
        company.clock.pass_(seconds=16)
        before = len(await audit(company))
        for _ in range(MOST_OF_ONE):
            assert (await code(player, real))[0] in (403, 429)
            assert (await heard(player, player.secret))[0] in (403, 429)
        told = [(one[1], one[2]) for one in (await audit(company))[before:]]
        assert set(told) == {("listening.open", "refused"), ("listening.part", "refused")}
        assert len(told) == MOST_OF_ONE
        assert player.strangers.waiting() == MOST_OF_ONE


async def test_a7_a_code_that_came_too_late_is_no_code_when_the_clock_is_put_back(company: Company) -> None:
    async with a_player(company, 1000, 10.0) as player:
        real = await company.door.enter(Listen(player.request), company.anna)
        company.clock.pass_(seconds=61)
        assert await code(player, real) == (403, SPENT)
        company.clock.pass_(seconds=-31)
        assert await code(player, real) == (403, SPENT)


async def test_b7_once_an_hour_the_log_says_how_many_there_were_and_not_from_where(company: Company) -> None:
    seconds = Seconds()
    clock = ticks(company, seconds)
    for number in range(MOST_OF_ONE + 5):
        with pytest.raises(TooMuch) if number >= MOST_OF_ONE else nullcontext():
            clock.strangers.turn_away("192.0.2.1")
    before = len(await audit(company))
    for passed in (0.0, HOUR - 1, HOUR, HOUR + 1, 3 * HOUR):
        seconds.now = passed
        await clock.tick()
    told = [one for one in (await audit(company))[before:] if one[1].startswith("listening")]
    assert told == [("clock", "listening.turned_away", "done", "P11", {"number": MOST_OF_ONE + 5})]
    clock.strangers.turn_away("192.0.2.1")
    await clock.tell_of(clock.strangers.waiting())
    assert (await audit(company))[-1][4] == {"number": 1}
    assert clock.strangers.waiting() == 0


def test_b7_memory_is_bounded_however_many_addresses_there_are() -> None:
    seconds = Seconds()
    strangers = Strangers(seconds)
    for number in range(REMEMBERED + 100):
        seconds.now += WINDOW / MOST_OF_ALL + 0.01
        strangers.turn_away(f"address {number}")
    assert len(strangers._of) == REMEMBERED


def test_b7_the_window_slides() -> None:
    seconds = Seconds()
    strangers = Strangers(seconds)
    for _ in range(MOST_OF_ONE):
        seconds.now += 1
        strangers.turn_away("one")
    with pytest.raises(TooMuch) as refused:
        strangers.turn_away("one")
    assert refused.value.seconds == 1 + WINDOW - MOST_OF_ONE
    seconds.now += refused.value.seconds
    strangers.turn_away("one")
    with pytest.raises(TooMuch):
        strangers.turn_away("one")
