"""Microsoft's services on loopback, and a verifier that trusts the key server among them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientSession, DummyCookieJar

from bot.teams.connector import Connector, TokenSource
from bot.teams.tokens import LOOPBACK, Verifier
from storage.database.store import Database

from .keys import APP_ID, TENANT, Clock, KeyServer
from .stand_in import Microsoft
from .street import Street, a_street


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
    made = Verifier(APP_ID, TENANT, server.url, http, clock, clock=clock)
    yield made
    await made.keys.close()


@pytest_asyncio.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    served = Microsoft()
    await served.server.start_server()
    yield served
    served.gate.set()
    await served.server.close()


@pytest.fixture
def connector(microsoft: Microsoft, http: ClientSession, clock: Clock) -> Connector:
    tokens = TokenSource(http, TENANT, APP_ID, "hush", microsoft.login_url, clock=clock)
    return Connector(http, tokens, LOOPBACK)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest_asyncio.fixture
async def street(database: Database) -> AsyncIterator[Street]:
    """Anna, Tara and Deven have added the app, and have read what it told them."""
    async with a_street(database) as opened:
        await opened.moved_in("anna", "tara", "deven")
        yield opened
        assert opened.tenant.problems == []
