"""A key server like Microsoft's, on loopback, and a maker of tokens that it vouches for, or doesn't."""

import asyncio
import base64
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from bot.teams.tokens import Claims, Forged, Verifier

ISSUER = "https://api.botframework.com"
APP_ID = "7f9c1a52-0d43-4a8e-9b61-5a2f8f0f3c11"
TENANT = "2b1d8c44-94c5-4f0e-8a39-6c3de1b7a901"
SERVICE_URL = "https://smba.trafficmanager.net/au/"
NOW = 1_795_000_000.0  # seconds since 1970, in November 2026


@dataclass
class Clock:
    """Moves only when a test moves it."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@cache
def rsa(name: str, bits: int = 2048) -> RSAPrivateKey:
    """A key of this name; making one is slow, so it is made once."""
    return generate_private_key(65537, bits)


@dataclass(frozen=True)
class Signer:
    """A signer: a key, its id, and the channels it is endorsed for."""

    key_id: str = "first"
    endorsements: tuple[str, ...] = ("msteams", "webchat")
    bits: int = 2048

    @property
    def private(self) -> RSAPrivateKey:
        return rsa(self.key_id, self.bits)

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """As the key server lists it."""
        public = RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        shown = {"kty": "RSA", "use": "sig", "kid": self.key_id, "n": public["n"], "e": public["e"]}
        return {**shown, "endorsements": list(self.endorsements), **changes}

    def token(self, said: dict[str, Any] | None = None, **headers: Any) -> str:
        """A token with these claims; a header given as None is left out."""
        wanted = {"kid": self.key_id, **headers}
        kept = {name: value for name, value in wanted.items() if value is not None}
        return jwt.encode(claims() if said is None else said, self.private, algorithm="RS256", headers=kept)


FIRST, SECOND, STRANGER = Signer("first"), Signer("second"), Signer("stranger")


def claims(now: float = NOW, **changes: Any) -> dict[str, Any]:
    """Return what Microsoft says in a token for our bot; a claim given as None is left out."""
    said = {"iss": ISSUER, "aud": APP_ID, "serviceurl": SERVICE_URL, "nbf": int(now) - 60, "exp": int(now) + 3600}
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


def activity(**changes: Any) -> dict[str, Any]:
    """Return the least of a message that a person writes to the bot."""
    told = {
        "type": "message", "id": "1", "channelId": "msteams", "serviceUrl": SERVICE_URL,
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
    }  # fmt: skip
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


@dataclass
class KeyServer:
    """Serves `keys`; `down` makes it answer 503, as the looks of these numbers `in_vain` are, and while `gate` is closed it doesn't answer at all."""

    keys: list[Any] = field(default_factory=lambda: [FIRST.jwk()])
    metadata: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    down: bool = False
    in_vain: set[int] = field(default_factory=set)
    looks: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()
        app = web.Application()
        app.router.add_get("/v1/.well-known/openidconfiguration", self._metadata)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_get("/moved", self._moved)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """The metadata address."""
        return str(self.server.make_url("/v1/.well-known/openidconfiguration"))

    async def _metadata(self, request: web.Request) -> web.Response:
        self.looks += 1
        self.arrived.set()
        await self.gate.wait()
        if self.down or self.looks in self.in_vain:
            return web.Response(status=503)
        said = {"issuer": ISSUER, "jwks_uri": str(self.server.make_url("/v1/.well-known/keys")), **self.metadata}
        return web.json_response({name: value for name, value in said.items() if value is not None})

    async def _keys(self, request: web.Request) -> web.Response:
        if self.body is not None:
            return web.Response(body=self.body)
        return web.json_response({"keys": self.keys})

    async def _moved(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/v1/.well-known/keys"})


async def refusal(verifier: Verifier, token: str, told: dict[str, Any] | None = None) -> tuple[int, str]:
    """Return why the request was turned away."""
    with pytest.raises(Forged) as caught:
        await verifier.verify(f"Bearer {token}", activity() if told is None else told)
    return caught.value.status, caught.value.why


async def accepted(verifier: Verifier, token: str, told: dict[str, Any] | None = None) -> Claims:
    return await verifier.verify(f"Bearer {token}", activity() if told is None else told)


def unsigned(header: object, said: object, signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(said).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
