"""P8: in the sample company letters to customers arrive on a page, and on no network."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.mail.writing import Writing
from bot.mailing import Letter
from bot.rehearsal.fake_mail import FakeMail
from bot.rehearsal.mailbox import Mailbox
from handlers.letters import Written

WRITTEN = Written("Your <b>copy</b>", "Dear Jo,", ("Here it is.",), "http://localhost:3000/copy#kX3v9", "Open my copy")
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def mail() -> FakeMail:
    return FakeMail()


@pytest_asyncio.fixture
async def client(mail: FakeMail) -> AsyncIterator[Client]:
    app = web.Application()
    app.add_routes(Mailbox(mail).routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def read(client: Client, path: str) -> tuple[int, str, str]:
    async with client.get(path) as answer:
        return answer.status, answer.headers.get("Content-Security-Policy", ""), await answer.text()


async def test_p8_an_empty_mailbox_says_so(client: Client) -> None:
    status, _, text = await read(client, "/rehearsal/mail")
    assert (status, "Nothing has come yet." in text) == (200, True)


async def test_p8_letters_are_listed_the_newest_first_and_open_in_both_forms(client: Client, mail: FakeMail) -> None:
    body = Writing("Fernhill Telecare").write(WRITTEN)
    for number in (1, 2):
        await mail.send(
            Letter(f"jo{number}@x.example", body.subject, body.plain, body.html, f"<{number}@fernhill.example>")
        )
    _, rules, text = await read(client, "/rehearsal/mail")
    assert text.index("jo2@x.example") < text.index("jo1@x.example")
    assert "Your &lt;b&gt;copy&lt;/b&gt;" in text
    assert rules.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert await read(client, "/rehearsal/mail/1") == (200, rules, body.html)
    assert await read(client, "/rehearsal/mail/2/plain") == (200, rules, body.plain)


async def test_p8_what_never_came_is_not_there(client: Client) -> None:
    for path in ("/rehearsal/mail/0", "/rehearsal/mail/1", "/rehearsal/mail/1/plain", "/rehearsal/mail/x"):
        assert (await read(client, path))[0] == 404
