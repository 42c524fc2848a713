"""Whether the program is alive, and whether it may take work."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from storage.store import Database, DatabaseDown


class Health:
    """`/healthz`, `/readyz`."""

    def __init__(self, database: Database, ready: Callable[[], str]) -> None:
        """`ready` says in a word why no work may be taken, or nothing."""
        self.database, self.ready = database, ready

    def routes(self) -> list[web.RouteDef]:
        """Where the answers stand."""
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _ready(self, _: web.Request) -> web.Response:
        why = self.ready()
        try:
            await self.database.read(lambda store: store.audit.session.connection())
        except DatabaseDown:
            why = why or "database"
        return web.Response(text=f"not ready: {why}\n" if why else "ready\n", status=503 if why else 200)
