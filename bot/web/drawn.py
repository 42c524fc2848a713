"""Plain pages with forms, drawn from templates: never kept, never framed, and with faults told on a page as well (P8, P13)."""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.ports import Absent, Changed, Unavailable
from bot.web.answers import HEADERS, TooMuch
from handlers.rules.figure_tables import text as cell_text
from handlers.rules.refusal import Refused
from handlers.words import day_words
from storage.store import DatabaseDown

log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Sorry = Callable[[web.Request, str, int], web.Response]
HERE = Path(__file__).parent
HEAD = {
    **HEADERS,
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    "X-Frame-Options": "DENY",
}
DOWN = "This can’t be reached right now. Please try again in a minute."
STATUS = {404: "There is no such page.", 405: "This page can’t be used like that.", 413: "That is more than fits. Please go back and shorten it."}  # fmt: skip
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_PAGES.filters["told"] = cell_text
_PAGES.globals["day"] = lambda day: day_words(day, None)


def text(name: str, **values: object) -> str:
    """What the template of this name says."""
    return _PAGES.get_template(name).render(**values)


def page(name: str, status: int = 200, **values: object) -> web.Response:
    """A page, from the template of this name."""
    return web.Response(text=text(name, **values), status=status, content_type="text/html", headers=HEAD)


def file(name: str, kind: str) -> web.Response:
    """A sheet or a script that stands beside this module."""
    return web.Response(body=(HERE / name).read_bytes(), content_type=kind, charset="utf-8", headers=HEAD)


def faults(ours: Callable[[str], bool], sorry: Sorry) -> Middleware:
    """Whatever goes wrong below addresses that are `ours` is told by `sorry`: a request, a sentence, a status."""

    @web.middleware
    async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not ours(request.path):
            return await handler(request)
        try:
            return await handler(request)
        except TooMuch as error:
            response = sorry(request, str(error), 429)
            response.headers["Retry-After"] = str(max(1, math.ceil(error.seconds)))
            return response
        except Refused as refusal:
            return sorry(request, str(refusal), 400 if refusal.code == "unreadable" else 403)
        except (DatabaseDown, Unavailable, Changed, Absent):
            return sorry(request, DOWN, 503)
        except web.HTTPException as error:
            known = STATUS.get(error.status, "That did not work.")
            return error if error.status < 400 else sorry(request, known, error.status)
        except Exception as error:  # noqa: BLE001  a trace could hold somebody's words: which error, and where, must do
            return sorry(request, f"That did not work, and it is our fault. Its number is {_told(error)}.", 500)

    return told


def _told(error: Exception) -> str:
    number, trace = secrets.token_hex(4), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    log.error("page.failed", number=number, error=type(error).__name__, where=where)
    return number
