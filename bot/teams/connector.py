"""Speaks to Microsoft as the bot: one token for all sends, and the few calls of the Bot Connector that we make."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.ports import Absent, Unavailable, Unreachable
from bot.teams.keys import PUBLIC, Flight, read_json
from bot.teams.tokens import HOSTS, allowed

log = structlog.get_logger()

LOGIN_URL = "https://login.microsoftonline.com"
EARLY = 300.0  # seconds before a token ends: another one is fetched while this one is still in use
CALM = 30.0  # seconds between two tries to replace a token that still works
TOKEN = re.compile(r"[!-~]+")  # what a header can carry
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,59}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """The bot's own token; `ends` is by the source's clock."""

    value: str
    ends: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `code` is the platform's own word where it gave one, `retry_after` is in seconds."""

    status: int
    body: object
    code: str
    retry_after: float | None

    @property
    def name(self) -> str:
        """The platform's word, or the status."""
        return self.code or f"http_{self.status}"


class TokenSource:
    """The bot's own token by client credentials (learn.microsoft.com, "OAuth 2.0 client credentials flow").

    `scope` is the cloud's (`issuer_of(metadata_url)` and `/.default`), `clock` counts seconds and never goes back,
    `patience` is the seconds that the login service may take.
    """

    def __init__(
        self,
        http: ClientSession,
        tenant: str,
        app_id: str,
        secret: str,
        login_url: str = LOGIN_URL,
        scope: str = f"{PUBLIC}/.default",
        clock: Callable[[], float] = time.monotonic,
        patience: float = 10.0,
    ) -> None:
        self.http, self.clock, self.patience = http, clock, patience
        self.url = URL(f"{login_url.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token", encoded=True)
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": secret,
            "scope": scope,
        }
        self._held: Token | None = None
        self._tried = -math.inf
        self._flight = Flight(self._fetch)

    async def token(self) -> str:
        """A token that can be used now; raises `Unavailable`, as an outage: without it nobody can be reached."""
        now, held = self.clock(), self._held
        if held is None or now >= held.ends:
            return (await asyncio.shield(self._flight.board())).value
        if now >= held.ends - EARLY and now - self._tried >= CALM:
            self._flight.board()
        return held.value

    def drop(self, value: str) -> None:
        """Forget this token, which was refused; a newer one stays."""
        if self._held is not None and self._held.value == value:
            self._held = None

    async def close(self) -> None:
        """Give up a fetch that is under way."""
        await self._flight.close()

    async def _fetch(self) -> Token:
        self._tried = asked = self.clock()
        try:
            answer = await _exchange(self.http, "POST", self.url, self.patience, data=self._form)
        except Unavailable as error:
            raise _no_token(error.code) from error
        if answer.status != 200:
            raise _no_token(answer.name, answer.retry_after)
        value, lasts = _field(answer.body, "access_token"), _whole_seconds(_field(answer.body, "expires_in"))
        if not isinstance(value, str) or not TOKEN.fullmatch(value) or lasts is None:
            raise _no_token("unreadable_answer")
        self._held = Token(value, asked + lasts)
        return self._held


class Connector:
    """The Bot Connector's REST interface, v3; one try each (and one more with a new token), since the outbox tries again.

    `http` is a shared session, so that connections are pooled; give it a `DummyCookieJar`. Without `tokens` nothing is
    proved, which only a client on this machine accepts. The token goes to `hosts` and nowhere else. Every method raises
    `Unavailable`, and `Unreachable` when this conversation or person can't be written to.
    """

    def __init__(
        self,
        http: ClientSession,
        tokens: TokenSource | None,
        hosts: frozenset[str] = HOSTS,
        patience: float = 10.0,
    ) -> None:
        self.http, self.tokens, self.hosts, self.patience = http, tokens, hosts, patience

    async def send(self, service_url: str, conversation_id: str, activity: Mapping[str, object]) -> str:
        """Post an activity to a conversation; returns the new activity's id."""
        path = f"conversations/{_part(conversation_id)}/activities"
        return _id(await self._call("POST", service_url, path, activity))

    async def update(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, object]
    ) -> None:
        """Replace an activity; raises `Absent` when it, or its conversation, is gone."""
        path = f"conversations/{_part(conversation_id)}/activities/{_part(activity_id)}"
        await self._call("PUT", service_url, path, activity, missing=Absent)

    async def create_personal(self, service_url: str, tenant: str, bot_id: str, user_id: str) -> str:
        """Open the person's own conversation with the bot, or find it again; returns its id."""
        wanted = {
            "isGroup": False,
            "bot": {"id": bot_id},
            "members": [{"id": user_id}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return _id(await self._call("POST", service_url, "conversations", wanted))

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> dict[str, object]:
        """Who a member of a conversation is, as Teams describes the account (TeamsChannelAccount)."""
        body = await self._call("GET", service_url, f"conversations/{_part(conversation_id)}/members/{_part(user_id)}")
        if not isinstance(body, dict):
            raise Unavailable("unreadable_answer")
        return body

    async def _call(
        self,
        method: str,
        service_url: str,
        path: str,
        body: Mapping[str, object] | None = None,
        missing: type[Absent | Unreachable] = Unreachable,
    ) -> object:
        if not allowed(service_url, self.hosts):
            log.error("teams.service_url_not_allowed")
            raise Unreachable("service_url")
        url = URL(f"{service_url.rstrip('/')}/v3/{path}", encoded=True)
        token = await self.tokens.token() if self.tokens else ""
        answer = await self._exchange(method, url, body, token)
        if answer.status == 401 and self.tokens:
            self.tokens.drop(token)
            answer = await self._exchange(method, url, body, await self.tokens.token())
        if not 200 <= answer.status < 300:
            raise _sorted(answer, missing)
        return answer.body

    async def _exchange(self, method: str, url: URL, body: Mapping[str, object] | None, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await _exchange(self.http, method, url, self.patience, json=body, headers=headers)


async def _exchange(
    http: ClientSession,
    method: str,
    url: URL,
    patience: float,
    *,
    json: Mapping[str, object] | None = None,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    wait = ClientTimeout(total=patience)
    try:
        async with http.request(
            method, url, json=json, data=data, headers=headers, timeout=wait, allow_redirects=False
        ) as response:
            try:
                body = await read_json(response)
            except ValueError:
                body = None
            return Answer(response.status, body, _code(body), _delay(response.headers.get("Retry-After", "")))
    except TimeoutError as error:
        raise Unavailable("timeout") from error
    except (ClientError, OSError) as error:
        raise Unavailable("no_connection") from error


# learn.microsoft.com, "Status codes from bot conversational APIs". A 5xx is called by its number: the message may have
# been posted all the same, and the outbox says so to the person.
def _sorted(answer: Answer, missing: type[Absent | Unreachable]) -> Exception:
    status = answer.status
    if status == 429:
        return Unavailable("ratelimited", retry_after=answer.retry_after)
    if status in (408, 412) or status >= 500:
        return Unavailable(f"http_{status}", retry_after=answer.retry_after)
    if status == 401:
        return Unavailable(answer.name, outage=True)
    if status == 404:
        return missing(answer.name)
    if status == 413 or answer.code == "MessageSizeTooBig":
        log.error("teams.too_large", code=answer.name)
        return Unavailable("too_large")
    # A 403 that names no reason is a proxy's; it says nothing about the person.
    if status == 403 and answer.code:
        return Unreachable(answer.code)
    log.error("teams.refused", code=answer.name, status=status)
    return Unavailable(answer.name)


def _no_token(code: str, retry_after: float | None = None) -> Unavailable:
    # Named apart from a send's own failures, after which a message may have been posted.
    word = f"login_{code}" if code in ("timeout", "no_connection") or code.startswith("http_") else code
    log.error("teams.no_token", code=word)
    return Unavailable(word, outage=True, retry_after=retry_after)


def _code(body: object) -> str:
    """The platform's word: Teams puts the finer one into `subCode`, the login service its only one into `error`."""
    error = _field(body, "error")
    places = (_field(error, "subCode"), _field(body, "subCode"), _field(error, "code"), error)
    return next((one for one in places if isinstance(one, str) and CODE.fullmatch(one)), "")


def _delay(text: str) -> float | None:
    seconds = _whole_seconds(text)
    return None if seconds is None else min(seconds, 600.0)


def _id(body: object) -> str:
    found = _field(body, "id")
    if not isinstance(found, str) or not found:
        raise Unavailable("unreadable_answer")
    return found


def _field(body: object, name: str) -> object:
    return body.get(name) if isinstance(body, dict) else None


def _whole_seconds(value: object) -> float | None:
    """Some login services write a lifetime as text."""
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _part(identifier: str) -> str:
    return quote(identifier, safe="")
