"""A small workspace and a tiny real Bolt app, both on one loopback server, with clocks that tests move."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.rehearsal.slack import Channel, Command, Member, Person, Workspace, routes

TOKEN, SECRET = "xoxb-rehearsal", "rehearsal-secret"
PEOPLE = (
    Member("UANNA", "Anna Quill", "anna.quill@fernhill.example", "Support", "Australia/Sydney"),
    Member("UTARA", "Tara Lindqvist", "tara.lindqvist@fernhill.example", "Team Leader"),
    Member("UGUEST", "Gus Visitor", "gus@visitor.example", standing="guest"),
    Member("UFAR", "Faye Elsewhere", "faye@elsewhere.example", standing="foreign"),
    Member("UGONE", "Glen Gone", "glen@fernhill.example", standing="deactivated"),
)
CHANNELS = (
    Channel("CSUPPORT", "support", ("UANNA", "UTARA", "UGUEST", "UFAR")),
    Channel("CLUNCH", "lunch", ("UANNA", "UTARA")),
)


@dataclass
class Clock:
    """Both clocks of the workspace; they move only when a test moves them."""

    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    seconds: float = 1000.0
    waited: list[float] = field(default_factory=list)

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.pass_(seconds)


@dataclass
class Town:
    """The workspace, its clocks, a client with the bot's token, and the Bolt app that answers it."""

    workspace: Workspace
    clock: Clock
    client: AsyncWebClient
    bolt: AsyncApp
    hooks: list[Callable[[web.Request], Awaitable[web.StreamResponse | None]]]
    heard: list[tuple[dict[str, str], str]]

    @property
    def anna(self) -> Person:
        return self.workspace.person("UANNA")

    async def raw(self, path: str, **more: Any) -> tuple[int, Any]:
        """POST to the stand-in; return status and JSON (or text)."""
        async with aiohttp.request("POST", self.workspace.public_url + path, **more) as response:
            kind = response.content_type
            return response.status, await (response.json() if "json" in kind else response.text())


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind is enough at this edge."""
    return sqlite_url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def town_settings() -> dict[str, Any]:
    """What a test module changes in the workspace's settings."""
    return {}


@pytest_asyncio.fixture
async def town(clock: Clock, town_settings: dict[str, Any], tmp_path: Any) -> AsyncIterator[Town]:
    port = unused_port()
    here = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {
        "bot_url": f"{here}/slack/events",
        "now": lambda: clock.now,
        "monotonic": lambda: clock.seconds,
    }
    given |= {"public_url": here, "pause": clock.pause, "commands": [Command("/hello", "Says hello", "[name]")]}
    workspace = Workspace(
        people=PEOPLE, channels=CHANNELS, bot_token=TOKEN, signing_secret=SECRET, **(given | town_settings)
    )
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(TOKEN, base_url=f"{here}/rehearsal/slack/api/", session=session, retry_handlers=[])
        bolt = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
        made = Town(workspace, clock, client, bolt, [], [])
        (tmp_path / "index.html").write_text("<title>Rehearsal</title>")
        app = web.Application()
        app.add_routes([*routes(workspace, tmp_path), web.post("/slack/events", _door(made))])
        server = TestServer(app, port=port)
        await server.start_server()
        yield made
        await workspace.close()
        await server.close()


@pytest.fixture
def heard(town: Town) -> Any:
    """Let Bolt take a form and offer calls, and keep the bodies."""
    kept: list[Any] = []

    @town.bolt.view("form")
    async def view(ack, body):
        kept.append(body)
        await ack()

    @town.bolt.options("calls")
    async def options(ack, body):
        kept.append(body)
        await ack(options=[_option(f"{body['value']}{n}") for n in range(3)])

    return kept


def _door(town: Town) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def door(request: web.Request) -> web.StreamResponse:
        town.heard.append((dict(request.headers), await request.text()))
        for hook in town.hooks:
            if (answer := await hook(request)) is not None:
                return answer
        return await to_aiohttp_response(await town.bolt.async_dispatch(await to_bolt_request(request)))

    return door


def _option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}
