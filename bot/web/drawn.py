"""Plain pages, drawn from templates, and what the house raises told in a sentence: forms are never kept, never framed (P8, P13)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.listeners import Unsure
from bot.ports import Absent, Changed, Unavailable
from bot.web.answers import HEADERS, TooMuch, answer, later, wait
from handlers.rules.figures import text as cell_text
from handlers.rules.refusal import Refused
from handlers.words import day_words
from storage.database.store import DatabaseDown

log = structlog.get_logger()
Sorry = Callable[[web.Request, str, int], web.Response]
HERE = Path(__file__).parent
HEAD = {
    **HEADERS,
    "Cache-Control": "no-store, private",
    "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'"),
    "X-Frame-Options": "DENY",
}
UNSURE = "I can’t see at the moment whether your account is still active, so playing has stopped. It goes on by itself."
NOT_SURE = "I can’t see at the moment whether your account is still active, so this page is not shown. Please try again in a minute."
ENDS = ("ended", "withdrawn", "gone", "lost")
DOWN = "This can’t be reached right now. Please try again in a minute."
FAULT = "Something went wrong on our side. Please try again. If it stays so, tell us this id: {fault}"
_WORDS = {404: "There is no such page.", 405: "This page can’t be used like that.", 413: "That is more than fits. Please go back and shorten it."}  # fmt: skip
_PAGES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_PAGES.tests["part"] = lambda part, kind: type(part).__name__ == kind
_PAGES.filters["told"] = cell_text
_PAGES.globals["day"] = lambda day: day_words(day, None)


def text(name: str, **values: object) -> str:
    """What the template of this name says."""
    return _PAGES.get_template(name).render(**values)


def page(name: str, status: int = 200, **values: object) -> web.Response:
    """A page, from the template of this name."""
    return web.Response(text=text(name, **values), status=status, content_type="text/html", headers=HEAD)


def assets(below: str, kinds: Mapping[str, str]) -> web.RouteDef:
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
        return answer({"sentence": str(refusal), "ended": refusal.code in ENDS}, status)
    except TooMuch as error:
        return later(str(error), error.seconds, status=429)
    except Changed:
        return later("This call has changed and is being looked at again. Please try again in a minute.")
    except Absent:
        return answer({"sentence": "The audio of this call is no longer there."}, 404)
    except Unsure:
        return later(UNSURE, stop=True)
    except (DatabaseDown, Unavailable):
        return later("This can't be looked up right now. Please try again in a minute.")
    except web.HTTPException as error:
        if error.status < 400:
            return error
        told = text("sorry.html", title=_known(error), status=error.status)
        return _taking(error, web.Response(text=told, status=error.status, content_type="text/html", headers=HEADERS))
    except Exception as error:
        fault = secrets.token_hex(4)
        log.exception("request.failed", id=fault, error=type(error).__name__)
        return web.Response(status=500, text=FAULT.format(fault=fault), headers=HEADERS)


def faults(ours: Callable[[str], bool], sorry: Sorry) -> Middleware:
    """Whatever goes wrong below addresses that are `ours` is told by `sorry`: a request, a sentence, a status."""

    @web.middleware
    async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not ours(request.path):
            return await handler(request)
        try:
            return await handler(request)
        except TooMuch as error:
            return wait(sorry(request, str(error), 429), error.seconds)
        except Refused as refusal:
            return sorry(request, str(refusal), 400 if refusal.code == "unreadable" else 403)
        except Unsure:
            return sorry(request, NOT_SURE, 503)
        except (DatabaseDown, Unavailable, Changed, Absent):
            return sorry(request, DOWN, 503)
        except web.HTTPException as error:
            return error if error.status < 400 else _taking(error, sorry(request, _known(error), error.status))
        except Exception as error:  # noqa: BLE001  a trace could hold somebody's words: which error, and where, must do
            return sorry(request, f"That did not work, and it is our fault. Its number is {_told(error)}.", 500)

    return told


def _known(error: web.HTTPException) -> str:
    return _WORDS.get(error.status, "That did not work.")


def _taking(error: web.HTTPException, told: web.Response) -> web.Response:
    """What is told of a method that an address does not take says which it takes (RFC 9110, 15.5.6)."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        told.headers["Allow"] = error.headers["Allow"]
    return told


def _told(error: Exception) -> str:
    number, trace = secrets.token_hex(4), error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    log.error("page.failed", number=number, error=type(error).__name__, where=where)
    return number
