"""Microsoft's signing keys: from one pinned address, kept while Microsoft is away, never asked for twice at once."""

from __future__ import annotations

import asyncio
import json
import math
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

T = TypeVar("T")
log = structlog.get_logger()

AGAIN = 4.0  # seconds between two looks for unknown keys: anybody can name one that is not there
LONGEST = 6  # times as long as anybody waits for it, a look goes on: whoever comes after a slow one finds the keys
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


class Flight(Generic[T]):
    """A piece of work that is under way at most once: whoever comes meanwhile joins it, and leaving doesn't end it."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    @property
    def under_way(self) -> bool:
        """Whether the work is being done now."""
        return self._task is not None and not self._task.done()

    def board(self) -> asyncio.Task[T]:
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
    """Microsoft's signing keys, from the one metadata address that was configured and nowhere else.

    Fetched when first needed, again (in the background) after a day, and when a key is unknown; the old ones stay
    in use until new ones have come. `clock` counts seconds and never goes back, `patience` is the seconds that somebody
    waits for a look.
    """

    def __init__(
        self, metadata_url: str, http: ClientSession, patience: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.metadata_url, self.http, self.patience, self.clock = metadata_url, http, patience, clock
        self.held: Mapping[str, Key] = {}
        self._fetched = self._renewing = -math.inf
        self._next_look = -math.inf
        self._flight = Flight(self._look)
        self._closed = False

    async def find(self, key_id: str) -> Key | None:
        """The key of this id, after a look for new ones where it is unknown; None when there is none.

        Without any key nobody can be told from a stranger, and nobody sends again what they wrote: whoever comes then waits
        for a second look. Raises `Unavailable` where that brought none either.
        """
        now = self.clock()
        if key_id in self.held:
            if now - self._fetched >= STALE and now - self._renewing >= RENEWED:
                self._renewing = now
                self._flight.board()
            return self.held[key_id]
        await self._learn(now)
        if not self.held:
            await self._learn(now)
        if not self.held:
            raise Unavailable("no_keys")
        return self.held.get(key_id)

    async def load(self) -> int:
        """Fetch the keys now and say how many there are; raises `Unavailable` and keeps the old ones when that fails."""
        try:
            async with asyncio.timeout(LONGEST * self.patience):
                found = _usable(await self._document(await self._keys_url()))
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
        await self._flight.close()

    async def _learn(self, now: float) -> None:
        if not self._closed and (not self.held or self._flight.under_way or now >= self._next_look):
            self._next_look = now + AGAIN
            await asyncio.wait({self._flight.board()}, timeout=self.patience)

    async def _look(self) -> None:
        try:
            log.info("teams.keys", count=await self.load())
        except Unavailable as error:
            log.warning("teams.keys_unavailable", code=error.code, held=len(self.held))

    async def _keys_url(self) -> URL:
        metadata, issuer = URL(self.metadata_url), issuer_of(self.metadata_url)
        said = await self._document(metadata)
        if not isinstance(said, dict) or said.get("issuer", issuer) != issuer:
            raise ValueError("another issuer")
        return URL(str(said.get("jwks_uri")))

    async def _document(self, url: URL) -> object:
        async with self.http.get(url, allow_redirects=False) as response:
            if response.status != 200:
                raise Unavailable(f"http_{response.status}")
            return await read_json(response)


def issuer_of(metadata_url: str) -> str:
    """Who signs in the cloud that this OpenID metadata address belongs to; the scope of our own tokens begins with it."""
    return NATIONAL.get(URL(metadata_url).host or "", PUBLIC)


async def read_json(response: ClientResponse) -> object:
    """The body, up to a megabyte; raises `ValueError` when it is longer or isn't JSON."""
    body = b""
    async for piece in response.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > LARGEST:
            raise ValueError("too large")
    return parsed_json(body)


def parsed_json(text: bytes) -> object:
    """What the text says; raises `ValueError` for whatever isn't JSON."""
    try:
        parsed: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    return parsed


def _usable(document: object) -> dict[str, Key]:
    listed = document.get("keys") if isinstance(document, dict) else None
    pairs = [_key(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return dict(pair for pair in pairs if pair is not None)


def _key(one: Mapping[str, object]) -> tuple[str, Key] | None:
    key_id, channels = one.get("kid"), one.get("endorsements")
    if one.get("kty") != "RSA" or one.get("use", "sig") != "sig" or not isinstance(key_id, str):
        return None
    try:
        public = RSAAlgorithm.from_jwk({"kty": "RSA", "n": one.get("n"), "e": one.get("e")})
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if not isinstance(public, RSAPublicKey):
        return None
    endorsed = (each for each in channels if isinstance(each, str)) if isinstance(channels, list) else ()
    return key_id, Key(public, frozenset(endorsed))
