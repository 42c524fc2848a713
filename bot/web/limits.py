"""How often strangers may guess and write: of one address and of all together, in memory only (P7, P8, P13).

Floods and slow connections are the reverse proxy's matter (docs/tls-and-proxy.md). Callers are kept as keyed hashes, so
that nobody reads from memory who opened a page, and whoever has a right code or session is never counted.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import structlog
from aiohttp import web
from cachetools import LRUCache

from bot.measures import REFUSED_AT_THE_WALL
from bot.web.answers import TooMuch

log = structlog.get_logger()
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
HOUSEHOLD = 64  # bits of an IPv6 address that one household has to itself
REMEMBERED = 4096  # callers, and things that were done


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of one caller and of all together within `window` seconds; `words` say so to a caller who wants more."""

    words: str
    one: int = 20
    all: int = 300
    window: float = 60.0


REPORTS = Limit(
    "Too many reports were sent within an hour. Yours was not sent yet. Please try again later, or report in chat.",
    one=10, all=100, window=3600.0,
)  # fmt: skip
RECEIPTS = Limit("Many receipts that don’t exist were tried just now. Please wait a minute, then try again.")
LINKS = Limit("Many links that don’t work were tried just now. Please wait a minute, then try again.")
PASSCODES = Limit("Many links and passcodes that don’t fit were tried just now. Please wait a minute, then try again.")
LISTENING = Limit(
    "Too many links that no longer work were opened from your network. Wait a minute, then press Listen again."
)


class Limits:
    """All limits of this process. `seconds` goes on whatever the wall clock does."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._key = seconds, secrets.token_bytes(32)
        self._times: LRUCache[bytes, deque[float]] = LRUCache(REMEMBERED)
        self._done: LRUCache[bytes, bool] = LRUCache(REMEMBERED)

    def take(self, limit: Limit, address: str) -> None:
        """Count one more; raises `TooMuch`, with nothing counted, beyond the limit."""
        now = self.seconds()
        counted = self._of(limit, f"of {address}", limit.one), self._of(limit, "all", limit.all)
        wait = max(times[0] + limit.window - now if len(times) == times.maxlen else 0.0 for times in counted)
        if wait > 0:
            REFUSED_AT_THE_WALL.labels("too_many").inc()
            raise TooMuch(limit.words, wait)
        for times in counted:
            times.append(now)

    def was_done(self, *what: str) -> bool:
        """Return True if `done` was told exactly this."""
        return self._name(*what) in self._done

    def done(self, *what: str) -> None:
        """Remember that this was done, by a hash of it."""
        self._done[self._name(*what)] = True

    def _of(self, limit: Limit, whose: str, most: int) -> deque[float]:
        name = self._name(limit.words, whose)
        times = self._times.get(name) or deque[float](maxlen=most)
        self._times[name] = times
        return times

    def _name(self, *what: str) -> bytes:
        return hmac.digest(self._key, "\0".join(what).encode("utf-8", "surrogatepass"), hashlib.sha256)


def caller(request: web.Request, trusted: Networks) -> str:
    """Whose request it is, as `household` writes it; "" where that is not known.

    `X-Forwarded-For` is read from the right, where our own proxies write, as far as they are trusted: whatever stands
    further left was written by somebody else (RFC 7239, 8.1).
    """
    found = _read(request.remote or "")
    told = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    if (told != [""]) is not (found is not None and is_trusted(found, trusted)):
        _warn_of_proxy()
    for said in reversed(told):
        if found is None or not is_trusted(found, trusted):
            break
        before = _read(said)
        if before is None:
            break
        found = before
    return household(found)


@cache
def _warn_of_proxy() -> None:
    """Once: everybody behind it shares one limit, so that ten reports an hour close `/report`."""
    log.warning(
        "proxy.not_trusted", why="set TRUSTED_PROXIES to your proxy's address, and have it send X-Forwarded-For"
    )


def household(address: Address | None) -> str:
    """An address as one that limits count: of IPv6 only the network, since its owner has all addresses in it."""
    if address is None:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, HOUSEHOLD), strict=False))
    return str(address)


def is_trusted(address: Address, trusted: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Whether it is a proxy of ours."""
    return any(address.version == one.version and address in one for one in trusted)


def _read(said: str) -> Address | None:
    """As proxies write it: plain, with a port, in brackets, with a zone."""
    plain = said.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
