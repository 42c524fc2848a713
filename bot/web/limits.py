"""Limits how often strangers may guess and write, and how fast a call's audio is sent."""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NoReturn

import structlog
from aiohttp import web
from cachetools import LRUCache

from bot.measures import REFUSED_AT_THE_WALL
from bot.web.answers import TooMuch
from handlers.rules import Refused

log = structlog.get_logger()
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]
HOUSEHOLD = 64  # bits of an IPv6 address that one household has to itself
REMEMBERED = 4096  # callers, and things that were done


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `one` of a caller and `all` together within `window` seconds; `words` tell a caller who wants more."""

    words: str
    one: int = 20
    all: int = 300
    window: float = 60.0


REPORTS = Limit(
    "Too many reports were sent in the last hour, so yours wasn’t sent. Please try again later, or report in chat.",
    one=10, all=100, window=3600.0,
)  # fmt: skip
RECEIPTS = Limit("Too many wrong receipts were tried. Please wait a minute, then try again.")
LINKS = Limit("Too many wrong links were tried. Please wait a minute, then try again.")
PASSCODES = Limit("Too many wrong links and passcodes were tried. Please wait a minute, then try again.")
LISTENING = Limit(
    "Too many links that no longer work were opened from your network. Wait a minute, then press Listen again."
)


class Limits:
    """All limits of this process. `trusted` are the networks of our own proxies; `seconds` never goes back."""

    def __init__(self, trusted: Networks = (), seconds: Callable[[], float] = time.monotonic) -> None:
        self.trusted, self.seconds, self._key = trusted, seconds, secrets.token_bytes(32)
        self._times: LRUCache[bytes, deque[float]] = LRUCache(REMEMBERED)
        self._done: LRUCache[bytes, bool] = LRUCache(REMEMBERED)

    def count(self, limit: Limit, request: web.Request) -> None:
        """Count one more of this request's caller; beyond the limit it raises `TooMuch` and counts nothing."""
        now, address = self.seconds(), caller_of(request, self.trusted)
        counted = self._times_of(limit, f"of {address}", limit.one), self._times_of(limit, "all", limit.all)
        wait = max(times[0] + limit.window - now if len(times) == times.maxlen else 0.0 for times in counted)
        if wait > 0:
            REFUSED_AT_THE_WALL.labels("too_many").inc()
            raise TooMuch(limit.words, wait)
        for times in counted:
            times.append(now)

    def turn_away(self, limit: Limit, request: web.Request, refusal: Exception) -> NoReturn:
        """Count one more of this request's caller, then raise `refusal`, or `TooMuch` beyond the limit."""
        self.count(limit, request)
        raise refusal

    def was_done(self, *what: str) -> bool:
        """Return True if exactly this was noted as done."""
        return self._hashed_name(*what) in self._done

    def note_done(self, *what: str) -> None:
        """Remember, by a hash, that this was done."""
        self._done[self._hashed_name(*what)] = True

    def _times_of(self, limit: Limit, whose: str, most: int) -> deque[float]:
        """Return when this was last counted; a queue that holds as many times as the limit allows."""
        name = self._hashed_name(limit.words, whose)
        times = self._times.get(name) or deque[float](maxlen=most)
        self._times[name] = times
        return times

    def _hashed_name(self, *what: str) -> bytes:
        """Return a hash keyed for this process, so that no caller's address is kept in memory."""
        return hmac.digest(self._key, "\0".join(what).encode("utf-8", "surrogatepass"), hashlib.sha256)


def caller_of(request: web.Request, trusted: Networks) -> str:
    """Return the address that a request counts for, or "". For IPv6 it's the network, all of which its owner has.

    `X-Forwarded-For` is read from the right, where our own proxies write, as far as they are trusted: anything further
    left was written by others (RFC 7239, 8.1).
    """
    caller = _read_address(request.remote or "")
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    if (forwarded != [""]) is not _is_trusted(caller, trusted):
        _warn_of_proxy()
    for hop in reversed(forwarded):
        if not _is_trusted(caller, trusted) or (before := _read_address(hop)) is None:
            break
        caller = before
    if isinstance(caller, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((caller, HOUSEHOLD), strict=False))
    return str(caller or "")


@cache
def _warn_of_proxy() -> None:
    """Warn once that everyone behind this proxy shares one limit, so that ten reports an hour close `/report`."""
    log.warning(
        "proxy.not_trusted", why="set TRUSTED_PROXIES to your proxy's address, and have it send X-Forwarded-For"
    )


def _is_trusted(address: Address | None, trusted: Networks) -> bool:
    return address is not None and any(address.version == one.version and address in one for one in trusted)


def _read_address(written: str) -> Address | None:
    """Read an address as proxies write it: plain, with a port, in brackets, with a zone."""
    plain = written.strip().strip('"')
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


BLOCK, LEAST = 16 * 1024, 1024  # bytes between two checks of the grant while audio streams; about a second of sound
LARGE = 256 * 1024  # the same while it is given as fast as it is taken
HEAD_START, FASTEST = 10.0, 3.0  # seconds of sound at once, then so many times as fast as it is heard


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes for a stream, in seconds: a steady clock, and how to wait."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


REAL = Pace(time.monotonic, asyncio.sleep)


class Budget:
    """How many bytes of a call one listener may have by now, at `rate` bytes a second of sound.

    Half of its capacity is kept for streams that begin, so that a listener who seeks hears something at once.
    """

    def __init__(self, rate: float, pace: Pace) -> None:
        self.rate, self.pace = rate, pace
        self.block = max(LEAST, min(BLOCK, int(rate)))
        self.reserve = max(float(self.block), HEAD_START * rate)
        self.streams = 0
        self._left, self._at = 2 * self.reserve, pace.monotonic()

    @property
    def idle(self) -> bool:
        """True if nothing draws on it and it is as full as a new one."""
        return not self.streams and self._bytes_left() >= 2 * self.reserve

    async def take(self, size: int, *, first: bool, gone: Callable[[], bool], begins: bool = False) -> bool:
        """Wait until so many bytes may be sent, and count them; False, with nothing counted, once the listener is `gone`.

        The `first` bytes of a stream may use the reserve. Where a stream `begins`, at least a block is counted, since each
        beginning is checked and logged.
        """
        size = max(size, self.block) if begins else size
        least = size if first else size + self.reserve
        while (short := least - self._bytes_left()) > 1e-6 and not gone():
            await self.pace.sleep(short / (FASTEST * self.rate))
        if gone():
            return False
        self._left -= size
        return True

    def _bytes_left(self) -> float:
        """Return the bytes that may be sent now, refilled by the time that has passed."""
        now = self.pace.monotonic()
        self._left = min(2 * self.reserve, self._left + (now - self._at) * FASTEST * self.rate)
        self._at = now
        return self._left


class Unbounded(Budget):
    """A budget for downloads, which are as fast as the network: it never runs out."""

    def __init__(self, size: int, pace: Pace) -> None:
        super().__init__(float(max(size, 1)), pace)
        self.block = LARGE

    async def take(self, size: int, *, first: bool, gone: Callable[[], bool], begins: bool = False) -> bool:
        """Return True at once; False once the receiver is `gone`."""
        return not gone()


class Pacing:
    """All budgets of this process, until it stops."""

    def __init__(self, pace: Pace = REAL) -> None:
        self.pace, self.over = pace, False
        self.budgets: dict[tuple[str, int], Budget] = {}

    def end(self) -> None:
        """End all streams within a second, because the program stops."""
        self.over = True

    def refuse_when_stopping(self) -> None:
        """Raise `Refused` once the program stops."""
        if self.over:
            raise Refused("The bot is restarting. Please try again in a minute.", code="stopping")

    def budget(self, grant: str, recording: int, rate: float) -> Budget:
        """Return the one budget of this grant for a recording, shared by all sessions; idle ones are forgotten."""
        for key in [key for key, one in self.budgets.items() if one.idle]:
            del self.budgets[key]
        return self.budgets.setdefault((grant, recording), Budget(rate, self.pace))
