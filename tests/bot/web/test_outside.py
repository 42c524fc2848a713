"""What every answer to the outside keeps, and odd bodies that come in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web

from bot.app import Steward
from bot.settings.config import Given, policy
from bot.web.drawn import errors_as_sentences
from bot.web.listening import ListeningPages
from bot.web.outside import headers, own_pages_only
from handlers.listening import Listen
from storage.database.store import Database
from tests.bot.web.player import Player, a_player
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, approved, call, register
from tests.keys import KEY
from tests.memory_recorder import MemoryRecorder

ROOT = Path(__file__).parents[3]
HTTPS, HERE = "https://steward.example.com", "http://localhost:3000"
SITE = "Sec-Fetch-Site"


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_site(public_url: str) -> AsyncIterator[str]:
    """Something to send to and to read, at the address that people know as `public_url`."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="done")

    app = web.Application(middlewares=[errors_as_sentences, own_pages_only(public_url)])
    app.on_response_prepare.append(headers(public_url))
    app.add_routes([web.get("/", answer), web.post("/", answer)])
    async with served(app) as site:
        yield f"{site}/"


async def sent(site: str, method: str = "POST", **told: str) -> ClientResponse:
    async with ClientSession() as http, http.request(method, site, headers=told) as answer:
        await answer.read()
        return answer


FROM_ELSEWHERE = [
    (HTTPS, {"Origin": "https://evil.example"}),
    (HTTPS, {"Origin": "https://steward.example.com.evil.example"}),
    (HTTPS, {"Origin": "http://steward.example.com"}),
    (HTTPS, {"Origin": "https://steward.example.com:8443"}),
    (HTTPS, {"Origin": "null"}),
    (HTTPS, {"Origin": ""}),
    (HTTPS, {"Origin": HTTPS, SITE: "cross-site"}),
    (HTTPS, {SITE: "cross-site"}),
    (HTTPS, {SITE: "same-site"}),
    (HERE, {"Origin": "http://localhost:3001"}),
    (HERE, {"Origin": "http://rebound.example:3000"}),
    (HERE, {"Origin": "https://localhost:3000"}),
]


@each(("public_url", "told"), FROM_ELSEWHERE)
async def test_what_the_page_of_another_site_sends_is_refused(public_url: str, told: dict[str, str]) -> None:
    async with a_site(public_url) as site:
        answer = await sent(site, **told)
        assert (answer.status, answer.content_type) == (403, "application/json")
        assert (await sent(site, "GET", **told)).status == 200  # what only reads is kept by the browser itself


@each("public_url", [HTTPS, HERE])
async def test_an_answer_tells_no_version_and_asks_for_https_where_there_is_https(public_url: str) -> None:
    async with a_site(public_url) as site:
        for answer in (await sent(site), await sent(site + "nowhere"), await sent(site, Origin="https://evil.example")):
            assert "Server" not in answer.headers
            told = answer.headers.get("Strict-Transport-Security", "")
            assert told == ("max-age=31536000" if public_url == HTTPS else "")


@pytest.mark.parametrize("path", ["/listen/exchange", "/listen/g/7/heard", "/api/messages", "/slack/events"])
async def test_the_whole_program_refuses_other_sites_wherever_something_can_be_sent(
    sqlite_url: str, tmp_path: Path, path: str
) -> None:
    found = Given.model_validate({
        "database_url": sqlite_url, "recordings_url": f"file://{tmp_path}", "secret_key": KEY, "teams_allow_unauthenticated": True,
        "slack_bot_token": "xoxb-1", "slack_signing_secret": "0123456789abcdef0123456789abcdef",
    })  # fmt: skip
    steward = Steward(found, policy(ROOT / "policy.yaml"))
    async with served(steward.build()) as site:
        answer = await sent(site + path, Origin="https://evil.example")
        assert (answer.status, answer.content_type) == (403, "application/json")
        assert "Server" not in answer.headers
    await steward.stop()


@pytest.mark.parametrize(("public_url", "name"), [(HTTPS, "__Secure-listening"), (HERE, "listening")])
async def test_over_https_the_cookie_is_one_that_only_https_can_set(
    database: Database, public_url: str, name: str
) -> None:
    company = await a_company(database, Clock())
    [recording] = await register(company.door, call(7))
    code = await company.door.enter(Listen(await approved(company, calls=[recording])), company.anna)
    app = web.Application(middlewares=[errors_as_sentences])
    app.add_routes(ListeningPages(company.door, MemoryRecorder(), public_url).routes())
    async with served(app) as site, ClientSession(cookie_jar=DummyCookieJar()) as http:
        async with http.post(f"{site}/listen/exchange", json={"code": code}) as answer:
            grant, [cookie] = (await answer.json())["grant"], answer.cookies.values()
        assert (cookie.key, bool(cookie["secure"]), cookie["httponly"]) == (name, public_url == HTTPS, True)
        for sent_as in ("listening", "__Secure-listening"):
            told = {"Cookie": f"{sent_as}={cookie.value}"}
            async with http.get(f"{site}/listen/{grant}/access", headers=told) as answer:
                assert answer.status == (200 if sent_as == name else 403)


async def test_a_fault_of_ours_has_an_id_that_the_person_is_told_and_the_log_has() -> None:
    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError

    app = web.Application(middlewares=[errors_as_sentences])
    app.add_routes([web.get("/", broken)])
    with structlog.testing.capture_logs() as logs:
        async with served(app) as site, ClientSession() as http, http.get(site) as answer:
            status, words = answer.status, await answer.text()
    assert (status, [one["event"] for one in logs]) == (500, ["request.failed"])
    assert words.endswith(f"tell us this id: {logs[0]['id']}")


HUGE = b"1" + b"0" * 400
ODD = {
    "huge": b'{"from": %s, "to": 2}' % HUGE, "minus huge": b'{"from": 0, "to": -%s}' % HUGE,
    "too huge to read": b'{"from": 0, "to": %s}' % (HUGE * 20), "nan": b'{"from": NaN, "to": 2}',
    "infinite": b'{"from": 0, "to": 1e999}', "deep": b"[" * 100_000, "no text": b"\xff\xfe", "a word": b'{"from": "0", "to": 2}',
    "true": b'{"from": true, "to": 2}', "empty": b"",
}  # fmt: skip
PACKED = {packing: (packing, b"hello") for packing in ("gzip", "deflate")}


@pytest_asyncio.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def sent_odd_bodies(player: Player, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    headers["Cookie"] = f"listening={player.secret}"
    async with ClientSession() as http:
        async with http.post(f"http://127.0.0.1:{player.port}{path}", data=body, headers=headers) as answer:
            return answer.status, (await answer.json())["sentence"]


async def test_odd_bodies_are_answered(company: Company) -> None:
    unreadable = (400, "That can't be read. Please reload the page.")
    async with a_player(company, 1000, 10.0) as player:
        heard = player.path.replace("/audio", "/heard")
        for name, body in ODD.items():
            assert await sent_odd_bodies(player, heard, body) == unreadable, name
        for packing, body in PACKED.values():
            for path in (heard, "/listen/exchange"):
                assert await sent_odd_bodies(player, path, body, **{"Content-Encoding": packing}) == unreadable, (
                    packing,
                    path,
                )
