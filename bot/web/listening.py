"""The listening page and its audio: every request asks the grant again, and no right travels in a URL (P7, P11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.listeners import Listeners
from bot.ports import Audio, Recorder
from bot.retention.recording_sync import audio_of
from bot.web.answers import HEADERS, SessionCookie, answer, number, sent
from bot.web.drawn import assets, text
from bot.web.limits import LISTENING, Limits, Networks, caller
from bot.web.pacing import REAL, Pace, Pacing
from bot.web.sounding import Sounding
from bot.web.waves import Waves
from handlers import forgetting, listening
from handlers.acting import CLOCK, WEB
from handlers.door import Door
from handlers.forgetting import lapsed
from handlers.listening import CLOSED, SPENT, Hearing, Stands, code_stands, described, hear, session_stands
from handlers.rules.refusal import Refused
from storage.records import Recording

Ask = Callable[[], Awaitable[object]]
Record = Callable[[int, int], Awaitable[object]]
ASSETS = {
    "listen.js": "text/javascript",
    "player.js": "text/javascript",
    "pieces.js": "text/javascript",
    "fragment.js": "text/javascript",
    "listen.css": "text/css",
    "player.css": "text/css",
    "public.css": "text/css",
    "forms.css": "text/css",
}


class ListeningPages:
    """`GET /listen` and below.

    `changed` is told the name of a call that is no longer as the register knows it; `trusted` are the networks of our own proxies.
    """

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, pace: Pace = REAL,
        changed: Callable[[str], None] = lambda _: None, limits: Limits | None = None, trusted: Networks = (),
        listeners: Listeners | None = None,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.changed = door, recorder, changed
        self.pacing = Pacing(pace)
        self.listeners = listeners or Listeners(_everybody, pace.monotonic)
        self.limits, self.trusted = limits or Limits(pace.monotonic), trusted
        self.cookie = SessionCookie("listening", public_url)
        self.waves = Waves(door)
        self._over = False

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            web.get("/favicon.ico", self._nothing),
            web.get("/listen", self._page),
            assets("/listen", ASSETS),
            web.post("/listen/exchange", self._exchange),
            web.get("/listen/{grant}", self._page),
            web.get("/listen/{grant}/access", self._access),
            web.get("/listen/{grant}/{recording}/audio", self._audio),
            web.get("/listen/{grant}/{recording}/peaks", self._peaks),
            web.post("/listen/{grant}/{recording}/heard", self._heard),
        ]

    def end(self) -> None:
        """The program stops: end each stream with its next look, which is within a second."""
        self._over = True

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.Response(text=text("listen.html"), content_type="text/html", headers=HEADERS)

    async def _nothing(self, _: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        code = str((await sent(request)).get("code", ""))[:200]
        self._admit(request, await self.door.look(WEB, lambda act: code_stands(act, code)), SPENT)
        try:
            opened = await self.door.enter(listening.exchange(code), WEB)
        except Refused:
            await forget_late_codes(self.door)
            raise
        response = answer({"grant": opened.grant})
        self.cookie.give(response, opened.secret, f"/listen/{opened.grant}")
        return response

    async def _access(self, request: web.Request) -> web.StreamResponse:
        grant, session = self._who(request)
        told = await self.door.look(WEB, lambda act: described(act, grant, session))
        await self._hear(grant, session)
        return answer(told)

    async def _audio(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused("Please listen on the page, where every listening is recorded.", code="not_on_the_page")
        _, recording, audio = await self._opened(request)
        (grant, session), rate = self._who(request), audio.size / max(recording.seconds, 1.0)
        ask, record = self._terms(request, recording, audio)
        sounding = Sounding(
            audio, self.pacing, session, lambda: self.pacing.budget(grant, recording.id, rate), ask, record
        )
        return await sounding.answer(request)

    async def _peaks(self, request: web.Request) -> web.StreamResponse:
        _, recording, audio = await self._opened(request)
        return answer({"peaks": await self.waves.of(recording, audio)})

    async def _heard(self, request: web.Request) -> web.StreamResponse:
        (grant, session), told = self._who(request), await sent(request)
        start, end = number(told.get("from")), number(told.get("to"))
        self._admit(request, await self.door.look(WEB, lambda act: session_stands(act, grant, session)), CLOSED)
        heeded = await self.door.enter(listening.heard(grant, session, _recording(request), start, end), WEB)
        if heeded.refusal is not None:
            raise heeded.refusal
        await self.listeners.check(heeded.person)
        return answer({"access": True, "until": heeded.until.isoformat()})

    async def _opened(self, request: web.Request) -> tuple[Hearing, Recording, Audio]:
        (grant, session), wanted = self._who(request), _recording(request)
        hearing = await self.door.look(WEB, lambda act: hear(act, grant, session))
        await self.listeners.check(hearing.grant.person_id)
        recording = hearing.recording(wanted)
        audio = await audio_of(self.recorder, recording.native_id, recording.stamp, self.changed)
        return hearing, recording, audio

    async def _hear(self, grant: str, session: str) -> Hearing:
        """What may be heard now, by somebody who still belongs here; raises `Refused` and `Unsure`."""
        hearing = await self.door.look(WEB, lambda act: hear(act, grant, session))
        await self.listeners.check(hearing.grant.person_id)
        return hearing

    def _terms(self, request: web.Request, recording: Recording, audio: Audio) -> tuple[Ask, Record]:
        """Which part leaves the house is on record before it does, whatever the page may say of it later."""
        (grant, session), share = self._who(request), recording.seconds / max(audio.size, 1)

        async def ask() -> None:
            if self._over:
                raise Refused("The program stops.", code="stopping")
            (await self._hear(grant, session)).recording(recording.id)

        async def record(start: int, end: int) -> None:
            await self.door.enter(listening.served(grant, session, recording.id, start * share, end * share), WEB)

        return ask, record

    def _admit(self, request: web.Request, stands: Stands, words: str) -> None:
        """Before the door only reads: raises `Refused` for a stranger, and `TooMuch` where too many things failed."""
        if stands == "open":
            return
        self.limits.take(LISTENING, caller(request, self.trusted))
        if stands == "unknown":
            raise Refused(words, clause="P7", code="no_session")

    def _who(self, request: web.Request) -> tuple[str, str]:
        return request.match_info["grant"][:40], self.cookie.of(request)


async def forget_late_codes(door: Door) -> None:
    """What was too late once stays so, whatever the wall clock says next. Raises `DatabaseDown`."""
    now = door.now()
    if await door.database.read(lambda store: lapsed(store, now)):
        await door.enter(forgetting.lapse(), CLOCK)


async def _everybody(_: int) -> bool:
    return True


def _recording(request: web.Request) -> int:
    text = request.match_info["recording"]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused("You have no access to this call.", code="not_granted")
    return int(text)
