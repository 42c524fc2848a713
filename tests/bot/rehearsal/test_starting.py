"""While the sample company starts a browser shows that it does, and opens it by itself; programs are answered as ever."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.rehearsal.starting import Starting

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_browser_sees_a_page_until_it_has_begun_and_others_what_is_there() -> None:
    """It showed JSON: that this can't be looked up right now."""
    app = web.Application()
    starting = Starting("Fernhill Telecare", app)

    async def home(_: web.Request) -> web.Response:
        return web.Response(text="the company")

    app.router.add_get("/", home)
    app.router.add_post("/", home)
    async with TestClient(TestServer(app)) as client:
        async with client.get("/", headers=BROWSER) as page:
            told = await page.text()
            assert (page.status, page.content_type) == (503, "text/html")
            assert "Fernhill Telecare is starting" in told
            assert '<meta http-equiv="refresh" content="1">' in told
            assert "http://" not in told and "https://" not in told and "src=" not in told, "nothing from elsewhere"
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        for answer in (client.get("/", headers={"Accept": "*/*"}), client.post("/", headers=BROWSER)):
            async with answer as other:
                assert (other.status, await other.text()) == (200, "the company")
        starting.done()
        async with client.get("/", headers=BROWSER) as page:
            assert (page.status, await page.text()) == (200, "the company")
