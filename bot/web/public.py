"""Web pages for everybody: what a room has to say, as plain HTML that needs no script (P1, P3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from bot.web.answers import HEADERS
from bot.web.drawn import text
from bot.web.samples import SamplePages
from handlers.cards import Page
from handlers.door import Door
from handlers.policy import Policy

LONGEST = 200  # characters that are looked for
FOR_EVERYBODY = {
    **{name: one for name, one in HEADERS.items() if name != "X-Robots-Tag"},
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
}


class PublicPages:
    """One page for each path; `?q=` says what somebody looks for. The files of draws stand beside them."""

    def __init__(self, door: Door, pages: Mapping[str, Callable[[Policy, str], Page]]) -> None:
        self.policy, self.pages, self.samples = door.policy, pages, SamplePages(door)

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [*(web.get(path, self._page) for path in self.pages), *self.samples.routes()]

    async def _page(self, request: web.Request) -> web.Response:
        sought = " ".join(request.query.get("q", "").split())[:LONGEST]
        page = self.pages[request.path](self.policy, sought)
        told = text("public.html", page=page, sought=sought, path=request.path, company=self.policy.company.name)
        return web.Response(text=told, content_type="text/html", headers=FOR_EVERYBODY)
