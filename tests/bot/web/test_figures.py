"""The page of a month over HTTP: who gets in, for how long, and what leaves the house with it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web

from bot.listeners import Listeners
from bot.web.answers import answer_faults, own_pages_only, response_headers
from bot.web.figures import FigurePages, draw_bars
from bot.web.limits import Limits
from handlers.acting import Actor
from handlers.figures import room
from handlers.rules.figures import Column, Table
from storage.database.store import Database
from tests.bot.web.player import everybody
from tests.handlers.builders import Clock, Company, a_company, approved
from tests.handlers.declined.acts import afterwards

HERE = "http://localhost:3000"
MONTH = "2026-11"
PAGE = f"/figures/{MONTH}"


@dataclass
class House:
    company: Company
    port: int = 0
    cookie: str = "figures"

    async def ask(
        self, method: str, path: str, data: object = b"", cookie: str = "", **more: str
    ) -> tuple[ClientResponse, str]:
        said = {"Cookie": cookie, **{name.replace("_", "-"): value for name, value in more.items()}}
        async with ClientSession(cookie_jar=DummyCookieJar()) as http:
            address = f"http://127.0.0.1:{self.port}{path}"
            async with http.request(method, address, data=data, headers=said, allow_redirects=False) as answer:
                return answer, (await answer.read()).decode("utf-8", "replace")

    async def get(self, path: str, cookie: str = "") -> tuple[ClientResponse, str]:
        return await self.ask("GET", path, cookie=cookie)

    async def code(self, who: Actor | None = None) -> str:
        return (await self.company.door.enter(room.open_month(MONTH), who or self.company.helena)).code

    async def session(self, who: Actor | None = None) -> str:
        answer, _ = await self.ask("POST", "/figures/open", {"code": await self.code(who), "month": MONTH})
        assert (answer.status, answer.headers["Location"]) == (303, PAGE)
        return answer.headers["Set-Cookie"].partition(";")[0]


@asynccontextmanager
async def a_house(database: Database, url: str = HERE) -> AsyncIterator[House]:
    house = House(await a_company(database, Clock()))
    figures = FigurePages(house.company.door, url, Limits(), Listeners(everybody))
    app = web.Application(middlewares=[answer_faults({"/figures": figures.sorry}), own_pages_only(url)])
    app.on_response_prepare.append(response_headers(url))
    app.add_routes(figures.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    house.port = runner.addresses[0][1]
    yield house
    await runner.cleanup()


@pytest_asyncio.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with a_house(database) as opened:
        yield opened


async def test_without_a_session_there_is_a_shell_that_tells_nothing_and_files_are_refused(house: House) -> None:
    await approved(house.company)
    for path in ("/figures", PAGE, "/figures/2031-01", "/figures/what%20ever"):
        answer, page = await house.get(path)
        assert (answer.status, answer.headers.get("Set-Cookie")) == (200, None)
        assert "Staff requests" not in page
        assert "Open the month" in page
    for path in (f"{PAGE}/requests.csv", f"{PAGE}/all.csv"):
        answer, page = await house.get(path, "figures=guess")
        assert answer.status == 403
        assert "no longer open to you" in page


async def test_a_link_opens_on_a_press_and_once_and_its_session_is_a_cookie_of_these_pages_alone(house: House) -> None:
    code = await house.code()
    answer, _ = await house.ask("POST", "/figures/open", {"code": f"{HERE}{PAGE}#{code}", "month": MONTH})
    rest = answer.headers["Set-Cookie"].partition("; ")[2]
    assert (answer.status, rest) == (303, "HttpOnly; Path=/figures; SameSite=Strict")
    again, page = await house.ask("POST", "/figures/open", {"code": code, "month": MONTH})
    assert (again.status, again.headers.get("Set-Cookie")) == (403, None)
    assert "used already" in page


async def test_the_page_has_a_table_beside_each_picture_and_nothing_from_elsewhere(house: House) -> None:
    await approved(house.company)
    await afterwards(house.company)
    answer, page = await house.get(PAGE, await house.session())
    assert answer.status == 200
    policy = answer.headers["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "unsafe" in policy) == (True, False)
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert (answer.headers["X-Frame-Options"], answer.headers["Referrer-Policy"]) == ("DENY", "no-referrer")
    assert not re.search(r"""(?:src|href|srcset)=["'](?:https?:)?//""", page)
    assert not re.search(r"<script|style=|onclick", page)
    assert page.count("<figure>") == page.count('<div role="img"') == 3  # requests, deadlines, declines
    assert page.count("<table>") == page.count("<caption") == page.count("as CSV</a></p>")
    assert page.count("<figure>") <= page.count("<table>")
    assert "pip install" not in page
    assert '<th scope="row">Staff requests</th>' in page
    assert "Bram Tolliver" in page


async def test_a_file_for_a_spreadsheet_has_no_formula_and_is_never_kept(house: House) -> None:
    await approved(house.company)
    session = await house.session()
    answer, told = await house.get(f"{PAGE}/requests.csv", session)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="month-2026-11-requests.csv"'
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/csv", "no-store, private")
    assert told.startswith("\ufeffWhat,Asked,Approved")
    assert "\r\nStaff requests,1,1,0" in told
    _, whole = await house.get(f"{PAGE}/all.csv", session)
    assert "\r\nDeadlines\r\nDeadline,Met" in whole
    assert (await house.get(f"{PAGE}/nothing.csv", session))[0].status == 404


async def test_a_role_that_is_lost_closes_the_page_and_its_files_at_once(house: House) -> None:
    await approved(house.company)
    session = await house.session()
    assert (await house.get(PAGE, session))[0].status == 200
    policy = house.company.door.policy
    roles = policy.roles.model_copy(update={"head_of_customer_success": policy.role("team_leader")})
    house.company.door.policy = policy.model_copy(update={"roles": roles})
    for path in (PAGE, f"{PAGE}/requests.csv"):
        answer, page = await house.get(path, session)
        assert answer.status == 403
        assert "is for the" in page
        assert "Staff requests" not in page


def a_table(*rows: tuple[str | int | None, ...]) -> Table:
    return Table(
        "some", "Some", "P0", (Column("What"), Column("Met", drawn=True), Column("Missed", drawn=True)), rows, "None."
    )


def test_a_bar_has_a_part_for_each_number_and_what_went_wrong_can_be_seen() -> None:
    long, missed = draw_bars(a_table(("Long", 200, 1), ("<b>", None, 3), ("nothing", 0, 0)))
    assert (long.label, long.total, [one.colour for one in long.parts]) == ("Long", "201", ["p0", "p1"])
    assert (long.parts[1].width, missed.parts) == (100 - long.parts[0].width, [("p1", 0.0, 1.5)])
