"""The page on which a handler reads a report and works on it: plain forms, each of which leads back to it (P13)."""

from __future__ import annotations

from aiohttp import web

from bot.ports import Absent, Changed, Unavailable
from bot.web.confidential import Over, read
from bot.web.drawn import page
from bot.web.handling_acts import FORMS, PLACES, wanted
from bot.web.kept_audio import MISSING, KeptAudio
from bot.web.limits import Limits, Networks
from bot.web.opened import Opened
from bot.web.present import Present
from bot.web.written import Written
from handlers.acting import WEB
from handlers.breach.intents import Read
from handlers.door import Door
from handlers.rules.refusal import Refused

CHANGED = "This call has changed and is being looked at again. Please try again in a minute."
AWAY = "The call recording system can’t be reached right now. Please try again in a minute."
ON_THE_PAGE = "Please listen on the page of the report, where each hearing is noted."


class HandlingPages:
    """`/report/handle` and below. Whoever has no sight of a report, whatever the cause, gets the same page."""

    def __init__(
        self, door: Door, audio: KeptAudio, public_url: str, trusted: Networks, limits: Limits, present: Present
    ) -> None:  # fmt: skip
        self.door, self.audio, self.present = door, audio, present
        self.opened = Opened(door, "/report/handle", public_url, trusted, limits)

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            *self.opened.routes(),
            web.get("/report/handle/{report}", self._read, allow_head=False),
            web.get("/report/handle/{report}/audio/{name}", self._play, allow_head=False),
            web.post("/report/handle/{report}/{action}", self._act),
        ]

    async def _read(self, request: web.Request) -> web.Response:
        return await self._page(*await self._admitted(request))

    async def _admitted(self, request: web.Request) -> tuple[str, str]:
        """The report that is wanted, and the session of somebody who still belongs here. Raises `Over`, `TooMuch` and `Unsure`."""
        report, session = await self.opened.session(request)
        await self.present.admit(report, session)
        return report, session

    async def _page(
        self, report: str, session: str, failed: str = "", typed: Written | None = None, refused: Refused | None = None
    ) -> web.Response:
        """The report; what `failed` stands on it again, as it was `typed`. Raises `Over`."""
        try:
            view = await self.door.enter(Read(report, session), WEB)
        except Refused:
            raise Over from None
        return page(
            "handle.html", 422 if failed else 200, view=view, failed=failed, typed=typed or Written(),
            sentence=str(refused) if refused else "", errors=refused.fields if refused else {}, where=self.opened.where,
        )  # fmt: skip

    async def _act(self, request: web.Request) -> web.Response:
        if (action := request.match_info["action"]) not in FORMS:
            raise web.HTTPNotFound
        typed = await read(request)
        report, session = await self._admitted(request)
        try:
            await self._do(action, report, session, typed)
        except Refused as refused:
            return await self._page(report, session, action, typed, refused)
        return self.opened.back(report, PLACES.get(action, ""))

    async def _do(self, action: str, report: str, session: str, typed: Written) -> None:
        if action != "keep":
            await self.door.enter(wanted(action, report, session, typed), WEB)
            return
        try:
            await self.audio.keep(report, session, typed.number("recording"))
        except Changed:
            raise Refused(CHANGED) from None
        except Absent:
            raise Refused(MISSING) from None
        except Unavailable:
            raise Refused(AWAY) from None

    async def _play(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused(ON_THE_PAGE)
        report, session = await self._admitted(request)
        try:
            return await self.audio.play(request, report, session, request.match_info["name"][:100])
        except Refused:
            raise Over from None
