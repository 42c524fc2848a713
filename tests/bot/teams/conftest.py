"""Microsoft's services on loopback, and a verifier that trusts the key server among them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar

from bot.teams.tokens import Verifier

from .keys import APP_ID, TENANT, Clock, KeyServer
from .stand_in import Microsoft


@pytest_asyncio.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


@pytest_asyncio.fixture
async def server() -> AsyncIterator[KeyServer]:
    served = KeyServer()
    await served.server.start_server()
    yield served
    served.gate.set()
    await served.server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def verifier(server: KeyServer, http: ClientSession, clock: Clock) -> AsyncIterator[Verifier]:
    made = Verifier(APP_ID, TENANT, server.url, http, clock)
    yield made
    await made.keys.close()


@pytest_asyncio.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    served = Microsoft()
    await served.server.start_server()
    yield served
    served.gate.set()
    await served.server.close()
