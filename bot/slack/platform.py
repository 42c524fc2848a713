"""Slack's front door: its address or its socket, with everything behind it put together."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, WSServerHandshakeError, web
from cachetools import TTLCache
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from yarl import URL

from bot.chats.background import BackgroundTasks, WronglyPacked, read_body, refuse_unread
from bot.chats.desk import Desk
from bot.measures import REFUSED_AT_THE_WALL, acknowledging
from bot.ports import Chat, Unavailable, Unreachable
from bot.settings.config import Settings
from bot.slack import render
from bot.slack.answers import Answers
from bot.slack.chat import SlackChat
from bot.slack.form import Submissions

log = structlog.get_logger()
ANY = re.compile(".*", re.DOTALL)
WRONG_SHAPE = (LookupError, TypeError, AttributeError, ValueError)
"""The errors that reading a payload of the wrong shape raises."""


class SlackPlatform:
    """Slack over HTTP (`POST /slack/events`) or by Socket Mode, as the settings say."""

    def __init__(self, settings: Settings, http: ClientSession, desk: Callable[[Chat], Desk]) -> None:
        self.settings, self.http = settings, http
        token = settings.slack_bot_token
        self.chat = SlackChat.by_token(token.get_secret_value() if token else "", settings.slack_api_url, http)
        self.desk = desk(self.chat)
        self.adapter = SlackAdapter(self.chat, self.desk)
        self._socket: Socket | None = None
        self._connecting: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Return Slack's address, if the signing secret is set; without it forged requests couldn't be told apart."""
        secret = self.settings.slack_signing_secret
        check = SignatureCheck(secret.get_secret_value(), self.adapter.answer) if secret else None
        return [web.post("/slack/events", check.handle)] if check else []

    async def start(self) -> None:
        """Connect by Socket Mode, if that is configured."""
        if self.settings.slack_app_token:
            app = SlackChat.by_token(
                self.settings.slack_app_token.get_secret_value(), self.settings.slack_api_url, self.http
            )
            self._socket = Socket(self.adapter.app, app.socket_address)
            self._connecting = asyncio.create_task(self._socket.connect())

    def unheard(self) -> float | None:
        """Return for how many seconds Slack's socket has been silent; None if Slack calls us."""
        return None if self._socket is None else self._socket.unheard()

    async def finish(self) -> None:
        """Wait for work that continues after an acknowledgement."""
        await self.adapter.after.finish()

    async def stop(self) -> None:
        """Take nothing new, finish what is in flight."""
        if self._socket is not None:
            await self._socket.close()  # type: ignore[no-untyped-call]
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        await self.adapter.after.finish()


async def answer_fault(error: Exception) -> BoltResponse:
    """Log an unexpected error and answer with 500, or with 400 for a payload of another shape than Slack's. Bolt calls it."""
    # Without its words: they may quote a confidential form.
    log.error(
        "slack.fault", error=type(error).__name__, at=traceback.format_tb(error.__traceback__)[-1].partition(", in ")[0]
    )
    return BoltResponse(status=400 if isinstance(error, WRONG_SHAPE) else 500, body="")


class SlackAdapter:
    """Takes everything from Slack with a few catch-all listeners, since Bolt's matching costs time for each."""

    def __init__(self, chat: SlackChat, desk: Desk) -> None:
        self.chat, self.desk, self.directory = chat, desk, desk.directory
        self.after = BackgroundTasks("slack")
        self.later = self.after.later
        self.answers, self.submissions = Answers(chat, desk, self.after), Submissions(chat, desk, self.after)
        self.app = self._build_app()

    async def answer(self, payload: Payload) -> web.Response:
        """Answer a payload that was verified and read; one of another shape than Slack's gets 400."""
        # `SignatureCheck` has read it; no header goes in, since headers are not signed and Bolt obeys some.
        bolt = AsyncBoltRequest(body=payload, mode="socket_mode")
        with acknowledging("slack"):
            try:
                answer = await self.app.async_dispatch(bolt)
            except WRONG_SHAPE as error:
                answer = await answer_fault(error)
        headers = {name: value for name, values in answer.headers.items() for value in values[:1]}
        return web.Response(status=answer.status, body=answer.body.encode(), headers=headers)

    async def _look_again(self, slack_id: str) -> None:
        """Look up an account that changed, so that a person who may no longer act loses access at once."""
        self.directory.forget(slack_id)
        if await self.directory.knows(slack_id):
            await self.directory.visitor(slack_id)

    def _build_app(self) -> AsyncApp:
        """Return the Bolt app with its listeners."""

        async def authorize(**_: Any) -> AuthorizeResult:  # Bolt gives a bound method its `self` twice
            return AuthorizeResult(enterprise_id=None, team_id=self.chat.team, bot_token=self.chat.client.token)

        # Bolt warns of what is meant here: an authorize function beside a client that has its token.
        calm = logging.getLogger("steward.bolt")
        calm.setLevel(logging.ERROR)
        # `SignatureCheck` has done that already, and over the raw body.
        app = AsyncApp(
            name="recording-steward",  # without a name Bolt reads the source of its caller's callers to find one
            logger=calm,
            client=self.chat.client, authorize=authorize, process_before_response=True,
            request_verification_enabled=False, ignoring_self_events_enabled=False, attaching_function_token_enabled=False,
        )  # fmt: skip
        app.view(ANY)(self._on_view)  # first, since Bolt tries listeners in order, and forms come all at once
        app.action(ANY)(self._on_action)
        app.options(ANY)(self._on_options)
        app.command(ANY)(self._on_command)
        app.event(ANY)(self._on_event)
        app.error(answer_fault)
        return app

    async def _on_command(self, ack: Any, body: Payload) -> None:
        """Handle a slash command. Bolt calls this and the next ones; `ack` acknowledges."""
        await self.answers.command(body)
        await ack()

    async def _on_action(self, ack: Any, body: Payload) -> None:
        """Handle a button that was pressed, or a field that was changed."""
        await self.answers.press(body)
        await ack()

    async def _on_view(self, ack: Any, body: Payload) -> None:
        """Handle a form that was sent; the acknowledgement says what becomes of it."""
        await ack(**await self.submissions.answer(body))

    async def _on_options(self, ack: Any, body: Payload) -> None:
        """Answer what a person types into a list that is looked up."""
        await ack(options=render.render_options(await self.submissions.options(body)))

    async def _on_event(self, ack: Any, event: Payload, body: Payload) -> None:
        """Handle a home tab that was opened, an account that changed, and Slack's word that it has cut us off."""
        await ack()
        match event.get("type"):
            case "app_home_opened" if event.get("tab", "home") == "home":
                self.later(self.answers.home(event["user"], body.get("event_id", "")))
            case "user_change":
                user = event.get("user") or {}
                # Only the id goes on from here: what is done later may be logged, and a status has people's own words.
                self.later(self._look_again(str(user.get("id", ""))))
            case "app_uninstalled" | "tokens_revoked" as why:
                log.error("slack.cut_off", why=why)
            case _:
                pass


WINDOW = 300  # seconds; docs.slack.dev/authentication/verifying-requests-from-slack
LARGEST = 512 * 1024  # bytes; Slack's own views end at 250 kB
Payload = dict[str, Any]  # Slack's own shapes
Answer = Callable[[Payload], Awaitable[web.Response]]


class SignatureCheck:
    """Passes genuine requests on to `answer`, once each; a repeated one gets the first one's answer."""

    def __init__(self, secret: str, answer: Answer, wall_clock: Callable[[], float] = time.time) -> None:
        self.secret, self.answer, self.wall_clock = secret.encode(), answer, wall_clock
        self._answered: TTLCache[str, asyncio.Future[web.Response]] = TTLCache(20_000, 2 * WINDOW, timer=wall_clock)

    async def handle(self, request: web.Request) -> web.Response:
        """Serve `POST /slack/events`: 401 if it isn't Slack's or too old, 413 if too large, 400 if unreadable."""
        try:
            body = await read_body(request, LARGEST)
        except web.HTTPRequestEntityTooLarge:
            return refuse_unread(413, "too_large")
        except WronglyPacked:
            return refuse_unread(401, "unreadable")
        except (OSError, ValueError):
            return refuse_unread(400, "broken_off")
        stamp, signature = (
            request.headers.get("X-Slack-Request-Timestamp", ""),
            request.headers.get("X-Slack-Signature", ""),
        )
        if why := self._why_forged(stamp, signature, body):
            return refuse_unread(401, why)
        payload = _read_payload(body, request.content_type)
        if payload is None:
            log.warning("slack.unreadable", size=len(body))
            return refuse_unread(400, "unreadable")
        return await self._answer_once(f"{stamp}:{signature}", payload)

    def _why_forged(self, stamp: str, signature: str, body: bytes) -> str:
        """Return a word for why the request isn't Slack's; empty if it is."""
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
            return "no_timestamp"
        if abs(self.wall_clock() - int(stamp)) > WINDOW:
            return "stale"
        expected = "v0=" + hmac.digest(self.secret, b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
        return "" if hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")) else "signature"

    async def _answer_once(self, key: str, payload: Payload) -> web.Response:
        """Return the answer to this payload; a repeated one waits for the first one's answer."""
        first = self._answered.get(key)
        if first is not None:
            REFUSED_AT_THE_WALL.labels("replayed").inc()
            return _copy_response(await asyncio.shield(first))
        first = self._answered[key] = asyncio.get_running_loop().create_future()
        try:
            response = await self.answer(payload)
        except BaseException:
            self._answered.pop(key, None)
            first.set_result(web.Response(status=503))
            raise
        first.set_result(response)
        if response.status >= 300:
            self._answered.pop(key, None)
        return _copy_response(response)


def _copy_response(response: web.Response) -> web.Response:
    """Return an equal response, since aiohttp sends each one only once."""
    body = response.body if isinstance(response.body, bytes) else None
    headers = {"Content-Type": response.headers["Content-Type"]} if "Content-Type" in response.headers else None
    return web.Response(status=response.status, body=body, headers=headers)


def _read_payload(body: bytes, content_type: str) -> Payload | None:
    """Return what Slack sends: a form (or the JSON in its `payload`) or a JSON object; None for anything else."""
    try:
        text = body.decode()
        if content_type == "application/json":
            return _read_object(text)
        # The standard library takes ten times as long for a form of 6 kB as all the rest of this.
        form: Payload = dict(URL.build(query_string=text, encoded=True).query)
        if "payload" in form:
            return _read_object(form["payload"])
    except (ValueError, RecursionError):
        return None
    return form if "command" in form or "ssl_check" in form else None


def _read_object(text: str) -> Payload | None:
    """Return the payload in a JSON text; None if it isn't an object with Slack's `type`."""
    found = json.loads(text)
    return found if isinstance(found, dict) and "type" in found else None


PATIENCE = 10.0  # seconds for one try: its address does not live much longer
LONGEST_PAUSE = 30.0  # seconds between two tries
PING = 10.0  # seconds
Rest = Callable[[float], Awaitable[object]]


class Socket(SocketModeClient):
    """The SDK's client with another way of connecting: the SDK's own tries one address for ever, holding its lock.

    `address` returns where one socket can be opened; `seconds` counts and never goes back; `rest` waits for seconds.
    """

    def __init__(
        self, app: AsyncApp, address: Callable[[], Awaitable[str]], seconds: Callable[[], float] = time.monotonic,
        rest: Rest = asyncio.sleep,
    ) -> None:  # fmt: skip
        super().__init__("", app.logger, app.client, ping_interval=PING)
        self.app, self.address, self.seconds, self.rest = app, address, seconds, rest
        self._unheard_since: float | None = seconds()
        self._tries = 0
        self.message_listeners.append(self._note_message)
        self.socket_mode_request_listeners.append(self._answer_request)

    def unheard(self) -> float:
        """Return for how many seconds Slack couldn't reach us; 0 while the socket is open and in use."""
        return 0.0 if self._unheard_since is None else self.seconds() - self._unheard_since

    async def connect(self) -> None:
        """Open a socket, with longer and longer pauses between tries, until one is open. Raises nothing of Slack's."""
        pause, self.auto_reconnect_enabled = self._note_silence(), False
        if self.current_session is not None:
            with suppress(ClientError, OSError):  # it may be broken already
                await self.current_session.close()
        while await self._rest_before_retry(pause):
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._open_socket()
            except Exception as error:  # noqa: BLE001  whatever it is, another try may find Slack well
                log.error(
                    "slack.unheard", why=_connection_fault(error), tries=self._tries, seconds=round(self.unheard(), 1)
                )
                named = error.retry_after if isinstance(error, Unavailable) else None
                pause = max(self._note_silence(), named or 0.0)
            else:
                return self._restart_receiver()
        return None

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002  as the SDK calls it
        """Reconnect, as the SDK asks when a socket is lost: one caller at a time; one who waited uses the new socket."""
        lost = self.current_session
        async with self.connect_operation_lock:
            if self.current_session is lost and (force or not await self.is_connected()):
                await self.connect()

    def _note_silence(self) -> float:
        """Note that the socket is silent; return the seconds to wait before the next try, 0 before the first."""
        if self._unheard_since is None:
            self._unheard_since = self.seconds()
        self._tries += 1
        return min(2.0 ** min(self._tries - 2, 10), LONGEST_PAUSE) if self._tries > 1 else 0.0

    async def _rest_before_retry(self, pause: float) -> bool:
        """Wait before a retry; return True if it should be made."""
        if pause:
            await self.rest(pause)
        return not self.closed

    async def _open_socket(self) -> None:
        """Try once to open a socket; raises what Slack or the network raises."""
        address = await self.address()
        ssl = True if self.web_client.ssl is None else self.web_client.ssl
        self.current_session = await self.aiohttp_client_session.ws_connect(
            address, autoping=False, heartbeat=self.ping_interval, proxy=self.proxy, ssl=ssl
        )
        self.auto_reconnect_enabled, self.stale, self.last_ping_pong_time = True, False, None

    def _restart_receiver(self) -> None:
        """Restart the tasks that watch and read the socket; don't wait afterwards, since the caller may be one of them."""
        for one in (self.current_session_monitor, self.message_receiver):
            if one is not None:
                one.cancel()
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())

    async def _note_message(self, _: object, message: dict[str, Any], __: str | None = None) -> None:
        """Count the socket as open once Slack sends something, since it closes an eleventh socket right after accepting it."""
        if "type" in message and self._unheard_since is not None:
            log.info("slack.heard", tries=self._tries, seconds=round(self.unheard(), 1))
            self._unheard_since, self._tries = None, 0

    async def _answer_request(self, _: object, request: Any) -> None:
        """Have Bolt handle what came over the socket, and send its answer back; the SDK calls it."""
        began = time.time()
        await send_async_response(self, request, await run_async_bolt_app(self.app, request), began)


def _connection_fault(error: Exception) -> str:
    """Return a word for a fault; the error's own text may hold the address, which is a secret."""
    if isinstance(error, (Unavailable, Unreachable)):
        return error.code
    return f"http_{error.status}" if isinstance(error, WSServerHandshakeError) else type(error).__name__
