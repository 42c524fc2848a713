"""A3: by Socket Mode Slack is heard again whatever went wrong with one socket, and who runs the bot hears that it is not."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer, unused_port
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.rehearsal.slack import Command, Fault, Member, Rates, Workspace, routes
from bot.slack.chat import SlackChat
from bot.slack.platform import LONGEST_PAUSE, Socket
from tests.clocks import Seconds

OPEN = "apps.connections.open"


@dataclass
class Line:
    """A workspace without our address, and our end of its socket; `waited` are the pauses, in which no time is spent."""

    workspace: Workspace
    app: SlackChat
    socket: Socket
    seconds: Seconds
    typed: list[str]
    waited: list[float] = field(default_factory=list)
    enough: int = 10**6
    tired: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, _: object, message: dict[str, Any], __: str | None = None) -> None:
        if message.get("type") == "hello":
            self.greeted.set()

    async def rest(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds.now += seconds
        await asyncio.sleep(0)
        assert len(self.waited) < 100, "it tries on and on"
        if len(self.waited) >= self.enough:
            self.tired.set()
            await asyncio.Event().wait()

    async def hears(self) -> bool:
        """Whether what Anna types reaches us; it was said after the greeting, so that has been heard, too."""
        return (await self.workspace.person("UANNA").command("/hello")).ok

    def asked(self) -> int:
        return len(self.workspace.called(OPEN))


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    port, seconds, typed = unused_port(), Seconds(), list[str]()
    workspace = Workspace(
        people=[Member("UANNA", "Anna Quill", "anna.quill@fernhill.example")], bot_token="xoxb-line", signing_secret="-",
        bot_url=None, public_url=f"http://127.0.0.1:{port}", commands=[Command("/hello", "", "")], rates=Rates.unlimited(),
    )  # fmt: skip
    async with ClientSession() as session:
        url = f"{workspace.public_url}/rehearsal/slack/api/"
        chat = SlackChat.by_token("xoxb-line", url, session)
        app = SlackChat.by_token(workspace.app_token, url, session)
        app.pauses.seconds = seconds
        bolt = AsyncApp(
            client=chat.client, authorize=_authorize, process_before_response=True, request_verification_enabled=False
        )

        @bolt.command("/hello")
        async def hello(ack: Any, body: dict[str, Any]) -> None:
            typed.append(body["user_id"])
            await ack()

        made = Line(workspace, app, Socket(bolt, app.socket_address, seconds), seconds, typed)
        made.socket.rest = made.rest
        made.socket.message_listeners.append(made.read)
        here = web.Application()
        here.add_routes(routes(workspace))
        async with TestServer(here, port=port):
            yield made
            await made.socket.close()  # type: ignore[no-untyped-call]
            await workspace.close()


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T0FERNHILL", bot_token="xoxb-line")


@asynccontextmanager
async def connecting(line: Line) -> AsyncIterator[None]:
    """While it tries in vain, until it has had `enough`."""
    going = asyncio.create_task(line.socket.connect())
    await line.tired.wait()
    yield
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going


async def test_a3_after_a_handshake_that_failed_a_new_address_is_asked_for(
    line: Line, logs: list[MutableMapping[str, Any]]
) -> None:
    """The address of before is good for nothing any more, however often it is tried."""
    line.workspace.sockets.refusing = 2
    await line.socket.connect()
    assert (line.asked(), line.waited, line.workspace.sockets.connected) == (3, [1, 2], 1)
    assert await line.hears()
    assert (line.socket.unheard(), line.typed) == (0.0, ["UANNA"])
    assert [(one["event"], one["log_level"], one.get("why"), one["tries"]) for one in logs] == [
        ("slack.unheard", "error", "http_503", 1), ("slack.unheard", "error", "http_503", 2),
        ("slack.heard", "info", None, 3),
    ]  # fmt: skip
    assert "ticket" not in str(logs)


async def test_a3_a_token_that_was_revoked_is_named_and_the_pauses_grow_no_longer_than_half_a_minute(
    line: Line, logs: list[MutableMapping[str, Any]]
) -> None:
    line.workspace.faults.script([Fault("invalid_auth", OPEN, times=10**6)])
    line.enough = 8
    async with connecting(line):
        assert line.waited == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
        assert line.socket.unheard() == sum(line.waited)
        assert {(one["event"], one["why"]) for one in logs} == {("slack.unheard", "invalid_auth")}


async def test_a3_a_socket_that_fell_is_opened_again_by_a_new_address(line: Line) -> None:
    await line.socket.connect()
    assert await line.hears()
    line.workspace.sockets.refusing = 1
    line.greeted.clear()
    await line.workspace.sockets.close()
    await line.greeted.wait()
    assert await line.hears()
    assert (line.asked(), line.waited, line.socket.unheard()) == (3, [1], 0.0)
