"""The page on which a customer hears and fetches the own calls, without a script or with one (P8)."""

from __future__ import annotations

from aiohttp import web

from bot.web.answers import answer
from bot.web.copy_audio import Outlet
from handlers.customers.serving import viewed


class CallPages:
    """`/copy/{link}`, and what its script asks all the time."""

    def __init__(self, outlet: Outlet) -> None:
        self.outlet, self.entrance = outlet, outlet.entrance

    def routes(self) -> list[web.RouteDef]:
        """Where they stand."""
        return [web.get("/copy/{link}", self._page), web.get("/copy/{link}/access", self._access)]

    async def _page(self, request: web.Request) -> web.Response:
        serving = await self.entrance.serving(request)
        view = viewed(serving, self.entrance.door.policy)
        return self.entrance.page("copy_calls.html", view=view)

    async def _access(self, request: web.Request) -> web.Response:
        """Until when, and which calls; asking keeps no session alive, since a page that lies open asks, too."""
        serving = await self.entrance.looked(request)
        view = viewed(serving, self.entrance.door.policy)
        return answer({
            "now": serving.now.isoformat(), "until": serving.link.ends_at.isoformat(), "left": view.left,
            "there": [str(one.id) for one in view.there],
        })  # fmt: skip
