"""P8: in the sample company letters to customers come to a page, and to no network; a letter there is somebody else's page."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.mail import Writing
from bot.ports import Letter
from bot.rehearsal.fake_mail import FakeMail
from bot.rehearsal.fence import put_up
from bot.rehearsal.mailbox import Mailbox
from handlers.cards import Written

LINK = "http://localhost:3000/copy#kX3v9-_Q"
WRITTEN = Written("Your <b>copy</b>", "Dear Jo,", ("Here it is.",), LINK, "Open the page")
BODY = Writing("Fernhill Telecare").write(WRITTEN)
HERE = "/rehearsal/mail"
Client = TestClient[web.Request, web.Application]


class House:
    """A mailbox with its fence, under a clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
        self.mail = FakeMail()
        self.told: list[int] = []
        self.box = Mailbox(lambda: self.now, lambda: self.told.append(self.box.unread), self.mail)

    async def send(self, number: int, html: str = BODY.html) -> str:
        to = f"jo{number}@x.example"
        return await self.box.send(Letter(to, BODY.subject, BODY.plain, html, f"<{number}@fernhill.example>"))


@pytest.fixture
def house() -> House:
    return House()


@pytest_asyncio.fixture
async def client(house: House) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(house.box.routes())
    put_up(app)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def read(client: Client, path: str = HERE, **headers: str) -> tuple[int, str]:
    async with client.get(path, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_p8_letters_are_listed_the_newest_first_with_day_address_and_subject(
    client: Client, house: House
) -> None:
    await house.send(1)
    house.now = datetime(2026, 12, 1, 4, 5, tzinfo=UTC)
    await house.send(2)
    _, text = await read(client)
    assert re.findall(r"jo\d@x\.example|\w+ \d+ \w+, [\d:]+ Sydney", text) == [
        "jo2@x.example", "Tue 1 Dec, 15:05 Sydney", "jo1@x.example", "Wed 25 Nov, 10:30 Sydney"
    ]  # fmt: skip
    assert "Your &lt;b&gt;copy&lt;/b&gt;" in text
    assert "<title>(2) Customers’ mailbox · Fernhill Telecare</title>" in text


async def test_p8_a_letter_runs_nothing_fetches_nothing_and_stands_in_our_own_page_alone(
    client: Client, house: House
) -> None:
    await house.send(1)
    async with client.get(f"{HERE}/1/letter") as answer:
        rules, text = answer.headers["Content-Security-Policy"].split("; "), await answer.text()
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert rules == [
        "sandbox allow-popups allow-popups-to-escape-sandbox", "default-src 'none'", "style-src 'unsafe-inline'",
        "img-src data:", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'",
    ]  # fmt: skip
    assert text.replace('<base target="_blank">', "") == BODY.html
    _, looks = await read(client, f"{HERE}/1")
    assert '<iframe src="/rehearsal/mail/1/letter" title="The letter as it looks" sandbox="allow-popups' in looks
    assert ("allow-scripts" in looks, "allow-same-origin" in looks) == (False, False)
    _, plain = await read(client, f"{HERE}/1/plain")
    assert f'<a href="{LINK}" rel="noopener" target="_blank">{LINK}</a>' in plain
    async with client.get(HERE) as page:
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
