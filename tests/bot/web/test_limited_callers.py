"""Whose request it is, and how often strangers may guess (P7, P8, P13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import make_mocked_request
from structlog.testing import capture_logs

from bot.web.answers import TooMuch
from bot.web.limits import LISTENING, RECEIPTS, REMEMBERED, Limits, _warn_of_proxy, caller
from handlers.listening import Listen
from storage.database.store import Database
from tests.bot.web.player import Player, a_player
from tests.clocks import Seconds
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, audit

PROXY = (ip_network("127.0.0.0/8"),)
SPENT = "This link was used already, or is older than a minute. Press Listen again."
CLOSED = "This page is no longer open to you. Press Listen again."


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
                assert 1 <= int(answer.headers["Retry-After"]) <= LISTENING.window
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
        found = [await what(player, f"guessed {number}") for number in range(LISTENING.one + 5)]
        assert [status for status, _ in found] == [403] * LISTENING.one + [429] * 5
        assert found[-1] == (429, LISTENING.words)
        real = await company.door.enter(Listen(player.request), company.anna)
        assert (await code(player, real))[0] == 200
        assert (await heard(player, player.secret))[0] == 200
        await player.glass.pass_(LISTENING.window)
        assert (await what(player, "guessed"))[0] == 403


@pytest.mark.soak
async def test_b7_behind_a_proxy_of_ours_each_address_has_its_own_limit_and_all_have_one(company: Company) -> None:
    async with a_player(company, 1000, 10.0, trusted=PROXY) as player:
        for number in range(LISTENING.all):
            by = f"203.0.113.99, 198.51.100.{number // LISTENING.one}"
            assert (await code(player, "guessed", by))[0] == 403, number
        assert (await code(player, "guessed", "192.0.2.1"))[0] == 429
        real = await company.door.enter(Listen(player.request), company.anna)
        assert (await code(player, real, "192.0.2.1"))[0] == 200


async def test_b7_whoever_is_no_proxy_of_ours_is_not_believed(company: Company) -> None:
    async with a_player(company, 1000, 10.0) as player:
        found = [(await code(player, "guessed", f"198.51.100.{number}"))[0] for number in range(LISTENING.one + 1)]
        assert found == [403] * LISTENING.one + [429]


def test_p13_no_address_is_kept_and_memory_is_bounded_however_many_there_are() -> None:
    seconds = Seconds()
    kept = Limits(seconds)
    for number in range(REMEMBERED + 50):
        seconds.now += RECEIPTS.window / RECEIPTS.all + 0.01
        kept.take(RECEIPTS, f"203.0.113.{number}")
        kept.done(f"{number}")
    assert (len(kept._times), len(kept._done)) == (REMEMBERED, REMEMBERED)
    assert "203.0.113" not in repr(vars(kept))


def test_b7_the_window_slides_and_a_limit_counts_nothing_beyond_itself() -> None:
    seconds = Seconds()
    kept = Limits(seconds)
    for _ in range(RECEIPTS.one):
        seconds.now += 1
        kept.take(RECEIPTS, "one")
    for _ in range(3):
        with pytest.raises(TooMuch) as refused:
            kept.take(RECEIPTS, "one")
        assert refused.value.seconds == 1 + RECEIPTS.window - RECEIPTS.one
    kept.take(LISTENING, "one")
    seconds.now += refused.value.seconds
    kept.take(RECEIPTS, "one")


OURS = (ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))


@each(
    ("connection", "told", "found"),
    [
        ("192.0.2.1", (), "192.0.2.1"),
        ("192.0.2.1", ("203.0.113.7",), "192.0.2.1"),
        ("10.1.2.3", (), "10.1.2.3"),
        ("10.1.2.3", ("203.0.113.7",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9, 203.0.113.7",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9, 203.0.113.7, 10.9.9.9",), "203.0.113.7"),
        ("10.1.2.3", ("198.51.100.9", "203.0.113.7,10.9.9.9"), "203.0.113.7"),
        ("10.1.2.3", ("203.0.113.7:4711",), "203.0.113.7"),
        ("10.1.2.3", ('"[2001:db8:9::7]:4711"',), "2001:db8:9::/64"),
        ("10.1.2.3", ("2001:db8:9::7",), "2001:db8:9::/64"),
        ("10.1.2.3", ("unknown",), "10.1.2.3"),
        ("10.1.2.3", ("203.0.113.7, <script>",), "10.1.2.3"),
        ("10.1.2.3", ("",), "10.1.2.3"),
        ("10.1.2.3", ("10.4.5.6",), "10.4.5.6"),
        ("2001:db8:1::9", ("203.0.113.7",), "203.0.113.7"),
        ("2001:db8:2::9", ("203.0.113.7",), "2001:db8:2::/64"),
        ("::ffff:10.1.2.3", ("::ffff:203.0.113.7",), "203.0.113.7"),
        ("fe80::1%eth0", (), "fe80::/64"),
        ("", ("203.0.113.7",), ""),
    ],
)
def test_b7_the_nearest_address_that_is_not_ours_counts(connection: str, told: tuple[str, ...], found: str) -> None:
    """From the right: what stands further left was written by whoever sent it."""
    request = make_mocked_request("GET", "/", headers=[("X-Forwarded-For", one) for one in told]).clone(
        remote=connection
    )
    assert caller(request, OURS) == found


@each(
    ("connection", "headers", "warned"),
    [
        ("10.1.2.3", {"X-Forwarded-For": "203.0.113.7"}, 0),
        ("192.0.2.1", {}, 0),
        ("192.0.2.1", {"X-Forwarded-For": "203.0.113.7"}, 1),
        ("10.1.2.3", {}, 1),
    ],
)
def test_a_proxy_that_is_named_wrongly_or_tells_no_address_is_warned_of_once(
    connection: str, headers: dict[str, str], warned: int
) -> None:
    _warn_of_proxy.cache_clear()
    with capture_logs() as told:
        for _ in range(2):
            caller(make_mocked_request("GET", "/", headers=headers).clone(remote=connection), OURS)
    assert [one["event"] for one in told] == ["proxy.not_trusted"] * warned
