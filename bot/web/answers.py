"""What comes in to our pages and what goes out: read with care, drawn from templates, answered in a sentence."""

from __future__ import annotations

import json
import math
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from yarl import URL

from bot.listeners import Unsure
from bot.measures import REFUSED_AT_THE_WALL
from bot.ports import Absent, Changed, Unavailable
from bot.settings.setting_values import LOOPBACK
from handlers.rules.figures import cell_as_text as cell_text
from handlers.rules.refusal import Refused
from handlers.words import day_words
from storage.database.store import DatabaseDown

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
    """Somebody asks for more than a person needs; the text is a sentence, `seconds` is when to try again."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


async def read_json(request: web.Request) -> dict[str, object]:
    """The JSON object that a page sends; raises `Refused` for anything else."""
    try:
        told = json.loads(await request.read())
    except (ValueError, RecursionError, web.RequestPayloadError):
        told = None
    if not isinstance(told, dict):
        raise Refused("I couldn't read that. Please reload the page.", code="unreadable")
    return told


def read_number(told: object) -> float:
    """A number that a page sends, within reason; raises `Refused` for anything else."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) <= 1e6:
        raise Refused("I couldn't read that. Please reload the page.", code="unreadable")
    return float(told)


def json_answer(told: dict[str, object], status: int = 200) -> web.Response:
    """An answer to a page's script."""
    return web.json_response(told, status=status, headers=HEADERS)


def answer_later(sentence: str, seconds: float = 5, status: int = 503, *, stop: bool = False) -> web.Response:
    """It may work in so many seconds; `stop` says that the page may not play on meanwhile."""
    return with_retry_after(json_answer({"sentence": sentence, **({"stop": True} if stop else {})}, status), seconds)


def with_retry_after(response: web.Response, seconds: float) -> web.Response:
    """The same answer, which says that it may be tried again in so many seconds."""
    response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return response


LONGEST = 200  # characters of a session that are looked at


class SessionCookie:
    """`name` says for which pages it is, `public_url` by which address people reach them; `longest` is what is looked at of a session."""

    def __init__(self, name: str, public_url: str, longest: int = LONGEST) -> None:
        self.secure, self.longest = public_url.startswith("https://"), longest
        # A browser takes a cookie of this name over https only, from every sender.
        self.name = f"__Secure-{name}" if self.secure else name

    def of(self, request: web.Request) -> str:
        """The session that came; empty where none did."""
        return request.cookies.get(self.name, "")[: self.longest]

    def give(self, response: web.Response, secret: str, path: str) -> None:
        """From now on it comes with all that is asked for below this path."""
        response.set_cookie(self.name, secret, path=path, httponly=True, samesite="Strict", secure=self.secure)

    def take(self, response: web.Response, path: str) -> None:
        """The browser keeps it no longer."""
        response.del_cookie(self.name, path=path, httponly=True, samesite="Strict", secure=self.secure)


Prepared = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
YEAR = 365 * 24 * 60 * 60  # seconds
READS = frozenset({"GET", "HEAD", "OPTIONS"})
PLAIN = frozenset({"/healthz", "/readyz", "/policy"})
SILENT = ("/report", "/copy", "/figures")
"""Their plain forms name no page (Referrer-Policy), and over plain http a browser says nothing else of itself. Anyone who forges one
gains nothing: no login is behind them, and a session's cookie is SameSite=Strict."""
OWN = (None, "same-origin", "none")  # no browser, our own page, or the person; w3.org/TR/fetch-metadata


def response_headers(public_url: str) -> Prepared:
    """For `on_response_prepare`: no name of our server, and with an `https://` address nothing but https for a year."""
    secure = public_url.startswith("https://")

    async def prepare(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.popall("Server", None)
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"

    return prepare


def own_pages_only(public_url: str) -> Middleware:
    """Refuse what another site's page sends. Chat platforms' servers name no page; a browser always does."""
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
    """While `state` says why nobody may be let in, only what tells nobody's secret is answered (P12)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in PLAIN and (why := state()):
            raise Unavailable(why)
        return await handler(request)

    return check


def _is_own_page(sent: Mapping[str, str], own: frozenset[str], *, silent: bool) -> bool:
    origin, site = sent.get("Origin"), sent.get("Sec-Fetch-Site")
    if origin == "null":  # a page that says nothing of itself; the browser's own word counts, where it gives one
        return site == "same-origin" or (silent and site is None)
    return site in OWN and (origin is None or origin in own)


def _is_below(path: str, where: str) -> bool:
    return path == where or path.startswith(f"{where}/")


def _own_origins(url: URL) -> frozenset[str]:
    """The address as browsers write it; on this machine it has several names."""
    hosts = LOOPBACK if url.host in LOOPBACK else (url.host or "",)
    return frozenset(str(url.with_host(host).origin()) for host in hosts)


MOST_BYTES, MOST_FIELDS = 64 * 1024, 60
KIND = "application/x-www-form-urlencoded"
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
"""What no keyboard writes and no database likes; line breaks and tabs stay."""


@dataclass(frozen=True, slots=True)
class Written:
    """The fields of a form, by name; words are without blanks around them, and with line breaks of one kind."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)

    def words(self, name: str) -> str:
        """What is in a field; empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def ticked(self, name: str) -> tuple[str, ...]:
        """Whatever is ticked under this name."""
        return tuple(self.fields.get(name, ()))

    def within(self, name: str, most: int) -> str:
        """What is in a field that people do not type; raises `Refused` where it is longer than it can be."""
        found = self.words(name)
        if len(found) > most:
            raise unreadable_form()
        return found

    def number(self, name: str) -> int:
        """A number that the page itself put there; raises `Refused` for anything else."""
        found = self.words(name)
        if not (found.isascii() and found.isdigit() and len(found) < 16):
            raise unreadable_form()
        return int(found)


async def read_form(request: web.Request) -> Written:
    """Read the form that was sent; raises `Refused` for what is none, and `HTTPRequestEntityTooLarge`."""
    if request.content_type != KIND:
        raise unreadable_form()
    if (request.content_length or 0) > MOST_BYTES:
        raise web.HTTPRequestEntityTooLarge(MOST_BYTES, request.content_length or 0)
    try:
        sent = parse_qsl(
            (await request.read()).decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except (ValueError, web.RequestPayloadError):
        raise unreadable_form() from None
    found: dict[str, list[str]] = {}
    for name, words in sent:
        found.setdefault(name, []).append(_clean_words(words))
    return Written(found)


def unreadable_form() -> Refused:
    """What a page of ours never sends."""
    return Refused("I couldn’t read that. Please go back, reload the page and send it again.", code="unreadable")


def _clean_words(words: str) -> str:
    return UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


log = structlog.get_logger()
Sorry = Callable[[web.Request, str, int], web.Response]
HERE = Path(__file__).parent
HEAD = {
    **HEADERS,
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    "X-Frame-Options": "DENY",
}
UNSURE = (
    "I can’t see at the moment whether your account is still active, so playing has stopped. It continues by itself."
)
NOT_SURE = "I can’t see at the moment whether your account is still active, so this page is not shown. Please try again in a minute."
ENDS = ("ended", "withdrawn", "gone", "lost")
DOWN = "This can’t be reached right now. Please try again in a minute."
FAULT = "Something went wrong on our side. Please try again. If it happens again, tell us this id: {fault}"
_WORDS = {404: "There is no such page.", 405: "This page can’t be used like that.", 413: "That is too long. Please go back and shorten it."}  # fmt: skip
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_PAGES.tests["part"] = lambda part, kind: type(part).__name__ == kind
_PAGES.filters["told"] = cell_text
_PAGES.globals["day"] = lambda day: day_words(day, None)


def render_template(name: str, **values: object) -> str:
    """What the template of this name says."""
    return _PAGES.get_template(name).render(**values)


def render_page(name: str, status: int = 200, **values: object) -> web.Response:
    """A page, from the template of this name."""
    return web.Response(text=render_template(name, **values), status=status, content_type="text/html", headers=HEAD)


def asset_route(below: str, kinds: Mapping[str, str]) -> web.RouteDef:
    """Where the sheets and scripts of some pages stand, each with its kind; the files lie beside this module."""

    async def asset(request: web.Request) -> web.Response:
        if (kind := kinds.get(name := request.match_info["name"])) is None:
            raise web.HTTPNotFound
        return web.Response(body=(HERE / name).read_bytes(), content_type=kind, charset="utf-8", headers=HEAD)

    return web.get(f"{below}/assets/{{name}}", asset)


@web.middleware
async def errors_as_sentences(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the house raises into an answer that a person can read; nothing of the inside goes out."""
    try:
        return await handler(request)
    except Refused as refusal:
        status = 400 if refusal.code == "unreadable" else 403
        return json_answer({"sentence": str(refusal), "ended": refusal.code in ENDS}, status)
    except TooMuch as error:
        return answer_later(str(error), error.seconds, status=429)
    except Changed:
        return answer_later("This call has changed and is being looked at again. Please try again in a minute.")
    except Absent:
        return json_answer({"sentence": "The audio of this call is no longer there."}, 404)
    except Unsure:
        return answer_later(UNSURE, stop=True)
    except (DatabaseDown, Unavailable):
        return answer_later("This can't be looked up right now. Please try again in a minute.")
    except web.HTTPException as error:
        if error.status < 400:
            return error
        told = render_template("sorry.html", title=_status_words(error), status=error.status)
        return _with_allowed_methods(
            error, web.Response(text=told, status=error.status, content_type="text/html", headers=HEADERS)
        )
    except Exception as error:
        fault = secrets.token_hex(4)
        log.exception("request.failed", id=fault, error=type(error).__name__)
        return web.Response(status=500, text=FAULT.format(fault=fault), headers=HEADERS)


def fault_pages(ours: Callable[[str], bool], sorry: Sorry) -> Middleware:
    """Whatever goes wrong below addresses that are `ours` is told by `sorry`: a request, a sentence, a status."""

    @web.middleware
    async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not ours(request.path):
            return await handler(request)
        try:
            return await handler(request)
        except TooMuch as error:
            return with_retry_after(sorry(request, str(error), 429), error.seconds)
        except Refused as refusal:
            return sorry(request, str(refusal), 400 if refusal.code == "unreadable" else 403)
        except Unsure:
            return sorry(request, NOT_SURE, 503)
        except (DatabaseDown, Unavailable, Changed, Absent):
            return sorry(request, DOWN, 503)
        except web.HTTPException as error:
            return (
                error
                if error.status < 400
                else _with_allowed_methods(error, sorry(request, _status_words(error), error.status))
            )
        except Exception as error:  # noqa: BLE001  a trace could hold somebody's words: which error, and where, must do
            return sorry(request, f"Something went wrong on our side ({_log_fault(error)}).", 500)

    return told


def _status_words(error: web.HTTPException) -> str:
    return _WORDS.get(error.status, "That did not work.")


def _with_allowed_methods(error: web.HTTPException, told: web.Response) -> web.Response:
    """What is told of a method that an address does not take says which it takes (RFC 9110, 15.5.6)."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        told.headers["Allow"] = error.headers["Allow"]
    return told


def _log_fault(error: Exception) -> str:
    number, trace = secrets.token_hex(4), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    log.error("page.failed", number=number, error=type(error).__name__, where=where)
    return number
