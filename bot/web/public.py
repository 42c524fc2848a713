"""Web pages for everybody: what a room has to say, as plain HTML that needs no script (P1, P3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from bot.web.answers import HEADERS
from bot.web.drawn import text
from handlers.acting import WEB
from handlers.cards import Page
from handlers.door import Door
from handlers.policy import Policy
from handlers.random_review.cards import PATH, published

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


FOR_EVERYBODY = {**HEADERS, "Cache-Control": "public, max-age=60"}


class SamplePages:
    """`/draws/RD-….json`, as the draw is now; of anything else there is no page."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def routes(self) -> list[web.RouteDef]:
        """Where the files stand."""
        return [web.get(PATH + "/{draw:RD-[2-9A-HJ-NP-Z]{8}}.json", self._file)]

    async def _file(self, request: web.Request) -> web.Response:
        draw = request.match_info["draw"]
        text = await self.door.look(WEB, lambda act: published(act, draw))
        if text is None:
            raise web.HTTPNotFound
        headers = {**FOR_EVERYBODY, "Content-Disposition": f'attachment; filename="{draw}.json"'}
        return web.Response(text=text, content_type="application/json", charset="utf-8", headers=headers)
