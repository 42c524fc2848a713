"""The page on which somebody who gave a name comes back to the own report from a chat (P13)."""

from __future__ import annotations

from aiohttp import web

from bot.web.confidential import Over, read
from bot.web.drawn import page
from bot.web.limits import Limits, Networks
from bot.web.opened import Opened
from bot.web.reporting import flaw
from bot.web.written import Written
from handlers.acting import WEB
from handlers.breach.intents import AddOwn, ReadOwn
from handlers.breach.view import ReporterView
from handlers.door import Door
from handlers.rules.refusal import Refused


class OwnPages:
    """`/report/mine` and below."""

    def __init__(self, door: Door, public_url: str, trusted: Networks, limits: Limits) -> None:
        self.door = door
        self.opened = Opened(door, "/report/mine", public_url, trusted, limits)

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            *self.opened.routes(),
            web.get("/report/mine/{report}", self._read, allow_head=False),
            web.post("/report/mine/{report}/add", self._add),
        ]

    async def _read(self, request: web.Request) -> web.Response:
        return await self._page(*await self.opened.session(request))

    async def _page(self, report: str, session: str, typed: str = "", error: str = "") -> web.Response:
        try:
            view = await self.door.enter(ReadOwn(report, session), WEB)
        except Refused:
            raise Over from None
        return _drawn(report, view, typed, error)

    async def _add(self, request: web.Request) -> web.Response:
        typed = await read(request)
        report, session = await self.opened.session(request)
        if error := flaw(typed.words("words")):
            return await self._page(report, session, typed.words("words"), error)
        return await self._added(report, session, typed)

    async def _added(self, report: str, session: str, typed: Written) -> web.Response:
        words = typed.words("words")
        try:
            await self.door.enter(AddOwn(report, session, words), WEB)
        except Refused as refusal:
            return await self._page(report, session, words, str(refusal))
        return self.opened.back(report, "conversation")


def _drawn(report: str, view: ReporterView, typed: str = "", error: str = "") -> web.Response:
    return page(
        "own.html", 422 if error else 200, view=view, receipt="", typed=typed, error=error, once="",
        action=f"/report/mine/{report}/add", leave=f"/report/mine/{report}/leave",
    )  # fmt: skip
