"""Speaks to Microsoft as the bot: one token for all sends, and the few calls of the Bot Connector that we make."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.chats.background import Pauses
from bot.ports import Absent, Unavailable, Unreachable
from bot.teams.tokens import HOSTS, PUBLIC, SharedWork, may_get_token, parsed_json, read_json

log = structlog.get_logger()

EARLY = 300.0  # seconds before a token ends in which a new one is fetched
BETWEEN_RENEWALS = 30.0  # seconds between two tries to replace a token that still works
TOKEN = re.compile(r"[!-~]+")  # what a header can carry
# learn.microsoft.com, "Optimize your bot with rate limiting": limits are for a conversation and a kind of call, and one for the whole tenant.
SENDS, CREATES, READS = "sends", "creates", "reads"
UNNAMED = 2.0  # seconds to pause if Teams doesn't say how long


@dataclass(frozen=True, slots=True)
class Token:
    """The bot's own token; `ends` is by the source's clock."""

    value: str
    ends: float


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
        login_url: str,
        scope: str = f"{PUBLIC}/.default",
        clock: Callable[[], float] = time.monotonic,
        patience: float = 10.0,
    ) -> None:
        self.http, self.clock, self.patience = http, clock, patience
        self.url = URL(f"{login_url.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token", encoded=True)
        self._form = {"grant_type": "client_credentials", "client_id": app_id, "client_secret": secret, "scope": scope}
        self._held: Token | None = None
        self._tried = -math.inf
        self._fetching = SharedWork(self._fetch_token)

    async def token(self) -> str:
        """Return a valid token; raises `Unavailable` as an outage, since no one can be reached without one."""
        now, held = self.clock(), self._held
        if held is None or now >= held.ends:
            return (await asyncio.shield(self._fetching.start_or_join())).value
        if now >= held.ends - EARLY and now - self._tried >= BETWEEN_RENEWALS:
            self._fetching.start_or_join()
        return held.value

    def drop(self, value: str) -> None:
        """Forget this token, which was refused; a newer one is kept."""
        if self._held is not None and self._held.value == value:
            self._held = None

    async def close(self) -> None:
        """Cancel a fetch that is under way."""
        await self._fetching.close()

    async def _fetch_token(self) -> Token:
        """Fetch a token from the login service; raises `Unavailable` as an outage."""
        self._tried = asked_at = self.clock()
        try:
            answer = await send_request(self.http, "POST", self.url, self.patience, data=self._form)
        except Unavailable as error:
            raise _no_token(error.code) from error
        if answer.status != 200:
            raise _no_token(answer.name, answer.retry_after)
        value, lasts = field_of(answer.body, "access_token"), whole_seconds(field_of(answer.body, "expires_in"))
        if not isinstance(value, str) or not TOKEN.fullmatch(value) or lasts is None:
            raise _no_token("unreadable_answer")
        self._held = Token(value, asked_at + lasts)
        return self._held


class Connector:
    """The Bot Connector's REST interface, v3.

    `http` is a shared session, so that connections are pooled; give it a `DummyCookieJar`. Without `tokens` requests are
    unsigned, which only a client on this machine accepts. The token is sent only to `hosts`. Every method raises
    `Unavailable`, and `Unreachable` when this conversation or person can't be written to.

    Nothing is tried twice here: the outbox and the inbox do that, and say so where a message may come twice. After a 429
    a conversation is left alone for as long as Teams asks, separately for posting and for reading. `clock` counts seconds
    and never goes back.
    """

    def __init__(
        self,
        http: ClientSession,
        tokens: TokenSource | None,
        hosts: frozenset[str] = HOSTS,
        patience: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.http, self.tokens, self.hosts, self.patience = http, tokens, hosts, patience
        self.pauses = Pauses(clock)

    async def send(self, service_url: str, conversation_id: str, activity: Mapping[str, object]) -> str:
        """Post an activity to a conversation; returns the new activity's id.

        Raises `Unavailable("unreadable_answer")` if it was posted but its id is unknown.
        """
        path = f"conversations/{_url_part(conversation_id)}/activities"
        return _id_of(await self._call_teams("POST", service_url, path, activity, limit=(SENDS, conversation_id)))

    async def update(
        self, service_url: str, conversation_id: str, activity_id: str, activity: Mapping[str, object]
    ) -> None:
        """Replace an activity; raises `Absent` if it or its conversation is gone, or closed to the bot.

        That is so after the app was installed again; the person may then be reached in another conversation.
        """
        path = f"conversations/{_url_part(conversation_id)}/activities/{_url_part(activity_id)}"
        await self._call_teams("PUT", service_url, path, activity, missing=Absent, limit=(SENDS, conversation_id))

    async def create_personal(self, service_url: str, tenant: str, bot_id: str, user_id: str) -> str:
        """Open the person's own conversation with the bot, or find it again; return its id."""
        wanted = {
            "isGroup": False,
            "bot": {"id": bot_id},
            "members": [{"id": user_id}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return _id_of(await self._call_teams("POST", service_url, "conversations", wanted, limit=(CREATES, user_id)))

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> dict[str, object]:
        """Return who a member of a conversation is, as Teams describes the account (TeamsChannelAccount)."""
        path = f"conversations/{_url_part(conversation_id)}/members/{_url_part(user_id)}"
        body = await self._call_teams("GET", service_url, path, limit=(READS, conversation_id))
        if not isinstance(body, dict):
            raise Unavailable("unreadable_answer")
        return body

    async def _call_teams(
        self,
        method: str,
        service_url: str,
        path: str,
        body: Mapping[str, object] | None = None,
        missing: type[Absent | Unreachable] = Unreachable,
        *,
        limit: tuple[str, str],
    ) -> object:
        """Make one call and return its body; `missing` is raised if its target is gone.

        `limit` is the kind of call, and the conversation or person: after a 429 such calls raise `Unavailable` unsent, for
        as long as Teams asks.
        """
        if not may_get_token(service_url, self.hosts):
            log.error("teams.service_url_not_allowed")
            raise Unreachable("service_url")
        url = URL(f"{service_url.rstrip('/')}/v3/{path}", encoded=True)
        self.pauses.check(*limit)
        answer = await self._send_with_token(method, url, body)
        if answer.status == 429:
            self.pauses.refused(*limit, answer.retry_after or UNNAMED)
        if not 200 <= answer.status < 300:
            raise refusal_for(answer, missing)
        return answer.body

    async def _send_with_token(self, method: str, url: URL, body: Mapping[str, object] | None) -> Answer:
        """Send with our token; if it is rejected, once more with a new one."""
        token = await self.tokens.token() if self.tokens else ""
        answer = await self._send_once(method, url, body, token)
        if answer.status == 401 and self.tokens:
            self.tokens.drop(token)
            answer = await self._send_once(method, url, body, await self.tokens.token())
        return answer

    async def _send_once(self, method: str, url: URL, body: Mapping[str, object] | None, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await send_request(self.http, method, url, self.patience, json=body, headers=headers)


def _no_token(code: str, retry_after: float | None = None) -> Unavailable:
    """Log why no token was got, and return that as an outage.

    Codes that a send can fail with as well begin with `login_` here: after a send a message may have been posted.
    """
    shared = code in ("timeout", "no_connection", "unreadable_answer") or code.startswith("http_")
    word = f"login_{code}" if shared else code
    log.error("teams.no_token", code=word)
    return Unavailable(word, outage=True, retry_after=retry_after)


def _id_of(body: object) -> str:
    """Return the id in Teams' answer to something new; raises `Unavailable` if it has none."""
    found = field_of(body, "id")
    if not isinstance(found, str) or not found:
        raise Unavailable("unreadable_answer")
    return found


def _url_part(identifier: str) -> str:
    """Return an id as one part of a URL's path, its slashes escaped."""
    return quote(identifier, safe="")


log = structlog.get_logger()

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{0,59}", re.ASCII)
# Said with 400 as well as with 403 and 404: the person or the bot is not in that conversation.
NOBODY = frozenset({"MemberNotFoundInConversation", "BotNotInConversationRoster"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `code` is the platform's own word, if it gave one, `retry_after` in seconds."""

    status: int
    body: object
    code: str
    retry_after: float | None

    @property
    def name(self) -> str:
        """The platform's word, or the status."""
        return self.code or f"http_{self.status}"


async def send_request(
    http: ClientSession,
    method: str,
    url: URL,
    patience: float,
    *,
    json: Mapping[str, object] | None = None,
    data: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Make one try of at most `patience` seconds, without redirects; raises `Unavailable` if no answer came."""
    wait = ClientTimeout(total=patience)
    try:
        async with http.request(
            method, url, json=json, data=data, headers=headers, timeout=wait, allow_redirects=False
        ) as response:
            try:
                body = await read_json(response)
            except ValueError:
                body = None
            return Answer(
                response.status, body, _error_code(body), _retry_delay(response.headers.get("Retry-After", ""))
            )
    except TimeoutError as error:
        raise Unavailable("timeout") from error
    except (ClientError, OSError) as error:
        raise Unavailable("no_connection") from error


# learn.microsoft.com, "Status codes from bot conversational APIs". A 5xx is called by its number: the message may have
# been posted all the same, and the outbox says so to the person.
def refusal_for(answer: Answer, missing: type[Absent | Unreachable]) -> Exception:
    """Return the exception for a failed answer; `missing` is for a conversation or person that can't be reached."""
    status = answer.status
    if status == 429:
        return Unavailable("ratelimited", retry_after=answer.retry_after)
    if status in (408, 412) or status >= 500:
        return Unavailable(f"http_{status}", retry_after=answer.retry_after)
    if status == 401:
        return Unavailable(answer.name, outage=True)
    # A 403 that names no reason is a proxy's; it says nothing about the person.
    if status == 404 or answer.code in NOBODY or (status == 403 and answer.code):
        return missing(answer.name)
    if status == 413 or answer.code == "MessageSizeTooBig":
        log.error("teams.too_large", code=answer.name)
        return Unavailable("too_large")
    log.error("teams.refused", code=answer.name, status=status)
    return Unavailable(answer.name)


def field_of(body: object, name: str) -> object:
    """Return a field of an answer of any shape, or None."""
    return body.get(name) if isinstance(body, dict) else None


def whole_seconds(value: object) -> float | None:
    """Return seconds given as a number or, as some login services do, as text; None for anything else."""
    text = str(value)
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _error_code(body: object) -> str:
    """Return the most exact word in an error: Teams puts it into `subCode`, the login service into `error`."""
    number = whole_seconds(field_of(body, "errorCode"))
    words = (one for one in _error_words(body) if isinstance(one, str) and CODE.fullmatch(one))
    return next(words, "" if number is None else f"error_{number:.0f}")


def _error_words(body: object) -> Iterator[object]:
    """Yield what is in the places where an error may have its code, the most exact first; any of it may be no text."""
    error = field_of(body, "error")
    yield from (field_of(error, "subCode"), field_of(body, "subCode"))
    # "Send proactive messages" shows a sub-code in JSON in the text of the message.
    yield from (field_of(_parse_json(field_of(one, "message")), "subCode") for one in (error, body))
    yield from (field_of(error, "code"), error)


def _parse_json(text: object) -> object:
    try:
        return parsed_json(text.encode()) if isinstance(text, str) else None
    except ValueError:
        return None


def _retry_delay(text: str) -> float | None:
    """Return the seconds in a Retry-After header, at most ten minutes; None if it has none."""
    seconds = whole_seconds(text)
    return None if seconds is None else min(seconds, 600.0)
