"""P8: thousands of guesses at code and passcode from as many addresses: none in, and the customer is kept out of nothing."""

from __future__ import annotations

import asyncio
import string
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from sqlalchemy import func, select

from storage.tables.customers import CustomerSession
from tests.stories.customer import another
from tests.stories.mailed import Mail, Mailed, a_mailed_town, file, mail, passcode, release
from tests.stories.waiting import until

pytestmark = pytest.mark.soak
AT_ONCE = 120
SIGNS = string.ascii_letters + string.digits + "-_"
CUSTOMER = "203.0.113.77"
WITH_THE_MAIL = 4  # so often somebody who has the mail guesses: once more would lock the link
Guess = tuple[str, str, str]
"""Code, passcode, and from which address."""


@pytest_asyncio.fixture
async def company(tmp_path: Path) -> AsyncIterator[Mailed]:
    proxies = {"TRUSTED_PROXIES": "127.0.0.0/8"}
    async with a_mailed_town(tmp_path, f"sqlite:///{tmp_path / 'steward.db'}", more=proxies) as opened:
        yield opened


@dataclass
class Door:
    """`/copy/open` of a running bot, behind a proxy of ours."""

    http: ClientSession
    url: str
    answers: Counter[int] = field(default_factory=Counter)

    async def try_(self, code: str, digits: str, address: str) -> int:
        """What whoever comes from that address is answered; 303 is in."""
        fields, said = {"code": code, "passcode": digits}, {"X-Forwarded-For": address}
        async with self.http.post(f"{self.url}/copy/open", data=fields, headers=said, allow_redirects=False) as answer:
            assert (answer.status == 303) == ("Set-Cookie" in answer.headers)
            return answer.status

    async def guess(self, guesses: Iterator[Guess]) -> None:
        """One after the other, as many as are left."""
        for code, digits, address in guesses:
            self.answers[await self.try_(code, digits, address)] += 1


def guesses(random: Random, number: int, letter: Mail, digits: str) -> Iterator[Guess]:
    """At random, near the code, with the right passcode; and a few by somebody who has the mail."""
    for place in range(number):
        code, guessed = "".join(random.choices(SIGNS, k=len(letter.code))), f"{random.randrange(10**6):06d}"
        if place % 3 == 1:
            at = random.randrange(len(letter.code) - 1)
            code = letter.code[:at] + random.choice(SIGNS.replace(letter.code[at], "")) + letter.code[at + 1 :]
        if place % 2:
            guessed = digits
        if place % (number // WITH_THE_MAIL) == number // (2 * WITH_THE_MAIL):
            code, guessed = letter.code, another(digits)
        yield code, guessed, f"10.{random.randrange(4)}.{random.randrange(256)}.{random.randrange(256)}"


async def sessions(company: Mailed) -> int:
    count = select(func.count()).select_from(CustomerSession)
    return await company.town.database.read(lambda store: store.session.scalar(count) or 0)


@pytest.mark.parametrize("number", [1200, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_p8_of_thousands_of_guesses_none_comes_in_and_the_customer_does_meanwhile(
    company: Mailed, number: int
) -> None:
    town = company.town
    request = await file(town)
    await release(town, request)
    letter = await mail(company.office)
    digits = await passcode(town, request)
    entries, all_ = len(await town.audit()), guesses(Random(number), number, letter, digits)
    connector, patience = TCPConnector(limit=0), ClientTimeout(total=60)
    async with ClientSession(cookie_jar=DummyCookieJar(), connector=connector, timeout=patience) as http:
        door, came = Door(http, company.url), 0
        guessing = [asyncio.create_task(door.guess(all_)) for _ in range(AT_ONCE)]
        for share in (0.1, 0.4, 0.7):
            await until(lambda share=share: door.answers.total() > share * number, "guesses were made")  # type: ignore[misc]
            assert await door.try_(letter.link, digits, CUSTOMER) == 303
            came += 1
        await asyncio.gather(*guessing)
        assert await door.try_(letter.link, digits, CUSTOMER) == 303
    assert (door.answers.total(), door.answers.keys() <= {403, 429}) == (number, True), door.answers
    assert await sessions(company) == came + 1
    opened = [one["detail"]["fits"] for one in (await town.audit())[entries:] if one["action"] == "customer.open_link"]
    assert Counter(opened) == {True: came + 1, False: WITH_THE_MAIL}
    assert digits not in company.town.bots[0].said
    assert letter.code not in company.town.bots[0].said
