"""How pages of confidential reports are answered: whoever has none, and what was typed when something goes wrong (P13)."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.drawn import faults, page
from bot.web.written import Written, written

TYPED = web.RequestKey("typed", Written)


class Over(Exception):
    """Whoever asks has no page here: not this report, not any more, or not ever. All are answered alike."""


async def read(request: web.Request) -> Written:
    """The form that was sent, kept with the request so that a fault loses none of its words. Raises as `written`."""
    request[TYPED] = found = await written(request)
    return found


def sorry(request: web.Request, sentence: str, status: int) -> web.Response:
    """A page that says what is wrong, with what was typed."""
    return page("report_sorry.html", status, sentence=sentence, typed=_typed(request))


def below(path: str) -> bool:
    """Whether an address is one of these pages."""
    return path == "/report" or path.startswith("/report/")


_faults = faults(below, sorry)


@web.middleware
async def faults_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong below `/report` is a page with a sentence, and what was typed stands on it again."""

    async def unless_over(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except Over:
            mine = request.path.startswith("/report/mine")
            return page("over.html", 403, mine=mine, typed=_typed(request))

    return await _faults(request, unless_over)


def _typed(request: web.Request) -> list[str]:
    """The words that a person wrote, and nothing that a page had put into its form."""
    found = request.get(TYPED, Written())
    return [
        words for name in ("what", "when", "which", "concerned", "words", "reference") if (words := found.words(name))
    ]
