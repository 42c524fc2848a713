"""The tenant and the bot on one loopback server, with clocks that tests move."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.rehearsal.teams import Tenant, routes

from .street import APP, PASSWORD, PEOPLE, Clock, Street


@pytest.fixture
def tenant_settings() -> dict[str, Any]:
    """What a test module changes in the tenant's settings."""
    return {}


@pytest_asyncio.fixture
async def empty_street(tenant_settings: dict[str, Any]) -> AsyncIterator[Street]:
    """A street where no one has the app yet."""
    clock, port = Clock(), unused_port()
    here = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {"bot_url": f"{here}/api/messages", "public_url": here}
    given |= {"now": lambda: clock.now, "monotonic": lambda: clock.seconds} | tenant_settings
    tenant = Tenant(people=PEOPLE, app_id=APP, password=PASSWORD, **given)
    async with aiohttp.ClientSession() as session:
        street = Street(tenant, clock, session)
        app = web.Application()
        app.add_routes([*routes(tenant), web.post("/api/messages", street.door)])
        server = TestServer(app, port=port)
        await server.start_server()
        yield street
        await tenant.close()
        await server.close()


@pytest_asyncio.fixture
async def street(empty_street: Street) -> Street:
    """A street where Anna and Tara have the app, and the bot has heard nothing since."""
    await empty_street.anna.install()
    await empty_street.tara.install()
    empty_street.heard.clear()
    return empty_street
