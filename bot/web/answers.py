"""What comes in to our own pages and what goes out of them to their scripts: read with care, and answered in a sentence."""

from __future__ import annotations

import json
import math

from aiohttp import web

from handlers.rules.refusal import Refused

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
    return wait(answer({"sentence": sentence, **({"stop": True} if stop else {})}, status), seconds)


def wait(response: web.Response, seconds: float) -> web.Response:
    """The same answer, which says that it may be tried again in so many seconds."""
    response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    return response


LONGEST = 200  # characters of a session that are looked at


class SessionCookie:
    """`name` says for which pages it is, `public_url` by which address people reach them; `longest` is what is looked at of a session."""

    def __init__(self, name: str, public_url: str, longest: int = LONGEST) -> None:
        self.secure, self.longest = public_url.startswith("https://"), longest
        # A browser takes a cookie of this name over https only, from whoever it comes.
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
