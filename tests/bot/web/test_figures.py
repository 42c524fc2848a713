"""The page of a month over HTTP: who gets in, for how long, and what leaves the house with it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest_asyncio
from aiohttp import web

from bot.listeners import Listeners
from bot.web.answers import answer_faults, own_pages_only, response_headers
from bot.web.figures import FigurePages, draw_bars
from bot.web.limits import Limits
from handlers.acting import Actor
from handlers.figures import room
from handlers.figures.room import ErasureStory, erasures_table
from handlers.rules.figures import Table
from storage.database.store import Database
from tests.bot.web.player import everybody
from tests.bot.web.serving import Asking, served
from tests.handlers.builders import Clock, Company, a_company, approved
from tests.handlers.declined.acts import afterwards
from tests.moments import NOW

HERE = "http://localhost:3000"
MONTH = "2026-11"
PAGE = f"/figures/{MONTH}"


@dataclass
class House(Asking):
    company: Company

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
    async with served(app) as house.port:
        yield house


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
        answer, page = await house.get(path, cookie="figures=guess")
        assert answer.status == 403
        assert "no longer open to you" in page


async def test_a_link_opens_on_a_press_and_once_and_its_session_is_a_cookie_of_these_pages_alone(house: House) -> None:
    code = await house.code()
    answer, _ = await house.ask("POST", "/figures/open", {"code": f"{HERE}{PAGE}#{code}", "month": MONTH})
    rest = answer.headers["Set-Cookie"].partition("; ")[2]
    assert (answer.status, rest) == (303, "HttpOnly; Path=/figures; SameSite=Strict")
    again, page = await house.ask("POST", "/figures/open", {"code": code, "month": MONTH})
    assert (again.status, again.headers.get("Set-Cookie")) == (403, None)
    assert "already been used" in page


async def test_the_page_has_a_table_beside_each_picture_and_nothing_from_elsewhere(house: House) -> None:
    await approved(house.company)
    await afterwards(house.company)
    answer, page = await house.get(PAGE, cookie=await house.session())
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
    answer, told = await house.get(f"{PAGE}/requests.csv", cookie=session)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="month-2026-11-requests.csv"'
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/csv", "no-store, private")
    assert told.startswith("\ufeffWhat,Asked,Approved")
    assert "\r\nStaff requests,1,1,0" in told
    _, whole = await house.get(f"{PAGE}/all.csv", cookie=session)
    assert "\r\nDeadlines\r\nDeadline,Met" in whole
    assert (await house.get(f"{PAGE}/nothing.csv", cookie=session))[0].status == 404


def test_a_row_that_is_a_whole_fills_the_width_and_others_go_to_one_scale() -> None:
    def ends(table: Table) -> list[float]:
        return [round(sum(part.width for part in bar.parts), 1) for bar in draw_bars(table)]

    def story(why: str, number: int) -> ErasureStory:
        return ErasureStory(f"E-{number}", why, NOW, "late", vanished=False, trouble="")

    few_and_many = [story("retention", 1), *(story("declined", number) for number in range(2, 6))]
    table = erasures_table(few_and_many, 60)
    assert ends(table) == [100.0, 100.0]
    assert sorted(ends(replace(table, each_row_whole=False))) == [25.0, 100.0]
