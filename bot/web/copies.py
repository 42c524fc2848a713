"""The pages on which customers hear and download their own calls; each part of the audio is logged before it's sent (P8, P11)."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import sha256

from aiohttp import web

from bot.measures import COPIES
from bot.ports import Audio, Recorder
from bot.retention.recording_sync import audio_of
from bot.web.answers import HEAD, Fault, answer_script, json_answer, number_in_path
from bot.web.copy_entrance import Entrance
from bot.web.limits import Limits, Pacing, Unbounded
from bot.web.listening import Sounding, Waves
from handlers.acting import WEB
from handlers.customers import serving as customers_serving
from handlers.door import Door
from handlers.rules import Refused
from storage.database.store import DatabaseDown
from storage.records import Recording

ON_THE_PAGE = "Please listen on the page with your calls, where each listen is logged."
FOR_SCRIPTS = ("/access", "/peaks", "/heard")


class CopyPages:
    """`/copy` and below. `changed` is called with the native id of a call that is no longer as the register knows it."""

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, limits: Limits, changed: Callable[[str], None],
        pacing: Pacing,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.changed = door, recorder, changed
        self.entrance, self.waves = Entrance(door, public_url, limits, pacing.pace), Waves(door)
        self.pacing = pacing

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses; there is no download for anyone who may only listen."""
        return [
            *self.entrance.routes(),
            web.get("/copy/{link}", self._show_calls),
            web.get("/copy/{link}/access", self._tell_access),
            web.get("/copy/{link}/{recording}/audio", self._play_call),
            web.get("/copy/{link}/{recording}/download", self._download_call),
            web.get("/copy/{link}/{recording}/peaks", self._tell_peaks),
            web.post("/copy/{link}/{recording}/heard", self._note_heard_to_end),
        ]

    def sorry(self, request: web.Request, fault: Fault) -> web.Response:
        """Return the error: as a page for a page, as JSON for a script."""
        return (answer_script if request.path.endswith(FOR_SCRIPTS) else self.entrance.sorry)(request, fault)

    async def _show_calls(self, request: web.Request) -> web.Response:
        """Show the customer the calls of their link."""
        serving = await self.entrance.serving(request)
        return self.entrance.page("copy_calls.html", view=customers_serving.copy_view(serving, self.door.policy))

    async def _tell_access(self, request: web.Request) -> web.Response:
        """Tell the page until when it may play, and which calls."""
        serving = await self.entrance.serving(request)
        view = customers_serving.copy_view(serving, self.door.policy)
        return json_answer({
            "now": serving.now.isoformat(), "until": serving.link.ends_at.isoformat(), "left": view.left,
            "there": [str(one.id) for one in view.there],
        })  # fmt: skip

    async def _play_call(self, request: web.Request) -> web.StreamResponse:
        """Stream a call to the page's player. Raises `Refused` if it's opened outside the page."""
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused(ON_THE_PAGE, code="not_on_the_page")
        serving, recording, audio = await self._open_call(request)
        # `scale` is seconds of sound per byte, which turns places in the audio into times.
        visit, scale = self.entrance.visit(request), recording.seconds / max(audio.size, 1)
        rate = audio.size / max(recording.seconds, 1.0)

        async def record(start: int, end: int) -> None:
            await self.door.enter(customers_serving.note_played(*visit, recording.id, start * scale, end * scale), WEB)

        sounding = Sounding(
            audio, lambda: self.pacing.budget(serving.link.id, recording.id, rate),
            self._access_check(request, recording.id), record, {**HEAD, "Content-Disposition": "inline"},
        )  # fmt: skip
        return await sounding.answer(request)

    async def _download_call(self, request: web.Request) -> web.StreamResponse:
        """Send a call as a file, if this link allows keeping it; a complete download counts as heard to the end."""
        serving, recording, audio = await self._open_call(request)
        if not serving.may_keep:
            raise web.HTTPNotFound
        view = customers_serving.copy_view(serving, self.door.policy)
        file = next(one.file for one in view.there if one.id == recording.id)
        # `scale` is seconds of sound per byte, which turns places in the audio into times.
        visit, scale = self.entrance.visit(request), recording.seconds / max(audio.size, 1)

        async def record(start: int, end: int) -> None:
            until = end * scale if (start, end) != (0, audio.size) else None
            await self.door.enter(customers_serving.note_downloaded(*visit, (recording.id,), start * scale, until), WEB)
            COPIES.labels("downloaded").inc()

        tag = f'"{sha256(recording.stamp.encode()).hexdigest()}"'
        sounding = Sounding(
            audio, lambda: Unbounded(audio.size, self.pacing.pace), self._access_check(request, recording.id),
            record, {**HEAD, "Content-Disposition": f'attachment; filename="{file}"', "ETag": tag},
        )  # fmt: skip
        response = await sounding.answer(request)
        if sounding.span[0] < sounding.sent == sounding.span[1]:
            with suppress(Refused, DatabaseDown):  # the response is sent, so a refusal would never be read
                await self.door.enter(customers_serving.heard_to_end(*visit, recording.id), WEB)
        return response

    async def _tell_peaks(self, request: web.Request) -> web.Response:
        """Tell the player how loud each part of a call is, for its waveform."""
        _, recording, audio = await self._open_call(request)
        return json_answer({"peaks": await self.waves.peaks_of(recording, audio)})

    async def _note_heard_to_end(self, request: web.Request) -> web.Response:
        """Note that the player reached the end; whether all was heard is decided by the audio that was sent."""
        serving = await self.entrance.serving(request)
        recording = serving.recording(number_in_path(request, "recording"))
        if not serving.may_keep:
            await self.door.enter(customers_serving.heard_to_end(*self.entrance.visit(request), recording.id), WEB)
        return json_answer({})

    async def _open_call(self, request: web.Request) -> tuple[customers_serving.Serving, Recording, Audio]:
        """Return one released call with its audio; raises `Refused`, and `Absent`, `Changed`, `Unavailable` if it can't be read."""
        serving = await self.entrance.serving(request)
        recording = serving.recording(number_in_path(request, "recording"))
        return serving, recording, await audio_of(self.recorder, recording.native_id, recording.stamp, self.changed)

    def _access_check(self, request: web.Request, recording: int) -> Callable[[], Awaitable[None]]:
        """Return the check that a stream repeats; it raises `Refused` once the link, the session or the call has ended."""
        visit = self.entrance.visit(request)

        async def ask() -> None:
            self.pacing.refuse_when_stopping()
            (await self.door.look(WEB, lambda ctx: customers_serving.serve_session(ctx, *visit))).recording(recording)

        return ask
