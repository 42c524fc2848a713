"""Turns away everything that Microsoft didn't sign for this bot, company and conversation.

Microsoft's keys come from one fixed address.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import jwt
import structlog
from aiohttp import ClientError, ClientResponse, ClientSession
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm
from yarl import URL

from bot.ports import Unavailable

LEEWAY = 300.0  # seconds either way; learn.microsoft.com, "Authenticate requests from the Bot Connector service"
LONGEST = 16 * 1024  # characters of a header
CHANNEL = "msteams"

# microsoft.github.io/teams-sdk, "Service URL Validation". anyone can rent a name of trafficmanager.net: whole names only.
HOSTS = frozenset({
    "smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net", "*.botframework.com",
    "smba.infra.gcc.teams.microsoft.com", "smba.infra.gov.teams.microsoft.us", "smba.infra.dod.teams.microsoft.us",
    "frontend.botapi.msg.infra.teams.microsoftonline.cn",
})  # fmt: skip
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Narrow on purpose, so that no two parsers can disagree on which part is the host.
ADDRESS = re.compile(r"(https?)://(\[::1\]|[a-z0-9.-]+)(:\d{1,5})?((?:/[a-z0-9._~-]*)*)", re.ASCII | re.IGNORECASE)


class Forged(Exception):
    """The request isn't Microsoft's, or not for us. `status` is 401 or 403; `why` is one of a few words, fit for a metric."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine request has proved; `service_url` is spelt as in the activity."""

    issuer: str
    app_id: str
    tenant: str
    service_url: str


class Verifier:
    """Checks each request before anything else looks at it. `app_id` and `tenant` are ours.

    `allowed_hosts` are whole host names or `*.` and a domain; add `LOOPBACK` for a client on this machine.
    """

    def __init__(
        self,
        app_id: str,
        tenant: str,
        metadata_url: str,
        http: ClientSession,
        wall_clock: Callable[[], float] = time.time,
        allowed_hosts: frozenset[str] = HOSTS,
        patience: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app_id, self.tenant, self.issuer = app_id, tenant, issuer_of(metadata_url)
        self.wall_clock, self.allowed_hosts = wall_clock, allowed_hosts
        self.keys = Keys(metadata_url, http, patience, clock)

    async def verify(self, authorization_header: str, activity: Mapping[str, object]) -> Claims:
        """Return what the request proves. Raises `Forged`, or `Unavailable` while Microsoft's keys can't be fetched."""
        token = _bearer_token(authorization_header)
        key = await self.keys.find(_key_id(token))
        if key is None:
            raise Forged(401, "unknown_key")
        claims = _signed_claims(token, key)
        self._require_ours_and_current(claims)
        if CHANNEL not in key.endorsements:
            raise Forged(403, "endorsement")
        # Web Chat and Direct Line are signed with the same keys, and their clients write the tenant themselves.
        if activity.get("channelId") != CHANNEL:
            raise Forged(403, "channel")
        service_url = self._service_url(claims, activity)
        self._require_our_tenant(activity)
        return Claims(self.issuer, self.app_id, self.tenant, service_url)

    def _require_ours_and_current(self, claims: Mapping[str, object]) -> None:
        """Raise `Forged` unless the token is Microsoft's, for this bot, and valid now."""
        if claims.get("iss") != self.issuer:
            raise Forged(401, "issuer")
        if not _same_text(claims.get("aud"), self.app_id):
            raise Forged(401, "audience")
        now = self.wall_clock()
        if now > _numeric_date(claims.get("exp")) + LEEWAY:
            raise Forged(401, "expired")
        if any(now < _numeric_date(claims[name]) - LEEWAY for name in ("nbf", "iat") if name in claims):
            raise Forged(401, "future")

    def _service_url(self, claims: Mapping[str, object], activity: Mapping[str, object]) -> str:
        """Return the address for answers, if token and activity agree on it and our token may be sent there. Raises `Forged`."""
        claimed, named = claims.get("serviceurl"), activity.get("serviceUrl")
        if not isinstance(claimed, str) or not isinstance(named, str):
            raise Forged(403, "service_url")
        if not _same_text(claimed.rstrip("/"), named.rstrip("/")) or not may_get_token(named, self.allowed_hosts):
            raise Forged(403, "service_url")
        return named

    def _require_our_tenant(self, activity: Mapping[str, object]) -> None:
        """Raise `Forged` unless every tenant that the activity names is ours."""
        places = (_value_at(activity, "channelData", "tenant", "id"), _value_at(activity, "conversation", "tenantId"))
        named = [one for one in places if one is not None]
        if not named or not all(_same_text(one, self.tenant) for one in named):
            raise Forged(403, "tenant")


def may_get_token(service_url: str, hosts: frozenset[str]) -> bool:
    """Return True if our token may be sent there: over https to one of `hosts`, or to this machine if `hosts` allow that."""
    parts = ADDRESS.fullmatch(service_url)
    if parts is None:
        return False
    scheme, host, port = parts[1].lower(), parts[2].lower(), parts[3]
    if host in LOOPBACK:
        return host in hosts
    listed = host in hosts or any(one[0] == "*" and host.endswith(one[1:]) for one in hosts)
    return listed and scheme == "https" and port in (None, ":443")


def _bearer_token(header: str) -> str:
    """Return the token in an Authorization header; raises `Forged` unless it has the form of one."""
    if not header:
        raise Forged(401, "no_token")
    scheme, _, token = header.partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(header) > LONGEST or len(parts) != 3:
        raise Forged(401, "malformed")
    return token


def _key_id(token: str) -> str:
    """Return the id of the key that the token claims to be signed with. Raises `Forged`."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise Forged(401, "malformed") from error
    if header.get("alg") != "RS256":
        raise Forged(401, "algorithm")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Forged(401, "no_key_id")
    return key_id


def _signed_claims(token: str, key: Key) -> dict[str, object]:
    """Return the token's content, if this key signed it. Raises `Forged`."""
    try:
        claims = parsed_json(jwt.PyJWS().decode_complete(token, key.public, algorithms=["RS256"])["payload"])
    except jwt.InvalidSignatureError as error:
        raise Forged(401, "signature") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise Forged(401, "malformed") from error
    if not isinstance(claims, dict):
        raise Forged(401, "malformed")
    return claims


def _numeric_date(value: object) -> float:
    """Return a NumericDate (RFC 7519); raises `Forged` for anything else, such as NaN, which would never expire."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise Forged(401, "malformed")
    return float(value)


def _same_text(one: object, other: str) -> bool:
    return isinstance(one, str) and one.lower() == other.lower()


def _value_at(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


T = TypeVar("T")
log = structlog.get_logger()

AGAIN = 4.0  # seconds between two fetches for unknown keys, since anyone can invent a key's id
LONGEST_KEY = 6  # a fetch may take this many times as long as a request waits, so that later requests find the keys
STALE, RENEWED = 86_400.0, 300.0  # seconds: known keys are fetched again after a day; between two tries at that
LARGEST = 1024 * 1024  # bytes of a document or an answer
PUBLIC = "https://api.botframework.com"
# Host of the metadata → issuer; learn.microsoft.com, "Azure Government" and "21Vianet" pages of the Bot Service.
NATIONAL = {
    "login.botframework.azure.us": "https://api.botframework.us",
    "login.botframework.azure.cn": "https://api.botframework.azure.cn",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key of Microsoft's and the channels that it may speak for."""

    public: RSAPublicKey
    endorsements: frozenset[str]


class SharedWork(Generic[T]):
    """Work that runs at most once at a time: later callers join it, and a caller who leaves doesn't end it."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    @property
    def under_way(self) -> bool:
        """True while the work is being done."""
        return self._task is not None and not self._task.done()

    def start_or_join(self) -> asyncio.Task[T]:
        """Start the work, or join it; shield the task when waiting for it."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._task

    async def close(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})


class Keys:
    """Microsoft's signing keys, from the one configured metadata address and nowhere else.

    Fetched when first needed, again (in the background) after a day, and when a key is unknown; the old ones stay in
    use until new ones arrive. `clock` counts seconds and never goes back, `patience` is how many seconds a request
    waits for them.
    """

    def __init__(
        self, metadata_url: str, http: ClientSession, patience: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.metadata_url, self.http, self.patience, self.clock = metadata_url, http, patience, clock
        self.held: Mapping[str, Key] = {}
        self._fetched = self._renewing = -math.inf
        self._next_look = -math.inf
        self._fetching = SharedWork(self._look_at_keys)
        self._closed = False

    async def find(self, key_id: str) -> Key | None:
        """Return the key of this id, fetching the keys again if it's unknown; None if there is none.

        Without any keys nothing can be verified, and people don't send their words again, so a request waits for a second
        fetch. Raises `Unavailable` if that fails too.
        """
        now = self.clock()
        if key_id in self.held:
            if now - self._fetched >= STALE and now - self._renewing >= RENEWED:
                self._renewing = now
                self._fetching.start_or_join()
            return self.held[key_id]
        await self._learn_keys(now)
        if not self.held:
            await self._learn_keys(now)
        if not self.held:
            raise Unavailable("no_keys")
        return self.held.get(key_id)

    async def load(self) -> int:
        """Fetch the keys now and return how many there are; if that fails, raises `Unavailable` and keeps the old ones."""
        try:
            async with asyncio.timeout(LONGEST_KEY * self.patience):
                found = _usable_keys(await self._fetch_document(await self._keys_url()))
        except TimeoutError as error:
            raise Unavailable("timeout") from error
        except (ClientError, OSError) as error:
            raise Unavailable("no_connection") from error
        except ValueError as error:
            raise Unavailable("unreadable_answer") from error
        if not found:
            raise Unavailable("no_keys")
        self.held, self._fetched = found, self.clock()
        return len(found)

    async def close(self) -> None:
        """Give up a look that is under way, and begin none any more."""
        self._closed = True
        await self._fetching.close()

    async def _learn_keys(self, now: float) -> None:
        """Fetch the keys, or join a fetch under way, and wait for it as long as a request may."""
        if not self._closed and (not self.held or self._fetching.under_way or now >= self._next_look):
            self._next_look = now + AGAIN
            await asyncio.wait({self._fetching.start_or_join()}, timeout=self.patience)

    async def _look_at_keys(self) -> None:
        """Fetch the keys and log how that went; a fetch that fails leaves the old ones in use."""
        try:
            log.info("teams.keys", count=await self.load())
        except Unavailable as error:
            log.warning("teams.keys_unavailable", code=error.code, held=len(self.held))

    async def _keys_url(self) -> URL:
        """Return where the keys are, from the metadata document. Raises ValueError and `Unavailable`."""
        metadata, issuer = URL(self.metadata_url), issuer_of(self.metadata_url)
        document = await self._fetch_document(metadata)
        if not isinstance(document, dict) or document.get("issuer", issuer) != issuer:
            raise ValueError("another issuer")
        return URL(str(document.get("jwks_uri")))

    async def _fetch_document(self, url: URL) -> object:
        async with self.http.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise Unavailable(f"http_{response.status}")
            return await read_json(response)


def issuer_of(metadata_url: str) -> str:
    """Return the issuer of tokens in this metadata address's cloud; the scope of our own tokens begins with it."""
    return NATIONAL.get(URL(metadata_url).host or "", PUBLIC)


async def read_json(response: ClientResponse) -> object:
    """Return the body, up to a megabyte; raises `ValueError` when it is longer or isn't JSON."""
    body = b""
    async for piece in response.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > LARGEST:
            raise ValueError("too large")
    return parsed_json(body)


def parsed_json(text: bytes) -> object:
    """Parse JSON; raises `ValueError` for anything else."""
    try:
        parsed: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    return parsed


def _usable_keys(document: object) -> dict[str, Key]:
    """Return the keys of a JSON Web Key Set (RFC 7517) by their ids, without those that can't be used here."""
    listed = document.get("keys") if isinstance(document, dict) else None
    pairs = [_read_key(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return dict(pair for pair in pairs if pair is not None)


def _read_key(jwk: Mapping[str, object]) -> tuple[str, Key] | None:
    """Return id and key of one JSON Web Key; None unless it's a public RSA key for signatures."""
    key_id, channels = jwk.get("kid"), jwk.get("endorsements")
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or not isinstance(key_id, str):
        return None
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": jwk.get("n"), "e": jwk.get("e")})
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey):
        return None
    endorsed = (each for each in channels if isinstance(each, str)) if isinstance(channels, list) else ()
    return key_id, Key(public, frozenset(endorsed))
