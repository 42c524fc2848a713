"""Guesses at code and passcode, forged cookies and strangers at customers' pages: none in, and nobody else kept out (P8)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from bot.web.copy_entrance import EVEN, NOT_FIT
from bot.web.limits import LINKS, PASSCODES, RECEIPTS
from handlers.customers.intents import OpenLink
from handlers.customers.serving import NO_SESSION
from storage.database.store import Database
from storage.tables.customers import CustomerLink
from tests.bot.web.copy_house import CopyHouse, a_copy_house, plain
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.handlers.customers.builders import Sent
from tests.handlers.customers.test_links import ENDS, other

PROXY = (ip_network("127.0.0.0/8"),)
OVER = "This link is over"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


@pytest_asyncio.fixture
async def house(company: Company) -> AsyncIterator[CopyHouse]:
    async with a_copy_house(company) as opened:
        yield opened


async def _answers(house: CopyHouse, one: Sent) -> list[tuple[int, str]]:
    """What a stranger with the mail is told, and one without it."""
    told = [await house.open(one, passcode=other(one.passcode or "000000")), await house.open(one, "x" * 43, "123456")]
    return [(answer.status, plain(page)) for answer, page in told]


@pytest.mark.parametrize("way", [*ENDS, "locked", "no passcode yet", "live"])
async def test_p8_whatever_does_not_fit_is_one_answer_after_one_time(house: CopyHouse, way: str) -> None:
    one = await house.sent(passcode=way != "no passcode yet")
    if way == "locked":
        await one.to_state("locked")
    elif way in ENDS:
        await ENDS[way](one)
    mail, none = await _answers(house, one)
    assert mail == none
    assert none[0] == 403
    assert NOT_FIT in none[1]
    assert OVER not in none[1]
    assert house.slept == [EVEN, EVEN]


@pytest.mark.parametrize("way", ENDS)
async def test_p8_who_has_both_is_told_that_it_is_over(house: CopyHouse, way: str) -> None:
    one = await house.sent()
    await ENDS[way](one)
    answer, page = await house.open(one)
    assert (answer.status, OVER in page, "+61 2 8197 9000" in page) == (403, True, True)
    assert "Set-Cookie" not in answer.headers


async def test_p8_a_locked_link_tells_that_to_nobody(house: CopyHouse) -> None:
    one = await house.sent()
    for _ in range(5):
        assert (await house.open(one, passcode=other(one.passcode)))[0].status == 403
    answer, page = await house.open(one)
    assert (answer.status, NOT_FIT in page, OVER in page) == (403, True, False)
    one.passcode = await one.new_passcode()
    assert (await house.open(one))[0].status == 303


async def test_p8_an_answer_that_took_longer_waits_for_the_next_turn(house: CopyHouse) -> None:
    one = await house.sent()
    read = house.company.database.read

    async def slow(*args: object, **more: object) -> object:
        house.seconds.now += 0.7
        return await read(*args, **more)  # type: ignore[arg-type]

    house.company.database.read = slow  # type: ignore[method-assign, assignment]
    await house.open(one, "x" * 43, "123456")
    assert house.slept == [pytest.approx(0.3)]


async def test_p8_that_it_ended_in_between_is_told_in_the_same_way(house: CopyHouse) -> None:
    one = await house.sent()
    enter = house.company.door.enter

    async def ended_before(intent: object, *args: object, **more: object) -> object:
        if isinstance(intent, OpenLink):
            await one.to_state("ended")
        return await enter(intent, *args, **more)  # type: ignore[arg-type]

    house.company.door.enter = ended_before  # type: ignore[method-assign, assignment]
    answer, page = await house.open(one)
    assert (answer.status, OVER in page) == (403, True)


async def _guess(house: CopyHouse, http: ClientSession, number: int, two: Sent) -> int:
    """Half of them have somebody's mail, half have nothing."""
    fields = {"code": f"guess-{number:040d}" if number % 2 else two.code, "passcode": f"{number:06d}"}
    by = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250}"}
    async with http.post(f"{house.url}/copy/open", data=fields, headers=by, allow_redirects=False) as answer:
        return answer.status


@pytest.mark.soak
async def test_p8_ten_thousand_guesses_from_many_addresses_let_nobody_in_and_keep_nobody_out(company: Company) -> None:
    """Each comes from an address of its own; between them somebody opens a link as always, also when all limits are reached."""
    async with a_copy_house(company, trusted=PROXY) as house, ClientSession() as http:
        one, two = await house.sent(), await house.sent(request="C-SECOND22", passcode=False)
        two.passcode = await two.new_passcode()
        while int(two.passcode) < 10_000:  # it would be guessed by chance
            await two.change((CustomerLink, two.link), passcodes=0)
            two.passcode = await two.new_passcode()
        before, statuses = len(await audit(company)), Counter[int]()
        for first in range(0, 10_000, 100):
            statuses.update(await asyncio.gather(*(_guess(house, http, first + more, two) for more in range(100))))
            if first % 1000 == 0:
                assert (await house.open(one, x_forwarded_for="198.51.0.0"))[0].status == 303
        assert statuses == {403: PASSCODES.all, 429: 10_000 - PASSCODES.all}
        assert (await one.row()).tries == 0
        assert ((await two.row()).state, (await two.row()).tries) == ("locked", 5)
        assert len(await audit(company)) == before + 5 + 10


def test_p8_what_is_said_of_too_many_tries_is_true_wherever_they_came_from() -> None:
    """Of one address, and of all of them together: who is told so may have tried once."""
    assert "from your network" not in f"{PASSCODES.words} {LINKS.words} {RECEIPTS.words}"


async def test_p8_an_address_has_its_limit_and_who_has_both_comes_in_from_there(house: CopyHouse) -> None:
    one = await house.sent()
    for number in range(PASSCODES.one + 2):
        answer, page = await house.open(one, f"guess-{number:040d}", "123456")
    assert (answer.status, PASSCODES.words in page, answer.headers["Retry-After"]) == (429, True, "60")
    assert (await house.open(one))[0].status == 303
    house.seconds.now += PASSCODES.window
    assert (await house.open(one, "x" * 43, "123456"))[0].status == 403


async def test_p8_beyond_its_limit_a_wrong_passcode_still_counts_against_the_link(house: CopyHouse) -> None:
    """Else whoever is over the limit could try all of them, and only the right one would be let in."""
    one = await house.sent()
    for number in range(PASSCODES.one):
        await house.open(one, f"guess-{number:040d}", "123456")
    for _ in range(5):
        assert (await house.open(one, passcode=other(one.passcode)))[0].status == 429
    assert (await one.row()).state == "locked"


@pytest.mark.parametrize("secret", ["", "guessed", "x" * 5000, "\\", "%00"])
async def test_p8_a_forged_cookie_opens_nothing_and_writes_nothing(house: CopyHouse, secret: str) -> None:
    one = await (await house.sent()).let_in()
    before = await audit(house.company)
    for path in (
        "",
        "/access",
        "/download",
        f"/{house.calls[0]}/audio",
        f"/{house.calls[0]}/download",
        f"/{house.calls[0]}/peaks",
    ):
        answer, said = await house.get(f"/copy/{one.link}{path}", cookie=f"copy={secret}")
        assert (answer.status, NO_SESSION in said) == (403, True), path
    assert await audit(house.company) == before


async def test_p8_strangers_without_a_session_have_their_limit_and_customers_none(house: CopyHouse) -> None:
    one = await (await house.sent()).let_in()
    for number in range(PASSCODES.one + 1):
        answer, _ = await house.get(f"/copy/CL-{number}", cookie="copy=guessed")
    assert answer.status == 429
    assert (await house.get(f"/copy/{one.link}", cookie=f"copy={one.secret}"))[0].status == 200
