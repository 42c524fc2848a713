"""Copies of calls, byte for byte as recorded: each by itself, in pieces where a download is resumed, or all as one ZIP (P8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.measures import COPIES
from bot.ports import Absent, Audio
from bot.web.copy_audio import Outlet
from bot.web.drawn import HEAD, text
from bot.web.pacing import Pace, Pacing, Unbounded
from bot.web.sounding import Sounding
from bot.web.zipped import Packed, Zip
from handlers.acting import WEB
from handlers.customers.intents import Downloaded, HeardToEnd
from handlers.customers.serving import CopyView, Serving, viewed
from handlers.rules.calls import mark
from handlers.rules.refusal import Refused
from handlers.words import line_words
from storage.records import Recording

Record = Callable[[int, int], Awaitable[None]]
TWO_AT_ONCE = "Two downloads are under way already. Wait until one of them has ended, then try again."
ONE_IS_AWAY = (
    "One of the recordings can’t be had at the moment. Please download the others one by one, or try again in a minute."
)


class Downloads:
    """What leaves for good; whoever may only listen finds none of these addresses."""

    def __init__(self, outlet: Outlet, pace: Pace) -> None:
        self.outlet, self.pacing = outlet, Pacing(pace, TWO_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Where they stand."""
        return [
            web.get("/copy/{link}/download", self._all),
            web.get("/copy/{link}/{recording}/download", self._one),
        ]

    async def _one(self, request: web.Request) -> web.StreamResponse:
        serving, recording, audio = await self.outlet.opened(request)
        name = next(one.file for one in self._view(serving).there if one.id == recording.id)
        names, share = self.outlet.entrance.who(request), recording.seconds / max(audio.size, 1)

        async def record(start: int, end: int) -> None:
            until = end * share if (start, end) != (0, audio.size) else None
            await self._recorded(Downloaded(*names, (recording.id,), start * share, until))

        tag = f'"{mark(recording.stamp)}"'
        sounding = self._sounding(request, audio, [recording], record, {**_named(name), "ETag": tag})
        response = await sounding.answer(request)
        if sounding.span[0] < sounding.sent == sounding.span[1]:
            await self.outlet.tell(HeardToEnd(*names, recording.id))
        return response

    async def _all(self, request: web.Request) -> web.StreamResponse:
        serving = await self.outlet.entrance.serving(request)
        there = self._view(serving).there
        if len(there) < 2:
            raise web.HTTPNotFound
        packed, names = await self._packed(serving), self.outlet.entrance.who(request)

        async def record(_: int, __: int) -> None:
            await self._recorded(Downloaded(*names, tuple(one.id for one in there)))

        sounding = self._sounding(request, packed, serving.there, record, _named("calls.zip"), ranged=False)
        try:
            response = await sounding.answer(request)
        finally:
            await packed.close()
        for one in there if sounding.sent == packed.size else ():
            await self.outlet.tell(HeardToEnd(*names, one.id))
        return response

    def _sounding(
        self, request: web.Request, audio: Audio, calls: Iterable[Recording], record: Record, head: Mapping[str, str],
        *, ranged: bool = True,
    ) -> Sounding:  # fmt: skip
        session = self.outlet.entrance.who(request)[1]

        def budget() -> Unbounded:
            return Unbounded(audio.size, self.pacing.pace)

        asks = self.outlet.asks(request, [one.id for one in calls])
        return Sounding(audio, self.pacing, session, budget, asks, record, head, ranged=ranged)

    async def _packed(self, serving: Serving) -> Zip:
        policy, view = self.outlet.entrance.door.policy, self._view(serving)
        zones = {one.id: ZoneInfo(line_words(one.line, policy)[1]) for one in serving.there}
        names = {one.id: one.file for one in view.there}
        try:
            files = [
                Packed(names[one.id], await self.outlet.audio(one), one.started.astimezone(zones[one.id]))
                for one in serving.there
            ]
        except Absent:
            raise Refused(ONE_IS_AWAY, code="one_is_away") from None

        def note(digests: Mapping[str, str]) -> bytes:
            said = text("copy_calls.txt", view=view, digests=digests, company=policy.company.name)
            return said.replace("\N{NO-BREAK SPACE}", " ").replace("\n", "\r\n").encode()

        return Zip(files, ("calls.txt", note), serving.now.astimezone(zones[serving.there[0].id]))

    async def _recorded(self, wanted: Downloaded) -> None:
        await self.outlet.entrance.door.enter(wanted, WEB)
        COPIES.labels("downloaded").inc()

    def _view(self, serving: Serving) -> CopyView:
        if not serving.may_keep:
            raise web.HTTPNotFound
        return viewed(serving, self.outlet.entrance.door.policy)


def _named(name: str) -> dict[str, str]:
    return {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}
