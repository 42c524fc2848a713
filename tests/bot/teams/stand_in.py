"""Microsoft's login service and the Bot Connector on loopback: they answer as told and remember what they were asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.ports import Unavailable
from bot.teams.connector import Connector

from .keys import APP_ID, TENANT


@dataclass(frozen=True)
class Asked:
    """One request: the path as it was sent, percent signs and all."""

    method: str
    path: str
    bearer: str
    body: Any


@dataclass
class Microsoft:
    """Answers in the order of `script`, then kindly; a closed `gate` holds the login service's answers back."""

    script: list[web.Response] = field(default_factory=list)
    logins: list[web.Response] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    forms: list[dict[str, Any]] = field(default_factory=list)
    hangs: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        app = web.Application()
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._login)
        app.router.add_route("*", "/{rest:.*}", self._connector)
        self.server = TestServer(app)

    @property
    def login_url(self) -> str:
        return str(self.server.make_url("/"))

    @property
    def service_url(self) -> str:
        return str(self.server.make_url("/au/"))

    async def _login(self, request: web.Request) -> web.Response:
        assert request.match_info["tenant"] == TENANT
        self.forms.append(dict(await request.post()))
        self.arrived.set()
        await self.gate.wait()
        if self.logins:
            return self.logins.pop(0)
        return web.json_response(
            {"token_type": "Bearer", "expires_in": 3600, "access_token": f"token-{len(self.forms)}"}
        )

    async def _connector(self, request: web.Request) -> web.Response:
        text = await request.text()
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(request.method, request.raw_path, bearer, json.loads(text) if text else None))
        if self.hangs:
            self.gate.clear()
            await self.gate.wait()
        return self.script.pop(0) if self.script else web.json_response({"id": f"made-{len(self.asked)}"}, status=201)


def refused(status: int, code: str = "", **headers: str) -> web.Response:
    """As the Bot Connector refuses."""
    said = {"error": {"code": code, "message": "Because."}} if code else {}
    return web.json_response(
        said, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


HELLO = {"type": "message", "text": "Hällo"}
PERSON, ROOM = "29:1-aB_c/d", "a:1f/ü@thread.tacv2;messageid=7"
Doing = Callable[[Connector, str], Awaitable[object]]


async def sending(connector: Connector, at: str) -> object:
    return await connector.send(at, ROOM, HELLO)


async def updating(connector: Connector, at: str) -> None:
    await connector.update(at, ROOM, "1/2", HELLO)


async def creating(connector: Connector, at: str) -> object:
    return await connector.create_personal(at, TENANT, f"28:{APP_ID}", PERSON)


async def looking(connector: Connector, at: str) -> object:
    return await connector.member(at, ROOM, PERSON)


ALL = [sending, updating, creating, looking]


async def outage(connector: Connector, microsoft: Microsoft, doing: Doing = sending) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        await doing(connector, microsoft.service_url)
    return caught.value
