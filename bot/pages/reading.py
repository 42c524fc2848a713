"""One web page, read as a stranger's: what is asked, where that may be, how long and how much (P3).

The connection goes to exactly the addresses that were looked at, so that a name that answers otherwise a moment later leads nowhere
else. Any failure is `Unseen`, which says nothing of what the page says.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.pages.addresses import is_public
from handlers.rules.notice_pages import decoded
from handlers.rules.notices import is_address

MOST_BYTES = 512 * 1024
SECONDS = 15.0
"""In whole for a page, with every address that it leads to."""
MOST_REDIRECTS = 3
REDIRECTS, FOR_GOOD = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
NOBODY = ("example", "invalid", "test", "localhost", "local", "internal", "onion", "arpa")
"""Names that end so belong to nobody on the web (RFC 2606, RFC 6761), so none of them is ever looked up."""
HEADERS = {
    "User-Agent": "recording-steward (looks whether the call recording notice is there)",
    "Accept": "text/html, application/xhtml+xml",
    "Accept-Encoding": "identity",
}


class Unseen(Exception):
    """The page could not be read; `reason` is a closed word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text; `ways` are all its addresses, as it was asked for first and where it stands last. `moved`: for good."""

    text: str
    ways: tuple[str, ...]
    moved: bool = False


class Pages(Protocol):
    """Whoever reads web pages."""

    async def read(self, address: str, hosts: frozenset[str]) -> Page:
        """The page at an address, which may lead to others on these hosts; raises `Unseen`, and nothing else."""


LookUp = Callable[[str], Awaitable[Sequence[str]]]
"""Of a name its addresses; raises `OSError` where there are none."""
Connector = Callable[[Sequence[str]], aiohttp.BaseConnector]
"""What connects to these addresses, and to no others."""


async def looked_up(name: str) -> Sequence[str]:
    """By the machine's own resolver; names that belong to nobody are not asked for."""
    if name.rstrip(".").rpartition(".")[2].lower() in NOBODY:
        raise OSError("nobody has this name")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Fixed(AbstractResolver):
    """Answers each name with these addresses, at these ports or at the one that is asked for."""

    def __init__(self, places: Sequence[tuple[str, int | None]]) -> None:
        self.places = places

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """As aiohttp asks for it."""
        return [
            ResolveResult(
                hostname=host, host=place, port=port if own is None else own, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in place else socket.AF_INET,
            )
            for place, own in self.places
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


def directly(addresses: Sequence[str]) -> aiohttp.BaseConnector:
    """To these addresses; the certificate has to be right for the name."""
    places = Fixed([(one, None) for one in addresses])
    return aiohttp.TCPConnector(
        resolver=places, ssl=ssl.create_default_context(), use_dns_cache=False, force_close=True
    )


class WebPages:
    """Pages of the web. `look_up` and `connector` may be others in a rehearsal; `seconds` and `most` (bytes) bound each page."""

    def __init__(
        self, look_up: LookUp = looked_up, connector: Connector = directly, seconds: float = SECONDS,
        most: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self.look_up, self.connector, self.seconds, self.most = look_up, connector, seconds, most

    async def read(self, address: str, hosts: frozenset[str]) -> Page:
        """As `Pages.read`."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._followed(address, hosts)
        except Unseen:
            raise
        except TimeoutError:
            raise Unseen("slow") from None
        except aiohttp.ClientConnectorCertificateError:
            raise Unseen("certificate") from None
        except aiohttp.ClientSSLError:
            raise Unseen("certificate") from None
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, OSError):
            raise Unseen("unreachable") from None
        except Exception:  # noqa: BLE001  whatever a stranger answers, it is no answer to what the page says
            raise Unseen("unreadable") from None

    async def _followed(self, address: str, hosts: frozenset[str]) -> Page:
        ways, moved, at = [address], False, address
        for _ in range(MOST_REDIRECTS + 1):
            found, code = await self._asked(at, hosts)
            if isinstance(found, Page):
                return Page(found.text, tuple(ways), moved)
            at = urljoin(at, found)
            moved = moved or code in FOR_GOOD
            ways.append(at)
        raise Unseen("too_many")

    async def _asked(self, address: str, hosts: frozenset[str]) -> tuple[Page | str, int]:
        """The page, or where it leads, and the answer's number."""
        addresses = await self._places(address, hosts)
        session = aiohttp.ClientSession(
            connector=self.connector(addresses), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
            auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None),
        )  # fmt: skip
        async with session, session.get(address, allow_redirects=False, headers=HEADERS) as answer:
            if answer.status in REDIRECTS and (leads := answer.headers.get("Location")):
                return leads, answer.status
            if answer.status != 200:
                raise Unseen("status")
            if answer.content_type not in ("text/html", "application/xhtml+xml"):
                raise Unseen("not_text")
            body = await self._body(answer)
            return Page(decoded(body, answer.charset or ""), (address,)), answer.status

    async def _places(self, address: str, hosts: frozenset[str]) -> Sequence[str]:
        """The addresses that may be asked: of a name on the list, and all of them public."""
        if urlsplit(address).scheme != "https":
            raise Unseen("not_https")
        host = (urlsplit(address).hostname or "").rstrip(".")
        if not is_address(address) or host not in hosts:
            raise Unseen("not_listed")
        try:
            addresses = await self.look_up(host)
        except OSError:
            raise Unseen("no_name") from None
        if not addresses:
            raise Unseen("no_name")
        if not all(map(is_public, addresses)):
            raise Unseen("private")
        return addresses

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """All of it, up to what is read of a page; what is packed is unpacked no further than that."""
        how = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if how not in ("identity", "gzip", "deflate"):
            raise Unseen("unreadable")
        unpack = None if how == "identity" else zlib.decompressobj(47 if how == "gzip" else 15)
        body = bytearray()
        async for part in answer.content.iter_any():
            body += part if unpack is None else unpack.decompress(part, self.most + 1 - len(body))
            if len(body) > self.most or (unpack is not None and unpack.unconsumed_tail):
                raise Unseen("too_big")
        return bytes(body)
