"""Reads the web pages that the policy names, over https and within limits, and checks them for the recording notice (P3)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import aiohttp

from handlers.acting import CLOCK
from handlers.door import Door
from handlers.notices import steps
from handlers.policy import Policy
from handlers.rules import Refused
from handlers.rules import notices as rule

MOST_BYTES = 512 * 1024
SECONDS = 15.0
"""For a page altogether, with all its redirects."""
MOST_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOBODYS = (".example", ".invalid", ".test", ".localhost")
"""Name endings that belong to no one on the web (RFC 2606), as in the sample policy: these names aren't looked up."""
HEADERS = {
    "User-Agent": "recording-steward (checks that the call recording notice is there)",
    "Accept": "text/html, application/xhtml+xml",
}


class PageUnread(Exception):
    """The page couldn't be read; `reason` is one of a fixed set of words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text; `ways` are all its addresses, from the one asked for to the last redirect."""

    text: str
    ways: tuple[str, ...]


class Pages(Protocol):
    """Reads web pages."""

    async def read(self, address: str, hosts: frozenset[str]) -> Page:
        """Return the page at an address, following redirects to these hosts; raises only `PageUnread`."""


class WebPages:
    """Pages of the web. `connector` is replaced in tests; `seconds` and `most` (bytes) limit each page."""

    def __init__(
        self, connector: Callable[[], aiohttp.BaseConnector] = aiohttp.TCPConnector, seconds: float = SECONDS,
        most: int = MOST_BYTES,
    ) -> None:  # fmt: skip
        self.connector, self.seconds, self.most = connector, seconds, most

    async def read(self, address: str, hosts: frozenset[str]) -> Page:
        """Return the page at an address, following redirects to these hosts; raises only `PageUnread`."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._read_page(address, hosts)
        except PageUnread:
            raise
        except TimeoutError:
            raise PageUnread("slow") from None
        except aiohttp.ClientSSLError:
            raise PageUnread("certificate") from None
        except aiohttp.ClientConnectorDNSError:
            raise PageUnread("no_name") from None
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, OSError):
            raise PageUnread("unreachable") from None
        except Exception:  # noqa: BLE001  no fault of a server says anything about the page
            raise PageUnread("unreadable") from None

    async def _read_page(self, address: str, hosts: frozenset[str]) -> Page:
        """Read the page, following redirects. Raises `PageUnread`, and what aiohttp raises."""
        if self.connector is aiohttp.TCPConnector and (urlsplit(address).hostname or "").endswith(NOBODYS):
            raise PageUnread("no_name")
        session = aiohttp.ClientSession(
            connector=self.connector(), cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None)
        )
        ways = [address]
        async with session:
            for _ in range(MOST_REDIRECTS + 1):
                _check_address(ways[-1], hosts)
                async with session.get(ways[-1], headers=HEADERS, allow_redirects=False) as answer:
                    if answer.status not in REDIRECTS or "Location" not in answer.headers:
                        return Page(await self._text_of(answer), tuple(ways))
                    ways.append(urljoin(ways[-1], answer.headers["Location"]))
        raise PageUnread("too_many")

    async def _text_of(self, answer: aiohttp.ClientResponse) -> str:
        """Return an answer's text; raises `PageUnread` if it isn't a page, or too big."""
        if answer.status != 200:
            raise PageUnread("status")
        if answer.content_type not in ("text/html", "application/xhtml+xml"):
            raise PageUnread("not_text")
        body = bytearray()
        async for part in answer.content.iter_any():
            body += part
            if len(body) > self.most:
                raise PageUnread("too_big")
        return rule.decode_page(bytes(body), answer.charset or "")


def _check_address(address: str, hosts: frozenset[str]) -> None:
    """Raise `PageUnread` for an address that isn't https, or of a host that the policy doesn't name."""
    if urlsplit(address).scheme != "https":
        raise PageUnread("not_https")
    if (urlsplit(address).hostname or "").rstrip(".") not in hosts:
        raise PageUnread("not_listed")


class Noticing:
    """The part of a tick that checks the recording notice on the web. All of it may be done twice, also by another process."""

    def __init__(self, door: Door, pages: Pages) -> None:
        self.door, self.pages = door, pages

    async def tick(self) -> None:
        """Set the deadlines of checks that aren't planned yet, and check the pages if that is due. Raises `DatabaseDown`."""
        if await self.door.look(CLOCK, steps.wanted_deadlines):
            await self.door.enter(steps.plan_notices(), CLOCK)
        if await self.door.look(CLOCK, steps.is_due):
            await self.look()

    async def look(self) -> None:
        """Check both pages now, and store what they say. Raises `DatabaseDown`."""
        policy = self.door.policy
        verdict = await look_at_pages(self.pages, policy)
        try:
            await self.door.enter(
                steps.note_pages_seen(verdict.answer, verdict.reasons, rule.notice_digest(policy, "website")), CLOCK
            )
        except Refused:  # what is on a web page must not stop the clock
            return


async def look_at_pages(pages: Pages, policy: Policy) -> rule.Verdict:
    """Judge the two pages: whether the website shows the notice's wording, and the contact page links to it. Never raises."""
    hosts = rule.page_hosts(policy)
    website, contact = await asyncio.gather(
        _read_or_reason(pages, policy.notices.website, hosts), _read_or_reason(pages, policy.notices.contact, hosts)
    )
    first = await _judge_page(website, lambda page: rule.contains_wording(page.text, policy.notices.announcement))
    targets = frozenset({policy.notices.website, *(website.ways if isinstance(website, Page) else ())})
    second = await _judge_page(contact, lambda page: rule.links_to_any(page.text, page.ways[-1], targets))
    if not rule.is_address(policy.notices.website):
        second = rule.Verdict("unseen")  # it can't be known whether it links to a page that has no address
    return rule.both_pages(first, second)


async def _read_or_reason(pages: Pages, address: str, hosts: frozenset[str]) -> Page | PageUnread:
    """Return the page, or the error that says why it couldn't be read."""
    if not rule.is_address(address):
        return PageUnread("no_address")
    try:
        return await pages.read(address, hosts)
    except PageUnread as unseen:
        return unseen


async def _judge_page(page: Page | PageUnread, judge: Callable[[Page], rule.Verdict]) -> rule.Verdict:
    """Judge a page in a thread, since a stranger's page may take a while to read."""
    if isinstance(page, PageUnread):
        return rule.Verdict("unseen", (page.reason,))
    try:
        return await asyncio.to_thread(judge, page)
    except Exception:  # noqa: BLE001  nothing that a stranger wrote says anything about the page
        return rule.Verdict("unseen", ("unreadable",))
