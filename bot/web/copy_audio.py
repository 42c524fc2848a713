"""The audio of a customer's calls, opened for one session, and asked about anew for as long as it leaves the house (P8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from aiohttp import web

from bot.ports import Audio, Changed, Recorder
from bot.web.copy_entrance import Entrance
from handlers.acting import WEB, Intent
from handlers.customers.intents import Stay
from handlers.customers.serving import Serving, serve
from handlers.rules.refusal import Refused
from storage.database.store import DatabaseDown
from storage.records import Recording

Ask = Callable[[], Awaitable[None]]


class Outlet:
    """What all that plays and all that fetches has in common. `changed` is told the name of a call that is not as the register knows it."""

    def __init__(self, entrance: Entrance, recorder: Recorder, changed: Callable[[str], None]) -> None:
        self.entrance, self.recorder, self.changed = entrance, recorder, changed
        self._over = False

    def end(self) -> None:
        """The program stops: each stream ends with its next look, which is within a second."""
        self._over = True

    async def opened(self, request: web.Request) -> tuple[Serving, Recording, Audio]:
        """One call as it was released; raises `Refused`, and `Absent`, `Changed` and `Unavailable` where it can't be had."""
        serving = await self.entrance.serving(request)
        recording = serving.recording(number(request))
        return serving, recording, await self.audio(recording)

    async def audio(self, recording: Recording) -> Audio:
        """A call's audio, which is the one in the register; raises as `opened`."""
        audio = await self.recorder.audio(recording.native_id)
        if audio.stamp != recording.stamp:
            self.changed(recording.native_id)
            raise Changed(recording.native_id)
        return audio

    def asks(self, request: web.Request, recordings: Iterable[int]) -> Ask:
        """What a stream of these calls asks all the time: raises `Refused` once the link, the session or any of them is over."""
        names, wanted = self.entrance.who(request), tuple(recordings)

        async def ask() -> None:
            if self._over:
                raise Refused("The program stops.", code="stopping")
            serving = await self.entrance.door.look(WEB, lambda act: serve(act, *names))
            for one in wanted:
                serving.recording(one)
            if serving.fades:
                await self.enter(Stay(*names))

        return ask

    async def enter(self, wanted: Intent[None]) -> None:
        """Through the door; raises as it does."""
        await self.entrance.door.enter(wanted, WEB)

    async def tell(self, wanted: Intent[None]) -> None:
        """The same where the answer has been given already, so that nobody could be told of a refusal."""
        with suppress(Refused, DatabaseDown):
            await self.enter(wanted)


def number(request: web.Request) -> int:
    """Which call is wanted; 0, which no call has, for what can't be one."""
    told = request.match_info["recording"]
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0
