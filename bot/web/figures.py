"""The page of a month in numbers: pictures with a table beside each, and files for a spreadsheet; every request asks anew who reads."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.listeners import Listeners
from bot.web.cookies import SessionCookie
from bot.web.drawn import HEAD, assets, faults, page
from bot.web.limits import LINKS, Limits, Networks, caller
from bot.web.plots import Look, draw
from bot.web.written import written
from handlers import ROOMS
from handlers.acting import WEB
from handlers.door import Door
from handlers.figures.gathering import Figures
from handlers.figures.intents import Exchange, Leave
from handlers.figures.passes import SPENT, reading, stands
from handlers.figures.room import for_reader
from handlers.ids import hashed
from handlers.rules.figure_tables import as_csv
from handlers.rules.figures import beside
from handlers.rules.refusal import Refused

ASSETS = {"figures.css": "text/css", "figures.js": "text/javascript"}
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
LONGEST = 600
"""Characters of a code or a session that are looked at."""
A_WHILE = 60.0
"""Seconds for which the pictures of a page may show what the page itself showed."""
PICTURE = {
    **HEAD,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
}
SIZES = {"wide": False, "narrow": True}
SHADES = {"light": False, "dark": True}
Check = Callable[[int], Awaitable[None]]


class FigurePages:
    """`/figures` and below; `trusted` are the networks of our own proxies, `listeners` know who is still a member."""

    def __init__(
        self, door: Door, public_url: str, trusted: Networks = (), listeners: Listeners | None = None,
        limits: Limits | None = None, seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.door, self.trusted, self.seconds = door, trusted, seconds
        self.check: Check = listeners.check if listeners is not None else _nobody_asks
        self.limits = limits or Limits()
        self.cookie = SessionCookie("figures", public_url, LONGEST)
        self._seen: OrderedDict[tuple[str, str], tuple[float, Figures]] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            assets("/figures", ASSETS),
            web.post("/figures/open", self._open),
            web.post("/figures/leave", self._leave),
            web.get("/figures", self._page, allow_head=False),
            web.get("/figures/{month}", self._page, allow_head=False),
            web.get("/figures/{month}/{key}.csv", self._csv, allow_head=False),
            web.get("/figures/{month}/{key}.{size}.{shade}.svg", self._picture, allow_head=False),
        ]

    def faults(self) -> Middleware:
        """What goes wrong below `/figures` is a page with a sentence."""
        return faults(lambda path: path == "/figures" or path.startswith("/figures/"), _sorry)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        month = request.match_info.get("month", "")
        session = await self._session(request)
        if not session:  # whoever comes by a link has its code in the address, where no server sees it
            return page("figures_open.html", month=month if MONTH.fullmatch(month) else "")
        told = await self._figures(session, month, anew=True)
        return page(
            "figures.html", told=told, month=told.month, before=beside(told.month.name, -1),
            after=beside(told.month.name, 1) if told.month.is_over else "",
        )  # fmt: skip

    async def _csv(self, request: web.Request) -> web.StreamResponse:
        told, key = await self._wanted(request), request.match_info["key"]
        tables = told.tables if key == "all" else [one for one in told.tables if one.key == key]
        if not tables:
            raise web.HTTPNotFound
        name = f"month-{told.month.name}-{key}.csv"
        headers = {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}
        # With its mark at the beginning a spreadsheet takes it for UTF-8.
        return web.Response(
            body=as_csv(tables).encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
        )

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        size, shade = SIZES.get(request.match_info["size"]), SHADES.get(request.match_info["shade"])
        told = await self._wanted(request)
        table = told.table(request.match_info["key"])
        if table is None or not table.pictured or size is None or shade is None:
            raise web.HTTPNotFound
        body = draw(table, Look(dark=shade, narrow=size))
        return web.Response(text=body, content_type="image/svg+xml", charset="utf-8", headers=PICTURE)

    async def _open(self, request: web.Request) -> web.StreamResponse:
        sent = await written(request)
        code, month = sent.words("code").rpartition("#")[2][:LONGEST], sent.words("month")[:7]
        if not await self.door.look(WEB, lambda act: stands(act, "code", code)):
            self._stranger(request)
            raise Refused(SPENT, code="code_spent")
        session = await self.door.enter(Exchange(code), WEB)
        where = f"/figures/{month}" if MONTH.fullmatch(month) else "/figures"
        response = web.Response(status=303, headers={**HEAD, "Location": where})
        self.cookie.give(response, session, "/figures")
        return response

    async def _leave(self, request: web.Request) -> web.StreamResponse:
        if session := await self._session(request):
            await self.door.enter(Leave(session), WEB)
        response = page("figures_left.html")
        self.cookie.take(response, "/figures")
        return response

    async def _wanted(self, request: web.Request) -> Figures:
        """The month of the address, for whoever reads; raises `Refused`."""
        session = await self._session(request)
        if not session:
            self._stranger(request)
        return await self._figures(session, request.match_info["month"])

    async def _figures(self, session: str, month: str, *, anew: bool = False) -> Figures:
        """A month for whose session this is, who is asked anew; raises `Refused`. Pictures show what their page showed."""
        reader = await self.door.look(WEB, lambda act: reading(act, session).id)
        await self.check(reader)
        kept, found = (hashed(session), month), None
        if not anew and kept in self._seen and self.seconds() - self._seen[kept][0] < A_WHILE:
            found = self._seen[kept][1]
        if found is None:
            found = await self.door.look(WEB, lambda act: for_reader(act, ROOMS, reading(act, session), month))
            self._seen[kept[0], found.month.name] = (self.seconds(), found)
            while len(self._seen) > 8:
                self._seen.popitem(last=False)
        return found

    async def _session(self, request: web.Request) -> str:
        """The session that came, while it stands; a read tells. Whose right has ended still has one, and is told so."""
        secret = self.cookie.of(request)
        there = await self.door.look(WEB, lambda act: stands(act, "session", secret))
        return secret if there else ""

    def _stranger(self, request: web.Request) -> None:
        self.limits.take(LINKS, caller(request, self.trusted))


def _sorry(_: web.Request, sentence: str, status: int) -> web.Response:
    return page("figures_sorry.html", status, sentence=sentence)


async def _nobody_asks(_: int) -> None:
    return None
