"""What every answer to the outside keeps: it tells no version, asks for https where we have it, and obeys no other site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

from bot.measures import REFUSED_AT_THE_WALL
from bot.ports import Unavailable
from bot.settings.setting_values import LOOPBACK
from handlers.rules.refusal import Refused

Prepared = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
YEAR = 365 * 24 * 60 * 60  # seconds
READS = frozenset({"GET", "HEAD", "OPTIONS"})
PLAIN = frozenset({"/healthz", "/readyz", "/policy"})
SILENT = ("/report", "/copy", "/figures")
"""Their plain forms name no page (Referrer-Policy), and over plain http a browser says nothing else of itself. Whoever forges one
gains nothing: no login is behind them, and a session's cookie is SameSite=Strict."""
OWN = (None, "same-origin", "none")  # no browser, our own page, or the person; w3.org/TR/fetch-metadata


def headers(public_url: str) -> Prepared:
    """For `on_response_prepare`: no name of our server, and with an `https://` address nothing but https for a year."""
    secure = public_url.startswith("https://")

    async def prepare(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall("Server", None)
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"

    return prepare


def own_pages_only(public_url: str) -> Middleware:
    """Refuse what another site's page sends. Chat platforms' servers name no page; a browser always does."""
    own = _origins(URL(public_url))

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in READS and not _ours(
            request.headers, own, silent=any(_below(request.path, one) for one in SILENT)
        ):
            REFUSED_AT_THE_WALL.labels("other_site").inc()
            raise Refused("Only our own page can send this. Please open that page again.", code="other_site")
        return await handler(request)

    return check


def once_known(state: Callable[[], str]) -> Middleware:
    """While `state` says why nobody may be let in, only what tells nobody's secret is answered (P12)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in PLAIN and (why := state()):
            raise Unavailable(why)
        return await handler(request)

    return check


def _ours(sent: Mapping[str, str], own: frozenset[str], *, silent: bool) -> bool:
    origin, site = sent.get("Origin"), sent.get("Sec-Fetch-Site")
    if origin == "null":  # a page that says nothing of itself; the browser's own word counts, where it gives one
        return site == "same-origin" or (silent and site is None)
    return site in OWN and (origin is None or origin in own)


def _below(path: str, where: str) -> bool:
    return path == where or path.startswith(f"{where}/")


def _origins(url: URL) -> frozenset[str]:
    """The address as browsers write it; on this machine it has several names."""
    hosts = LOOPBACK if url.host in LOOPBACK else (url.host or "",)
    return frozenset(str(url.with_host(host).origin()) for host in hosts)
