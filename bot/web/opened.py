"""Pages that open with a one-time code from a chat: exchanged on a press, never on a load, for a session in a cookie (P13)."""

from __future__ import annotations

import re

from aiohttp import web

from bot.web.confidential import Over, read
from bot.web.cookies import SessionCookie
from bot.web.drawn import HEAD, page
from bot.web.limits import LINKS, Limits, Networks, caller
from handlers.acting import WEB
from handlers.breach.intents import Exchange, Leave
from handlers.breach.sessions import pass_stands
from handlers.door import Door
from handlers.rules.refusal import Refused

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
            report, secret = await self.door.enter(Exchange(code), WEB)
        except Refused:
            raise Over from None
        response = self.back(report)
        self.cookie.give(response, secret, f"{self.where}/{report}")
        return response

    async def _leave(self, request: web.Request) -> web.Response:
        if not (report := _report(request)):
            raise Over
        if await self._stands(secret := self.cookie.of(request)):
            await self.door.enter(Leave(report, secret), WEB)
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
