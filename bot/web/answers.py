"""What our pages have in common: reading requests with care, drawing templates, and answering every fault in a sentence."""

import json
import math
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from yarl import URL

from bot.listeners import Unsure
from bot.measures import REFUSED_AT_THE_WALL
from bot.ports import Absent, Changed, Unavailable
from bot.settings.setting_values import LOOPBACK
from handlers.phrases import day_words
from handlers.rules import Refused, figures
from storage.database.store import DatabaseDown

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class TooMuch(Exception):
    """More requests than a person needs; the text is a sentence, and `seconds` is when to try again."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


UNREADABLE = "I couldn’t read that. Please go back, reload the page and send it again."


def unreadable_request() -> Refused:
    """Return the refusal of a request that no page of ours would send."""
    return Refused(UNREADABLE, code="unreadable")


async def read_json(request: web.Request) -> dict[str, object]:
    """Return the JSON object that a page sends; raises `Refused` for anything else."""
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError, web.RequestPayloadError):
        body = None
    if not isinstance(body, dict):
        raise unreadable_request()
    return body


def read_number(number: object) -> float:
    """Return a number that a page sends, within reason; raises `Refused` for anything else."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= 1e6:
        raise unreadable_request()
    return float(number)


def number_in_path(request: web.Request, name: str) -> int:
    """Return a number in the address; 0, which no row has, if it isn't a number."""
    digits = request.match_info[name]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def json_answer(fields: Mapping[str, object], status: int = 200) -> web.Response:
    """Return a JSON answer for a page's script."""
    return web.json_response(fields, status=status, headers=HEADERS)


LONGEST = 200  # characters of a session or a code that are looked at


class SessionCookie:
    """The cookie with a visitor's session. `name` says for which pages it is; `public_url` is our address for people."""

    def __init__(self, name: str, public_url: str) -> None:
        self.secure = public_url.startswith("https://")
        # A browser takes a cookie of this name over https only, from every sender.
        self.name = f"__Secure-{name}" if self.secure else name

    def of(self, request: web.Request) -> str:
        """Return the session that the request carries; empty if none."""
        return request.cookies.get(self.name, "")[:LONGEST]

    def give(self, response: web.Response, secret: str, path: str) -> web.Response:
        """Set a session, which the browser then sends with every request below this path."""
        response.set_cookie(self.name, secret, path=path, httponly=True, samesite="Strict", secure=self.secure)
        return response

    def take(self, response: web.Response, path: str) -> web.Response:
        """Remove the session from the browser."""
        response.del_cookie(self.name, path=path, httponly=True, samesite="Strict", secure=self.secure)
        return response


def go_to(where: str) -> web.Response:
    """Send the browser to another page of ours, so that a reload sends nothing twice."""
    return web.Response(status=303, headers={**HEAD, "Location": where})


Prepared = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
YEAR = 365 * 24 * 60 * 60  # seconds
READS = frozenset({"GET", "HEAD", "OPTIONS"})
PLAIN = frozenset({"/healthz", "/readyz", "/policy"})
SILENT = ("/report", "/copy", "/figures")
"""Their plain forms name no page (Referrer-Policy), and over plain http a browser says nothing else of itself.

Forging one gains nothing: no login is behind them, and a session's cookie is SameSite=Strict.
"""
OWN = (None, "same-origin", "none")  # no browser, our own page, or the person; w3.org/TR/fetch-metadata


def response_headers(public_url: str) -> Prepared:
    """Return a handler for `on_response_prepare`: it removes the server's name.

    With an `https://` address it also tells browsers to use only https for a year.
    """
    secure = public_url.startswith("https://")

    async def prepare(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall("Server", None)
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"

    return prepare


def own_pages_only(public_url: str) -> Middleware:
    """Return a middleware that refuses what another site's page sends; chat platforms' servers send no `Origin`."""
    own = _own_origins(URL(public_url))

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in READS and not _is_own_page(
            request.headers, own, silent=any(_is_below(request.path, one) for one in SILENT)
        ):
            REFUSED_AT_THE_WALL.labels("other_site").inc()
            raise Refused("Only our own page can send this. Please open that page again.", code="other_site")
        return await handler(request)

    return check


def once_known(state: Callable[[], str]) -> Middleware:
    """Return a middleware that serves only `PLAIN` pages, which hold no secrets, while `state` says why not (P12).

    That is until it's known whether the database was restored; then `state` returns an empty string.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in PLAIN and (why := state()):
            raise Unavailable(why)
        return await handler(request)

    return check


def _is_own_page(headers: Mapping[str, str], own: frozenset[str], *, silent: bool) -> bool:
    """Return True if the headers of a request say that our own page, or no page, sent it."""
    origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    if origin == "null":  # a page that says nothing of itself; the browser's own word counts, if it gives one
        return site == "same-origin" or (silent and site is None)
    return site in OWN and (origin is None or origin in own)


def _is_below(path: str, where: str) -> bool:
    return path == where or path.startswith(f"{where}/")


def _own_origins(url: URL) -> frozenset[str]:
    """Return the address as browsers write it; on this machine it has several names."""
    hosts = LOOPBACK if url.host in LOOPBACK else (url.host or "",)
    return frozenset(str(url.with_host(host).origin()) for host in hosts)


MOST_BYTES, MOST_FIELDS = 64 * 1024, 60
KIND = "application/x-www-form-urlencoded"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""What no keyboard writes and no database likes; line breaks and tabs stay."""


@dataclass(frozen=True, slots=True)
class Written:
    """The fields of a submitted form, by name; texts have no blanks around them, and line breaks of one kind."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def words(self, name: str) -> str:
        """Return what is in a field; empty if there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def ticked(self, name: str) -> tuple[str, ...]:
        """Return everything ticked under this name."""
        return tuple(self.fields.get(name, ()))

    def within(self, name: str, most: int) -> str:
        """Return a field that people don't type; raises `Refused` if it's longer than our page could have made it."""
        found = self.words(name)
        if len(found) > most:
            raise unreadable_request()
        return found

    def number(self, name: str) -> int:
        """Return a number that the page itself put there; raises `Refused` for anything else."""
        found = self.words(name)
        if not (found.isascii() and found.isdigit() and len(found) < 16):
            raise unreadable_request()
        return int(found)


async def read_form(request: web.Request) -> Written:
    """Return the submitted form; raises `Refused` if it can't be read, and `HTTPRequestEntityTooLarge`."""
    if request.content_type != KIND:
        raise unreadable_request()
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    try:
        pairs = parse_qsl(
            (await request.read()).decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except (ValueError, web.RequestPayloadError):
        raise unreadable_request() from None
    fields: dict[str, list[str]] = {}
    for name, words in pairs:
        fields.setdefault(name, []).append(_clean_words(words))
    return Written(fields)


def _clean_words(words: str) -> str:
    """Return what was typed with one kind of line breaks, and without characters that no one can see."""
    return UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


log = structlog.get_logger()
HERE = Path(__file__).parent
HEAD = {
    **HEADERS,
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    "X-Frame-Options": "DENY",
}
UNSURE = "I can’t check at the moment whether your account is still active, so playback has stopped. It will continue by itself."
NOT_SURE = "I can’t check at the moment whether your account is still active, so I can’t show you this page. Please try again in a minute."
ENDS = ("ended", "withdrawn", "gone", "lost")
DOWN = "This isn’t available right now. Please try again in a minute."
CHANGED = "This call has changed, and I’m checking it again. Please try again in a minute."
GONE = "The audio of this call is no longer there."
FAULT = "Something went wrong on our side ({number}). Please try again. If it happens again, tell us that number."
_WORDS = {404: "There is no such page.", 405: "This page doesn’t work like that.", 413: "That is too long. Please go back and shorten it."}  # fmt: skip


@cache
def _templates() -> "Environment":
    """Return the templates of our pages; Jinja is imported only for the first page.

    In them, `part` tests which class a part of a page is of, `told` writes a table's cell, and `day` a date.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.tests["part"] = lambda part, kind: type(part).__name__ == kind
    environment.filters["told"] = figures.cell_as_text
    environment.globals["day"] = lambda day: day_words(day, None)
    return environment


def render_template(name: str, **values: object) -> str:
    """Return what the template of this name says."""
    return _templates().get_template(name).render(**values)


def render_page(name: str, status: int = 200, **values: object) -> web.Response:
    """Return a page, from the template of this name."""
    return web.Response(text=render_template(name, **values), status=status, content_type="text/html", headers=HEAD)


def asset_route(below: str, kinds: Mapping[str, str]) -> web.RouteDef:
    """Return the route of style sheets and scripts, each with its kind; the files are beside this module."""

    async def asset(request: web.Request) -> web.Response:
        if (kind := kinds.get(name := request.match_info["name"])) is None:
            raise web.HTTPNotFound
        return web.Response(body=(HERE / name).read_bytes(), content_type=kind, charset="utf-8", headers=HEAD)

    return web.get(f"{below}/assets/{{name}}", asset)


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as a person is told it. `code` is that of a `Refused`; `after` is in how many seconds to try again."""

    sentence: str
    status: int
    code: str = ""
    after: float = 0.0


# Returns the answer to a request that failed: for most pages, one that says sorry.
Sorry = Callable[[web.Request, Fault], web.Response]


def answer_script(_: web.Request, fault: Fault) -> web.Response:
    """Return the error as JSON for a page's script.

    `ended` is true if access is over for good, `stop` if playing should stop for now.
    """
    answer = {"sentence": fault.sentence, "ended": fault.code in ENDS, "stop": fault.code == "unsure"}
    return json_answer(answer, fault.status)


def answer_faults(pages: Mapping[str, Sorry] = MappingProxyType({})) -> Middleware:
    """Return a middleware that answers every exception with a sentence and reveals nothing internal.

    `pages` draw the error page for addresses below their key; elsewhere the answer is JSON for a script.
    """

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        sorry = next((one for below, one in pages.items() if _is_below(request.path, below)), None)
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                return error
            fault = Fault(_WORDS.get(error.status, "That didn’t work."), error.status)
            response = (sorry or _error_page)(request, fault)
            if isinstance(
                error, web.HTTPMethodNotAllowed
            ):  # it says which methods the address takes (RFC 9110, 15.5.6)
                response.headers["Allow"] = error.headers["Allow"]
            return response
        except Exception as error:  # noqa: BLE001  whatever it is, a person is told
            fault = _fault_of(error, page=sorry is not None)
            response = (sorry or answer_script)(request, fault)
            return with_retry_after(response, fault.after) if fault.after else response

    return answer


def with_retry_after(response: web.Response, seconds: float) -> web.Response:
    """Add when it may be tried again, in seconds, to the answer."""
    response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return response


def _fault_of(error: Exception, *, page: bool) -> Fault:
    """Return what a person is told of this exception; an unexpected one is logged under a number that they can quote."""
    match error:
        case Refused(code=code):
            return Fault(str(error), 400 if code == "unreadable" else 403, code)
        case TooMuch(seconds=seconds):
            return Fault(str(error), 429, after=seconds)
        case Changed():
            return Fault(CHANGED, 503, after=5)
        case Absent():
            return Fault(GONE, 404)
        case Unsure():
            return Fault(NOT_SURE if page else UNSURE, 503, "unsure", after=5)
        case DatabaseDown() | Unavailable():
            return Fault(DOWN, 503, after=5)
    number, trace = secrets.token_hex(4), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    # The traceback of a page could hold a person's words: log only which error it was, and where.
    log.error("request.failed", fault=number, error=type(error).__name__, where=where, exc_info=None if page else error)
    return Fault(FAULT.format(number=number), 500)


def _error_page(_: web.Request, fault: Fault) -> web.Response:
    """Return the page for an address that belongs to none of our pages."""
    page = render_template("sorry.html", title=fault.sentence, status=fault.status)
    return web.Response(text=page, status=fault.status, content_type="text/html", headers=HEADERS)
