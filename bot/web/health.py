"""Whether the program is alive, and whether it may take work."""

from __future__ import annotations

from aiohttp import web

from bot.readiness import Readiness


class Health:
    """`/healthz`, `/readyz`. Anybody may ask, as often as they like: what costs something is done once in a while."""

    def __init__(self, readiness: Readiness) -> None:
        self.readiness = readiness

    def routes(self) -> list[web.RouteDef]:
        """Where the answers stand."""
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _ready(self, _: web.Request) -> web.Response:
        reasons, ages = await self.readiness.reasons(), self.readiness.ages()
        told = {
            "ready": not reasons, "reasons": reasons, "waits": self.readiness.waits(),
            **{name: age if age is None else round(age, 3) for name, age in ages.items()},
            "recordings": "being read" if self.readiness.works.reading() else "read",
        }  # fmt: skip
        return web.json_response(told, status=503 if reasons else 200, headers={"Cache-Control": "no-store"})
