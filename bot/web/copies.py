"""All pages on which customers hear and fetch their own calls (P8)."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.ports import Recorder
from bot.web.answers import answer, faults
from bot.web.copy_entrance import Entrance
from bot.web.copy_sound import Downloads, Outlet, Playing
from bot.web.limits import REAL, Limits, Networks, Pace
from handlers.customers.serving import viewed
from handlers.door import Door

FOR_SCRIPTS = ("/access", "/peaks", "/heard")


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
        """Until when, and which calls."""
        serving = await self.entrance.serving(request)
        view = viewed(serving, self.entrance.door.policy)
        return answer({
            "now": serving.now.isoformat(), "until": serving.link.ends_at.isoformat(), "left": view.left,
            "there": [str(one.id) for one in view.there],
        })  # fmt: skip


class CopyPages:
    """`/copy` and below.

    `changed` is told the name of a call that is no longer as the register knows it; `trusted` are the networks of our own proxies.
    """

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, trusted: Networks = (), limits: Limits | None = None,
        pace: Pace = REAL, changed: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.entrance = entrance = Entrance(door, public_url, trusted, limits or Limits(pace.monotonic), pace)
        self.outlet = Outlet(entrance, recorder, changed)
        self.parts = (entrance, CallPages(self.outlet), Playing(self.outlet, pace), Downloads(self.outlet, pace))

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [route for part in self.parts for route in part.routes()]

    def faults(self) -> Middleware:
        """What goes wrong on a page is a page; what a script asked for is answered as everywhere."""
        return faults(_is_page, self.entrance.sorry)

    def end(self) -> None:
        """The program stops: end each stream with its next look, which is within a second."""
        self.outlet.end()


def _is_page(path: str) -> bool:
    return path == "/copy" or (path.startswith("/copy/") and not path.endswith(FOR_SCRIPTS))
