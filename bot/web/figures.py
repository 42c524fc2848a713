"""The page of a month in numbers: charts with a table beside each, and files for a spreadsheet (P3 to P12)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.listeners import Listeners
from bot.web.answers import SessionCookie
from bot.web.drawn import HEAD, assets, faults, page
from bot.web.limits import LINKS, Limits, Networks, caller
from bot.web.plots import draw
from bot.web.written import written
from handlers.acting import WEB
from handlers.door import Door
from handlers.figures import room
from handlers.figures.month import Figures
from handlers.figures.room import CLOSED, SPENT, for_reader, reading, stands
from handlers.rules.figures import Table, as_csv, beside
from handlers.rules.refusal import Refused

ASSETS = {"figures.css": "text/css", "figures.js": "text/javascript"}
MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
LONGEST = 200
"""Characters of a code that are looked at."""
Check = Callable[[int], Awaitable[None]]


class FigurePages:
    """`/figures` and below; `trusted` are the networks of our own proxies, `listeners` know who is still a member."""

    def __init__(
        self, door: Door, public_url: str, trusted: Networks = (), listeners: Listeners | None = None,
        limits: Limits | None = None,
    ) -> None:  # fmt: skip
        self.door, self.trusted = door, trusted
        self.check: Check = listeners.check if listeners is not None else _nobody_asks
        self.limits = limits or Limits()
        self.cookie = SessionCookie("figures", public_url)

    def routes(self) -> list[web.RouteDef]:
        """The addresses of the pages."""
        return [
            assets("/figures", ASSETS),
            web.post("/figures/open", self._open),
            web.get("/figures", self._page, allow_head=False),
            web.get("/figures/{month}", self._page, allow_head=False),
            web.get("/figures/{month}/{key}.csv", self._csv, allow_head=False),
        ]

    def faults(self) -> Middleware:
        """What goes wrong below `/figures` is a page with a sentence."""
        return faults(lambda path: path == "/figures" or path.startswith("/figures/"), _sorry)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        month = request.match_info.get("month", "")
        session = self.cookie.of(request)
        if not await self._stands("session", session):  # a link's code is in the fragment, which no server sees
            return page("figures_open.html", month=month if MONTH.fullmatch(month) else "")
        told = await self._figures(session, month)
        return page(
            "figures.html", told=told, month=told.month, plots={one.key: _plots(one) for one in told.tables},
            before=beside(told.month.name, -1), after=beside(told.month.name, 1) if told.month.is_over else "",
        )  # fmt: skip

    async def _csv(self, request: web.Request) -> web.StreamResponse:
        session, key = self.cookie.of(request), request.match_info["key"]
        if not await self._stands("session", session):
            self._stranger(request)
            raise Refused(CLOSED, code="no_session")
        told = await self._figures(session, request.match_info["month"])
        tables = told.tables if key == "all" else [one for one in told.tables if one.key == key]
        if not tables:
            raise web.HTTPNotFound
        name = f"month-{told.month.name}-{key}.csv"
        headers = {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}
        # With its mark at the beginning a spreadsheet takes it for UTF-8.
        return web.Response(
            body=as_csv(tables).encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers
        )

    async def _open(self, request: web.Request) -> web.StreamResponse:
        sent = await written(request)
        code, month = sent.words("code").rpartition("#")[2][:LONGEST], sent.words("month")[:7]
        if not await self._stands("code", code):
            self._stranger(request)
            raise Refused(SPENT, code="code_spent")
        session = await self.door.enter(room.exchange(code), WEB)
        where = f"/figures/{month}" if MONTH.fullmatch(month) else "/figures"
        response = web.Response(status=303, headers={**HEAD, "Location": where})
        self.cookie.give(response, session, "/figures")
        return response

    async def _figures(self, session: str, month: str) -> Figures:
        """A month, for the session of somebody who still may read it and still belongs here; raises `Refused` and `Unsure`."""
        reader = await self.door.look(WEB, lambda act: reading(act, session).id)
        await self.check(reader)
        return await self.door.look(WEB, lambda act: for_reader(act, reading(act, session), month))

    async def _stands(self, kind: str, secret: str) -> bool:
        """Before the door only reads."""
        return await self.door.look(WEB, lambda act: stands(act, kind, secret))

    def _stranger(self, request: web.Request) -> None:
        self.limits.take(LINKS, caller(request, self.trusted))


def _plots(table: Table) -> str:
    """A wide chart and a narrow one, of which a screen shows the one that fits; nothing where there is nothing to draw."""
    return draw(table, narrow=False) + draw(table, narrow=True) if table.pictured else ""


def _sorry(_: web.Request, sentence: str, status: int) -> web.Response:
    return page("figures_sorry.html", status, sentence=sentence)


async def _nobody_asks(_: int) -> None:
    return None
