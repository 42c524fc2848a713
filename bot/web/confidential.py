"""How pages of confidential reports are drawn and answered: never kept, never framed, and faults told on a page as well (P13)."""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.ports import Absent, Changed, Unavailable
from bot.web.answers import HEADERS, TooMuch
from bot.web.written import Written, written
from handlers.rules.refusal import Refused
from handlers.words import day_words
from storage.store import DatabaseDown

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HERE = Path(__file__).parent
HEAD = {
    **HEADERS,
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    "X-Frame-Options": "DENY",
}
ASSETS = {"report.css": "text/css", "report.js": "text/javascript"}
TYPED = web.RequestKey("typed", Written)
DOWN = "This can’t be reached right now. Please try again in a minute."
STATUS = {404: "There is no such page.", 405: "This page can’t be used like that.", 413: "That is more than fits. Please go back and shorten it."}  # fmt: skip
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
_PAGES.globals["day"] = lambda day: day_words(day, None)


class Over(Exception):
    """Whoever asks has no page here: not this report, not any more, or not ever. All are answered alike."""


def page(name: str, status: int = 200, **values: object) -> web.Response:
    """A page, from the template of this name."""
    text = _PAGES.get_template(name).render(**values)
    return web.Response(text=text, status=status, content_type="text/html", headers=HEAD)


async def read(request: web.Request) -> Written:
    """The form that was sent, kept with the request so that a fault loses none of its words. Raises as `written`."""
    request[TYPED] = found = await written(request)
    return found


@web.middleware
async def faults_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong below `/report` is a page with a sentence, and what was typed stands on it again."""
    if request.path != "/report" and not request.path.startswith("/report/"):
        return await handler(request)
    try:
        return await handler(request)
    except Over:
        return page("over.html", 403, mine=request.path.startswith("/report/mine"), typed=_typed(request))
    except TooMuch as error:
        response = sorry(request, str(error), 429)
        response.headers["Retry-After"] = str(max(1, math.ceil(error.seconds)))
        return response
    except Refused as refusal:
        return sorry(request, str(refusal), 400 if refusal.code == "unreadable" else 403)
    except (DatabaseDown, Unavailable, Changed, Absent):
        return sorry(request, DOWN, 503)
    except web.HTTPException as error:
        return (
            error
            if error.status < 400
            else sorry(request, STATUS.get(error.status, "That did not work."), error.status)
        )
    except Exception as error:  # noqa: BLE001  a trace could hold words of a report: which error, and where, must do
        return sorry(request, f"That did not work, and it is our fault. Its number is {_told(error)}.", 500)


def sorry(request: web.Request, sentence: str, status: int) -> web.Response:
    """A page that says what is wrong, with what was typed."""
    return page("sorry.html", status, sentence=sentence, typed=_typed(request))


def asset(request: web.Request) -> web.Response:
    """A sheet or a script of these pages; raises `HTTPNotFound`."""
    name = request.match_info["name"]
    if name not in ASSETS:
        raise web.HTTPNotFound
    body = (HERE / name).read_bytes()
    return web.Response(body=body, content_type=ASSETS[name], charset="utf-8", headers=HEAD)


def _typed(request: web.Request) -> list[str]:
    """The words that a person wrote, and nothing that a page had put into its form."""
    found = request.get(TYPED, Written())
    return [
        words for name in ("what", "when", "which", "concerned", "words", "reference") if (words := found.words(name))
    ]


def _told(error: Exception) -> str:
    number, trace = secrets.token_hex(4), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    log.error("page.failed", number=number, error=type(error).__name__, where=where)
    return number
