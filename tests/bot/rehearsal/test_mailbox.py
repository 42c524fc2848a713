"""P8: letters to the sample company's customers go to a page, not to a network, and are shown as a stranger's page."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.mail import Writing
from bot.ports import Letter
from bot.rehearsal.demo import protect_app
from bot.rehearsal.fake_mail import FakeMail
from bot.rehearsal.mailbox import Mailbox
from handlers.cards import Written
from tests.moments import NOW

LINK = "http://localhost:3000/copy#kX3v9-_Q"
WRITTEN = Written("Your <b>copy</b>", "Dear Jo,", ("Here it is.",), LINK, "Open the page")
BODY = Writing("Fernhill Telecare").write(WRITTEN)
HERE = "/rehearsal/mail"
Client = TestClient[web.Request, web.Application]


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    """A browser at a mailbox with its fence and one letter."""
    box, app = Mailbox(lambda: NOW, lambda: None, FakeMail()), web.Application()
    await box.send(Letter("jo@x.example", BODY.subject, BODY.plain, BODY.html, "<1@fernhill.example>"))
    app.add_routes(box.routes())
    protect_app(app)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_p8_a_letter_runs_nothing_fetches_nothing_and_is_in_our_own_page_alone(client: Client) -> None:
    async with client.get(f"{HERE}/1/letter") as answer:
        rules, text = answer.headers["Content-Security-Policy"].split("; "), await answer.text()
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert rules == [
        "sandbox allow-popups allow-popups-to-escape-sandbox", "default-src 'none'", "style-src 'unsafe-inline'",
        "img-src data:", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'self'",
    ]  # fmt: skip
    assert text.replace('<base target="_blank">', "") == BODY.html
    looks, plain, listed = [await (await client.get(f"{HERE}{path}")).text() for path in ("/1", "/1/plain", "")]
    assert '<iframe src="/rehearsal/mail/1/letter" title="The letter as it looks" sandbox="allow-popups' in looks
    assert ("allow-scripts" in looks, "allow-same-origin" in looks) == (False, False)
    assert f'<a href="{LINK}" rel="noopener" target="_blank">{LINK}</a>' in plain
    assert "jo@x.example" in listed
    assert "Your &lt;b&gt;copy&lt;/b&gt;" in listed
    async with client.get(HERE) as page:
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
