"""Turns away whatever Microsoft did not sign for this bot, this company and this conversation."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jwt
from aiohttp import ClientSession

from bot.teams.keys import Key, Keys, issuer_of, parsed_json

LEEWAY = 300.0  # seconds either way; learn.microsoft.com, "Authenticate requests from the Bot Connector service"
LONGEST = 16 * 1024  # characters of a header
CHANNEL = "msteams"

# microsoft.github.io/teams-sdk, "Service URL Validation". trafficmanager.net is let to anybody: whole names only.
HOSTS = frozenset({
    "smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net", "*.botframework.com",
    "smba.infra.gcc.teams.microsoft.com", "smba.infra.gov.teams.microsoft.us", "smba.infra.dod.teams.microsoft.us",
    "frontend.botapi.msg.infra.teams.microsoftonline.cn",
})  # fmt: skip
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Narrow on purpose: what one reader of addresses takes for the host, no other reader may take for a path.
ADDRESS = re.compile(r"(https?)://(\[::1\]|[a-z0-9.-]+)(:\d{1,5})?((?:/[a-z0-9._~-]*)*)", re.ASCII | re.IGNORECASE)


class Forged(Exception):
    """Not Microsoft's, or not for us. `status` is 401 or 403, `why` one of a few words that may label a count."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a genuine request has proved. `service_url` is as the activity spells it."""

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
        """What the request proves. Raises `Forged` whatever it is given, or `Unavailable` while Microsoft's keys can't be had."""
        token = _bearer(authorization_header)
        key = await self.keys.find(_key_id(token))
        if key is None:
            raise Forged(401, "unknown_key")
        said = _signed(token, key)
        self._for_us_and_now(said)
        if CHANNEL not in key.endorsements:
            raise Forged(403, "endorsement")
        # Web Chat and Direct Line are signed with the same keys, and their clients write the tenant themselves.
        if activity.get("channelId") != CHANNEL:
            raise Forged(403, "channel")
        service_url = self._service_url(said, activity)
        self._our_tenant(activity)
        return Claims(self.issuer, self.app_id, self.tenant, service_url)

    def _for_us_and_now(self, said: Mapping[str, object]) -> None:
        if said.get("iss") != self.issuer:
            raise Forged(401, "issuer")
        if not _same(said.get("aud"), self.app_id):
            raise Forged(401, "audience")
        now = self.wall_clock()
        if now > _seconds(said.get("exp")) + LEEWAY:
            raise Forged(401, "expired")
        if any(now < _seconds(said[name]) - LEEWAY for name in ("nbf", "iat") if name in said):
            raise Forged(401, "future")

    def _service_url(self, said: Mapping[str, object], activity: Mapping[str, object]) -> str:
        claimed, named = said.get("serviceurl"), activity.get("serviceUrl")
        if not isinstance(claimed, str) or not isinstance(named, str):
            raise Forged(403, "service_url")
        if not _same(claimed.rstrip("/"), named.rstrip("/")) or not allowed(named, self.allowed_hosts):
            raise Forged(403, "service_url")
        return named

    def _our_tenant(self, activity: Mapping[str, object]) -> None:
        places = (_inside(activity, "channelData", "tenant", "id"), _inside(activity, "conversation", "tenantId"))
        named = [one for one in places if one is not None]
        if not named or not all(_same(one, self.tenant) for one in named):
            raise Forged(403, "tenant")


def allowed(service_url: str, hosts: frozenset[str]) -> bool:
    """Whether our token may be sent there: https to one of `hosts`, or either scheme to a loopback name among them."""
    parts = ADDRESS.fullmatch(service_url)
    if parts is None:
        return False
    scheme, host, port = parts[1].lower(), parts[2].lower(), parts[3]
    if host in LOOPBACK:
        return host in hosts
    listed = host in hosts or any(one[0] == "*" and host.endswith(one[1:]) for one in hosts)
    return listed and scheme == "https" and port in (None, ":443")


def _bearer(header: str) -> str:
    if not header:
        raise Forged(401, "no_token")
    scheme, _, token = header.partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(header) > LONGEST or len(parts) != 3:
        raise Forged(401, "malformed")
    return token


def _key_id(token: str) -> str:
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


def _signed(token: str, key: Key) -> dict[str, object]:
    try:
        said = parsed_json(jwt.PyJWS().decode_complete(token, key.public, algorithms=["RS256"])["payload"])
    except jwt.InvalidSignatureError as error:
        raise Forged(401, "signature") from error
    except (jwt.PyJWTError, ValueError) as error:
        raise Forged(401, "malformed") from error
    if not isinstance(said, dict):
        raise Forged(401, "malformed")
    return said


def _seconds(value: object) -> float:
    """A NumericDate (RFC 7519); JSON as Python reads it knows NaN, which is never too late."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**53:
        raise Forged(401, "malformed")
    return float(value)


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.lower() == other.lower()


def _inside(value: object, *names: str) -> object:
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
