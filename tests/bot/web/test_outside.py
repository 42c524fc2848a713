"""What every answer to the outside keeps, whose request it is, and how often strangers may guess (P7, P8, P13)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web
from aiohttp.test_utils import make_mocked_request

from bot.app import Steward
from bot.listeners import Listeners
from bot.settings.config import Given, read_policy
from bot.web.answers import UNREADABLE, answer_faults, own_pages_only, response_headers
from bot.web.limits import LISTENING, RECEIPTS, REMEMBERED, Limits, Pacing, _warn_of_proxy, caller_of
from bot.web.listening import ListeningPages
from handlers import listening
from storage.database.store import Database
from tests.bot.web.player import Player, a_player, everybody
from tests.bot.web.serving import served
from tests.clocks import Seconds
from tests.each import each
from tests.handlers.builders import Clock, Company, a_company, approved, audit, call, register
from tests.keys import KEY
from tests.memory_recorder import MemoryRecorder

ROOT = Path(__file__).parents[3]
HTTPS, HERE = "https://steward.example.com", "http://localhost:3000"
SITE = "Sec-Fetch-Site"


@asynccontextmanager
async def a_site(public_url: str) -> AsyncIterator[str]:
    """Something to send to and to read, at the address that people know as `public_url`."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="done")

    app = web.Application(middlewares=[answer_faults(), own_pages_only(public_url)])
    app.on_response_prepare.append(response_headers(public_url))
    app.add_routes([web.get("/", answer), web.post("/", answer)])
    async with served(app) as port:
        yield f"http://127.0.0.1:{port}/"


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
    steward = Steward(found, read_policy(ROOT / "policy.yaml"))
    async with served(steward.build()) as port:
        answer = await sent(f"http://127.0.0.1:{port}{path}", Origin="https://evil.example")
        assert (answer.status, answer.content_type) == (403, "application/json")
        assert "Server" not in answer.headers
    await steward.stop()


@pytest.mark.parametrize(("public_url", "name"), [(HTTPS, "__Secure-listening"), (HERE, "listening")])
async def test_over_https_only_https_can_set_the_cookie(database: Database, public_url: str, name: str) -> None:
    company = await a_company(database, Clock())
    [recording], met = await register(company.door, call(7)), list[str]()
    code = await company.door.enter(
        listening.make_listen_code(await approved(company, calls=[recording])), company.anna
    )
    app = web.Application(middlewares=[answer_faults()])
    pages = ListeningPages(
        company.door, MemoryRecorder(), public_url, Limits(), met.append, Listeners(everybody), Pacing()
    )
    app.add_routes(pages.routes())
    async with served(app) as port, ClientSession(f"http://127.0.0.1:{port}", cookie_jar=DummyCookieJar()) as http:
        async with http.post("/listen/exchange", json={"code": code}) as answer:
            grant, [cookie] = (await answer.json())["grant"], answer.cookies.values()
        assert (cookie.key, bool(cookie["secure"]), cookie["httponly"]) == (name, public_url == HTTPS, True)
        for sent_as in ("listening", "__Secure-listening"):
            told = {"Cookie": f"{sent_as}={cookie.value}"}
            async with http.get(f"/listen/{grant}/access", headers=told) as answer:
                assert answer.status == (200 if sent_as == name else 403)


async def test_a_fault_of_ours_has_an_id_that_the_person_is_told_and_the_log_has() -> None:
    async def broken(_: web.Request) -> web.Response:
        raise RuntimeError

    app = web.Application(middlewares=[answer_faults()])
    app.add_routes([web.get("/", broken)])
    with structlog.testing.capture_logs() as logs:
        async with served(app) as port, ClientSession() as http, http.get(f"http://127.0.0.1:{port}") as answer:
            status, words = answer.status, await answer.text()
    assert (status, [one["event"] for one in logs]) == (500, ["request.failed"])
    assert logs[0]["fault"] in words


HUGE = b"1" + b"0" * 400
ODD = {
    "huge": b'{"from": %s, "to": 2}' % HUGE, "minus huge": b'{"from": 0, "to": -%s}' % HUGE,
    "too huge to read": b'{"from": 0, "to": %s}' % (HUGE * 20), "nan": b'{"from": NaN, "to": 2}',
    "infinite": b'{"from": 0, "to": 1e999}', "deep": b"[" * 100_000, "no text": b"\xff\xfe", "a word": b'{"from": "0", "to": 2}',
    "true": b'{"from": true, "to": 2}', "empty": b"",
}  # fmt: skip
PACKED = {packing: (packing, b"hello") for packing in ("gzip", "deflate")}


async def sent_odd_bodies(player: Player, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    headers["Cookie"] = f"listening={player.secret}"
    async with ClientSession() as http:
        async with http.post(f"http://127.0.0.1:{player.port}{path}", data=body, headers=headers) as answer:
            return answer.status, (await answer.json())["sentence"]


async def test_odd_bodies_are_answered(company: Company) -> None:
    unreadable = (400, UNREADABLE)
    async with a_player(company, 1000, 10.0) as player:
        heard = player.path.replace("/audio", "/heard")
        for name, body in ODD.items():
            assert await sent_odd_bodies(player, heard, body) == unreadable, name
        for packing, body in PACKED.values():
            for path in (heard, "/listen/exchange"):
                told = await sent_odd_bodies(player, path, body, **{"Content-Encoding": packing})
                assert told == unreadable, (packing, path)


SPENT = "This link has already been used, or is more than a minute old. Press Listen again."
CLOSED = "This page is no longer open to you. Press Listen again."


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
        real = await company.door.enter(listening.make_listen_code(player.request), company.anna)
        assert (await code(player, real))[0] == 200
        assert (await heard(player, player.secret))[0] == 200
        await player.glass.pass_(LISTENING.window)
        assert (await what(player, "guessed"))[0] == 403


async def test_b7_a_proxy_that_is_not_ours_is_not_believed(company: Company) -> None:
    async with a_player(company, 1000, 10.0) as player:
        found = [(await code(player, "guessed", f"198.51.100.{number}"))[0] for number in range(LISTENING.one + 1)]
        assert found == [403] * LISTENING.one + [429]


OURS = (ip_network("10.0.0.0/8"), ip_network("2001:db8:1::/48"))


def test_p13_no_address_is_kept_and_memory_is_bounded_however_many_there_are() -> None:
    seconds = Seconds()
    kept = Limits(OURS, seconds)
    for number in range(REMEMBERED + 50):
        seconds.now += RECEIPTS.window / RECEIPTS.all + 0.01
        kept.count(RECEIPTS, make_mocked_request("GET", "/").clone(remote=f"203.0.{number >> 8}.{number & 255}"))
        kept.note_done(f"{number}")
    assert (len(kept._times), len(kept._done)) == (REMEMBERED, REMEMBERED)
    assert "203.0." not in repr(vars(kept))


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
    """From the right: what is further left was written by the sender."""
    request = make_mocked_request("GET", "/", headers=[("X-Forwarded-For", one) for one in told]).clone(
        remote=connection
    )
    assert caller_of(request, OURS) == found


def test_b7_a_proxy_that_is_not_named_is_warned_of_once() -> None:
    """Without it, ten reports an hour behind one proxy close `/report` for everyone, and nothing else says so."""
    asked = [make_mocked_request("GET", "/", headers={"X-Forwarded-For": f"192.0.2.{one}"}) for one in (1, 2)]
    for trusted, warned in (((), 1), (OURS, 0)):
        _warn_of_proxy.cache_clear()
        with structlog.testing.capture_logs() as logs:
            for one in asked:
                caller_of(one.clone(remote="10.1.2.3"), trusted)
        assert [one["event"] for one in logs] == ["proxy.not_trusted"] * warned
