"""The file of each month's draw, for everybody who wants to check it (P10)."""

from __future__ import annotations

from aiohttp import web

from bot.web.answers import HEADERS
from handlers.acting import WEB
from handlers.door import Door
from handlers.random_review.cards import PATH, published

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
