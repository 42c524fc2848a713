"""How pages of confidential reports are answered: whoever has none, and what was typed when something goes wrong (P13)."""

from __future__ import annotations

import re

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.listeners import Listeners, Unsure
from bot.web.answers import HEAD, SessionCookie, Written, faults, page, written
from bot.web.limits import LINKS, Limits, Networks, caller
from handlers.acting import WEB
from handlers.breach import readers
from handlers.breach.readers import pass_stands, reader
from handlers.door import Door
from handlers.rules.refusal import Refused

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


ID = re.compile(r"[A-Z]-[0-9A-Z]{1,20}", re.ASCII)
LONGEST = 200  # characters of a code that are looked at


class Opened:
    """What stands below one address: its shell, the exchange, and whose session comes with a request."""

    def __init__(self, door: Door, where: str, public_url: str, trusted: Networks, limits: Limits) -> None:
        self.door, self.where, self.trusted, self.limits = door, where, trusted, limits
        self.cookie = SessionCookie("report", public_url)

    def routes(self) -> list[web.RouteDef]:
        """The shell, the exchange, and the way out."""
        return [
            web.get(self.where, self._shell),
            web.post(f"{self.where}/open", self._open),
            web.post(f"{self.where}/{{report}}/leave", self._leave),
        ]

    async def session(self, request: web.Request) -> tuple[str, str]:
        """The report that is wanted, and the session that came; a read tells strangers. Raises `Over` and `TooMuch`."""
        secret = self.cookie.of(request)
        if not await self._stands(secret):
            self.limits.take(LINKS, caller(request, self.trusted))
            raise Over
        return _report(request), secret

    def back(self, report: str, place: str = "") -> web.Response:
        """To the report's page again, so that a reload sends nothing twice."""
        return web.Response(status=303, headers={**HEAD, "Location": f"{self.where}/{report}{place and f'#{place}'}"})

    async def _shell(self, _: web.Request) -> web.Response:
        return page("open.html", where=self.where)

    async def _open(self, request: web.Request) -> web.Response:
        code = (await read(request)).words("code").rpartition("#")[2][:LONGEST]
        if not await self._stands(code):
            self.limits.take(LINKS, caller(request, self.trusted))
            raise Over
        try:
            report, secret = await self.door.enter(readers.exchange(code), WEB)
        except Refused:
            raise Over from None
        response = self.back(report)
        self.cookie.give(response, secret, f"{self.where}/{report}")
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        if not (report := _report(request)):
            raise Over
        if await self._stands(secret := self.cookie.of(request)):
            await self.door.enter(readers.leave(report, secret), WEB)
        response = page("left.html", mine=self.where.endswith("mine"))
        self.cookie.take(response, f"{self.where}/{report}")
        return response

    async def _stands(self, secret: str) -> bool:
        """Before the door only reads."""
        return bool(secret) and await self.door.look(WEB, lambda act: pass_stands(act, secret))


def _report(request: web.Request) -> str:
    """The id in the address; what can't be one is none, and is answered like any that there is not."""
    found = request.match_info["report"]
    return found if ID.fullmatch(found) else ""


class Present:
    """Those who handle reports, each by a session of the page."""

    def __init__(self, door: Door, listeners: Listeners | None) -> None:
        self.door, self.listeners = door, listeners

    async def admit(self, report: str, session: str) -> None:
        """Before a page, a form or a call; raises `Over`, and `Unsure` once nobody could tell for too long."""
        person = await self._reader(report, session)
        if self.listeners is None:
            return
        try:
            await self.listeners.check(person, anew=True, in_confidence=True)
        except Unsure:
            await self._reader(report, session)  # the answer that was waited for may have been that somebody is gone
            raise

    async def stay(self, person: int) -> None:
        """While something leaves the house; raises `Unsure` as `admit`."""
        if self.listeners is not None:
            await self.listeners.check(person, in_confidence=True)

    async def _reader(self, report: str, session: str) -> int:
        found = await self.door.look(WEB, lambda act: reader(act, report, session))
        if found is None:
            raise Over
        return found.person
