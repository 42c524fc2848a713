"""Teams' front door: its address, with everything behind it put together."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import ClientSession, web

from bot.chats.desk import Desk
from bot.measures import ACKS
from bot.ports import Chat
from bot.settings.config import TeamsSettings
from bot.teams.adapter import TeamsAdapter
from bot.teams.chat import TeamsChat
from bot.teams.cloud import Cloud
from bot.teams.connector import Connector, TokenSource
from bot.teams.keys import issuer_of
from bot.teams.tokens import HOSTS, LOOPBACK, Verifier


class TeamsPlatform:
    """Teams over HTTP (`POST /api/messages`)."""

    def __init__(self, settings: TeamsSettings, http: ClientSession, desk: Callable[[Chat], Desk], host: str) -> None:
        """`host` is where this program listens: only a loopback one speaks to services on this machine."""
        hosts = HOSTS | LOOPBACK if host in LOOPBACK else HOSTS
        scope = f"{issuer_of(settings.metadata_url)}/.default"
        self.tokens = None if settings.open else TokenSource(
            http, settings.tenant, settings.app_id, settings.password, settings.login_url, scope
        )  # fmt: skip
        self.verifier = None if settings.open else Verifier(
            settings.app_id, settings.tenant, settings.metadata_url, http, allowed_hosts=hosts
        )  # fmt: skip
        self.chat = TeamsChat(Connector(http, self.tokens, hosts), self.tokens, settings.tenant)
        self.adapter = TeamsAdapter(self.chat, desk(self.chat))
        self.cloud = Cloud(self.verifier)

    def routes(self) -> list[web.RouteDef]:
        """Teams' address."""
        return [web.post("/api/messages", self._handle)]

    async def start(self) -> None:
        """Nothing: Teams calls."""

    def unheard(self) -> None:
        """Nothing: Teams calls."""

    async def finish(self) -> None:
        """Wait for what goes on after an acknowledgement."""
        await self.adapter.after.finish()
        await self.adapter.installs.store()

    async def stop(self) -> None:
        """Finish what is in flight; give up what is fetched."""
        await self.adapter.after.finish()
        await self.adapter.installs.stop()
        if self.tokens is not None:
            await self.tokens.close()
        if self.verifier is not None:
            await self.verifier.keys.close()

    async def _handle(self, request: web.Request) -> web.Response:
        with ACKS.labels("teams").time():
            return await self.cloud.process(request, self.adapter)
