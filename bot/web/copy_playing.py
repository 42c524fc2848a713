"""A customer hears a call on the page, at the pace of listening; each part is on record before it leaves the house (P8, P11)."""

from __future__ import annotations

from aiohttp import web

from bot.web.answers import answer
from bot.web.copy_audio import Outlet, number
from bot.web.drawn import HEAD
from bot.web.pacing import Pace, Pacing
from bot.web.sounding import Sounding
from bot.web.waves import Waves
from handlers.customers.intents import HeardToEnd, Played
from handlers.rules.refusal import Refused

CROWDED = "Your calls are being played in two other places. Close one of them, then press Play."
ON_THE_PAGE = "Please listen on the page of your calls, where each hearing is recorded."


class Playing:
    """Audio, its waveform, and that its end was heard."""

    def __init__(self, outlet: Outlet, pace: Pace) -> None:
        self.outlet, self.pacing = outlet, Pacing(pace, CROWDED)
        self.waves = Waves(outlet.entrance.door)

    def routes(self) -> list[web.RouteDef]:
        """Where they stand."""
        return [
            web.get("/copy/{link}/{recording}/audio", self._play),
            web.get("/copy/{link}/{recording}/peaks", self._peaks),
            web.post("/copy/{link}/{recording}/heard", self._heard),
        ]

    async def _play(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused(ON_THE_PAGE, code="not_on_the_page")
        serving, recording, audio = await self.outlet.opened(request)
        names, share = self.outlet.entrance.who(request), recording.seconds / max(audio.size, 1)
        rate = audio.size / max(recording.seconds, 1.0)

        async def record(start: int, end: int) -> None:
            await self.outlet.enter(Played(*names, recording.id, start * share, end * share))

        sounding = Sounding(
            audio, self.pacing, names[1], lambda: self.pacing.budget(serving.link.id, recording.id, rate),
            self.outlet.asks(request, [recording.id]), record, {**HEAD, "Content-Disposition": "inline"},
        )  # fmt: skip
        return await sounding.answer(request)

    async def _peaks(self, request: web.Request) -> web.Response:
        _, recording, audio = await self.outlet.opened(request)
        return answer({"peaks": await self.waves.of(recording, audio)})

    async def _heard(self, request: web.Request) -> web.Response:
        """The page says that it came to the end; the parts that left the house say whether that was all of it."""
        serving = await self.outlet.entrance.serving(request)
        recording = serving.recording(number(request))
        if not serving.may_keep:
            await self.outlet.enter(HeardToEnd(*self.outlet.entrance.who(request), recording.id))
        return answer({})
