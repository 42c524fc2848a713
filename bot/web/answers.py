"""What comes in to our own pages and what goes out of them: read with care, and answered in a sentence."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template

from aiohttp import web

from bot.listeners import Unsure
from bot.ports import Absent, Changed, Unavailable
from handlers.rules.refusal import Refused
from storage.store import DatabaseDown

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HERE = Path(__file__).parent
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
UNSURE = "I can’t see at the moment whether your account is still active, so playing has stopped. It goes on by itself."
ENDS = ("ended", "withdrawn", "call_changed", "restored", "lost")
_WORDS = {404: "There is no such page.", 405: "This page can't be used like that.", 413: "That is too much at once."}


class TooMuch(Exception):
    """Somebody asks for more than a person needs; the text is a sentence, `seconds` is when to try again."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


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
        return error if error.status < 400 else sorry(error.status, _WORDS.get(error.status, "That did not work."))


async def sent(request: web.Request) -> dict[str, object]:
    """The JSON object that a page sends; raises `Refused` for anything else."""
    try:
        told = json.loads(await request.read())
    except (ValueError, RecursionError, web.RequestPayloadError):
        told = None
    if not isinstance(told, dict):
        raise Refused("That can't be read. Please reload the page.", code="unreadable")
    return told


def number(told: object) -> float:
    """A number that a page sends, within reason; raises `Refused` for anything else."""
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) <= 1e6:
        raise Refused("That can't be read. Please reload the page.", code="unreadable")
    return float(told)


def answer(told: dict[str, object], status: int = 200) -> web.Response:
    """An answer to a page's script."""
    return web.json_response(told, status=status, headers=HEADERS)


def later(sentence: str, seconds: float = 5, status: int = 503, *, stop: bool = False) -> web.Response:
    """It may work in so many seconds; `stop` says that the page may not play on meanwhile."""
    response = answer({"sentence": sentence, **({"stop": True} if stop else {})}, status)
    response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return response


def sorry(status: int, words: str) -> web.Response:
    """A page for a person who came where there is nothing."""
    text = Template((HERE / "sorry.html").read_text(encoding="utf-8"))
    page = text.substitute(
        title=words, sentence="Nothing was changed.", next="Go back to your chat and try again.", small=f"{status}"
    )
    return web.Response(text=page, status=status, content_type="text/html", headers=HEADERS)
