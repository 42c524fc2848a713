"""The file of each list that was drawn, for everybody who wants to check the draw (P10)."""

from __future__ import annotations

from aiohttp import web

from bot.web.answers import HEADERS
from handlers.acting import WEB
from handlers.door import Door
from handlers.random_review.publishing import PATH, published

FOR_EVERYBODY = {**HEADERS, "Cache-Control": "public, max-age=60"}


class SamplePages:
    """`/draws/RD-…/department.json`, as it was published; of anything else there is no page."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def routes(self) -> list[web.RouteDef]:
        """Where the files stand."""
        return [web.get(PATH + "/{draw:RD-[2-9A-HJ-NP-Z]{8}}/{department:[a-z_]{1,40}}.json", self._file)]

    async def _file(self, request: web.Request) -> web.Response:
        draw, department = request.match_info["draw"], request.match_info["department"]
        text = await self.door.look(WEB, lambda act: published(act, draw, department))
        if text is None:
            raise web.HTTPNotFound
        name = f"{draw}-{department}.json"
        headers = {**FOR_EVERYBODY, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(text=text, content_type="application/json", charset="utf-8", headers=headers)
