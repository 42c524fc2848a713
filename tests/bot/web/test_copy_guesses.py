"""Guesses at code and passcode, forged cookies and strangers at customers' pages: none in, and nobody else kept out (P8)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.web.copy_entrance import EVEN, NOT_FIT
from bot.web.limits import PASSCODES
from handlers.customers.serving import NO_SESSION
from storage.database.store import Database
from tests.bot.web.copy_house import CopyHouse, a_copy_house, plain
from tests.handlers.builders import Clock, Company, a_company, audit
from tests.handlers.customers.builders import Sent
from tests.handlers.customers.test_links import ENDS, other

OVER = "This link is over"


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
