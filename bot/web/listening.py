"""The listening page and its audio: every request asks the grant again, and no right travels in a URL (P7, P11)."""

import asyncio
import re
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import web

from bot.listeners import Listeners
from bot.ports import Absent, Audio, Recorder, Unavailable
from bot.retention.recording_sync import audio_of
from bot.web import answers
from bot.web.limits import LISTENING, Budget, Limits, Pacing
from handlers import listening, recordings
from handlers.acting import WEB
from handlers.door import Door
from handlers.rules import Refused
from storage.database.store import DatabaseDown
from storage.records import Recording

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
    """`GET /listen` and below. `changed` is called with the native id of a call that is no longer as the register knows it."""

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, limits: Limits, changed: Callable[[str], None],
        listeners: Listeners, pacing: Pacing,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.changed, self.limits, self.listeners = door, recorder, changed, limits, listeners
        self.pacing = pacing
        self.cookie = answers.SessionCookie("listening", public_url)
        self.waves = Waves(door)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        return [
            web.get("/favicon.ico", self._no_icon),
            web.get("/listen", self._show_player),
            answers.asset_route("/listen", ASSETS),
            web.post("/listen/exchange", self._exchange_code),
            web.get("/listen/{grant}", self._show_player),
            web.get("/listen/{grant}/access", self._tell_access),
            web.get("/listen/{grant}/{recording}/audio", self._stream_audio),
            web.get("/listen/{grant}/{recording}/peaks", self._tell_peaks),
            web.post("/listen/{grant}/{recording}/heard", self._note_heard),
        ]

    async def _show_player(self, _: web.Request) -> web.StreamResponse:
        """Show the listening page, the same for everyone; its script asks what may be heard."""
        return web.Response(
            text=answers.render_template("listen.html"), content_type="text/html", headers=answers.HEADERS
        )

    async def _no_icon(self, _: web.Request) -> web.StreamResponse:
        """Answer browsers, which ask for an icon of their own accord, that there is none."""
        return web.Response(status=204)

    async def _exchange_code(self, request: web.Request) -> web.StreamResponse:
        """Exchange a one-time code for a session in a cookie. Raises `Refused` and `TooMuch`."""
        code = str((await answers.read_json(request)).get("code", ""))[: answers.LONGEST]
        self._admit_or_refuse(
            request, await self.door.look(WEB, lambda ctx: listening.code_state(ctx, code)), listening.SPENT
        )
        opened = await self.door.enter(listening.exchange_code(code), WEB)
        self.listeners.opened(code)
        return self.cookie.give(answers.json_answer({"grant": opened.grant}), opened.secret, f"/listen/{opened.grant}")

    async def _tell_access(self, request: web.Request) -> web.StreamResponse:
        """Tell the page until when it may play, and which calls. Raises `Refused` and `Unsure`."""
        grant, session = self._grant_and_session(request)
        page = await self.door.look(WEB, lambda ctx: listening.describe_page(ctx, grant, session))
        await self._current_access(grant, session)
        return answers.json_answer(page)

    async def _stream_audio(self, request: web.Request) -> web.StreamResponse:
        """Stream one call, asking again and again whether it may still be heard; each stretch is logged before it's sent."""
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused("Please listen on the page, where every listen is logged.", code="not_on_the_page")
        recording, audio = await self._open_recording(request)
        grant, session = self._grant_and_session(request)
        # `scale` is seconds of sound per byte, which turns places in the audio into times.
        rate, scale = audio.size / max(recording.seconds, 1.0), recording.seconds / max(audio.size, 1)

        async def ask() -> None:
            self.pacing.refuse_when_stopping()
            (await self._current_access(grant, session)).recording(recording.id)

        async def record(start: int, end: int) -> None:
            await self.door.look(WEB, lambda ctx: listening.open_unaltered_hearing(ctx, grant, session))
            served = listening.note_served(grant, session, recording.id, start * scale, end * scale)
            await self.door.enter(served, WEB)

        sounding = Sounding(audio, lambda: self.pacing.budget(grant, recording.id, rate), ask, record)
        return await sounding.answer(request)

    async def _tell_peaks(self, request: web.Request) -> web.StreamResponse:
        """Tell the player how loud each part of a call is, for its waveform."""
        recording, audio = await self._open_recording(request)
        return answers.json_answer({"peaks": await self.waves.peaks_of(recording, audio)})

    async def _note_heard(self, request: web.Request) -> web.StreamResponse:
        """Log what the player reports as heard, even just after access ended; only then refuse."""
        (grant, session), report = self._grant_and_session(request), await answers.read_json(request)
        start, end = answers.read_number(report.get("from")), answers.read_number(report.get("to"))
        self._admit_or_refuse(
            request,
            await self.door.look(WEB, lambda ctx: listening.session_state(ctx, grant, session)),
            listening.CLOSED,
        )
        reply = await self.door.enter(
            listening.note_heard(grant, session, answers.number_in_path(request, "recording"), start, end), WEB
        )
        if reply.refusal is not None:
            raise reply.refusal
        await self.listeners.check(reply.person)
        return answers.json_answer({"access": True, "until": reply.until.isoformat()})

    async def _open_recording(self, request: web.Request) -> tuple[Recording, Audio]:
        """Return a call that may be heard now, with its audio. Raises `Refused`, `Unsure`, and as `audio_of`."""
        (grant, session), wanted = self._grant_and_session(request), answers.number_in_path(request, "recording")
        hearing = await self.door.look(WEB, lambda ctx: listening.open_unaltered_hearing(ctx, grant, session))
        await self.listeners.check(hearing.grant.person_id)
        recording = hearing.recording(wanted)
        audio = await audio_of(self.recorder, recording.native_id, recording.stamp, self.changed)
        return recording, audio

    async def _current_access(self, grant: str, session: str) -> listening.Hearing:
        """Return what may be heard now, if the person still belongs here; raises `Refused` and `Unsure`."""
        hearing = await self.door.look(WEB, lambda ctx: listening.open_hearing(ctx, grant, session))
        await self.listeners.check(hearing.grant.person_id)
        return hearing

    def _admit_or_refuse(self, request: web.Request, state: listening.PassState, words: str) -> None:
        """Count an attempt without an open code or session, and raise `Refused` for a stranger; only reads.

        One that has ended passes, and its handler decides. Raises `TooMuch` after too many failures.
        """
        if state == "open":
            return
        self.limits.count(LISTENING, request)
        if state == "unknown":
            raise Refused(words, clause="P7", code="no_session")

    def _grant_and_session(self, request: web.Request) -> tuple[str, str]:
        return request.match_info["grant"][:40], self.cookie.of(request)


INLINE: Mapping[str, str] = {**answers.HEADERS, "Content-Disposition": "inline"}


RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
WATCH = 1.0  # seconds between two checks while the listener takes nothing
STRETCH = 30.0  # seconds of sound that are logged at once, just before the first of them is sent


@dataclass(slots=True)
class Sounding:
    """Audio on its way to one connection, at the pace of its `budget`, which is asked for just before the first byte.

    `ask` checks that it may still be heard, and `record` logs that these bytes are leaving: both raise `Refused`, or
    `DatabaseDown` and `Unavailable` if that can't be known. An answer to a Range request ends with the part it begins in;
    `part` is the bytes of a part, 0 for none. `span` is the range of bytes to send, `sent` the position reached.
    """

    audio: Audio
    budget: Callable[[], Budget]
    ask: Callable[[], Awaitable[object]]
    record: Callable[[int, int], Awaitable[object]]
    headers: Mapping[str, str] = field(default_factory=lambda: INLINE)
    part: int = 0
    span: tuple[int, int] = (0, 0)
    sent: int = 0
    _budget: Budget = field(init=False)
    _transport: asyncio.Transport = field(init=False)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send everything that was asked for, or answer why not; raises what `record` raises."""
        range_header = request.headers.get("Range", "") if self._is_same(request) else ""
        found = requested_range(range_header, self.audio.size)
        if found is None:
            size_header = {"Content-Range": f"bytes */{self.audio.size}"}
            return web.Response(status=416, headers={**self.headers, **size_header})
        start, end = found
        partial = RANGE.fullmatch(range_header.strip()) is not None
        self.span = (start, min(end, (start // self.part + 1) * self.part)) if partial and self.part else found
        response = web.StreamResponse(status=206 if partial else 200, headers=self._response_headers(partial=partial))
        if request.method == "HEAD" or request.transport is None:
            return response
        self._budget, self._transport, self.sent = self.budget(), request.transport, start
        self._budget.streams += 1
        try:
            if not await self._begin():
                return web.Response(status=408)  # no one reads it
            with suppress(ConnectionError):  # a listener who left in between is told nothing
                await response.prepare(request)
                await self._send(response)
        finally:
            self._budget.streams -= 1
        return response

    def _is_same(self, request: web.Request) -> bool:
        """Return False if the browser says that it resumes other audio than this (RFC 9110, 13.1.5)."""
        tag = self.headers.get("ETag")
        return tag is None or request.headers.get("If-Range", tag) == tag

    def _response_headers(self, *, partial: bool) -> dict[str, str]:
        start, end = self.span
        found = {
            **self.headers, "Accept-Ranges": "bytes", "Content-Type": self.audio.media_type,
            "Content-Length": str(end - start),
        }  # fmt: skip
        return found | ({"Content-Range": f"bytes {start}-{end - 1}/{self.audio.size}"} if partial else {})

    async def _begin(self) -> bool:
        """Log the first stretch while a refusal can still be answered. Raises as `record`.

        Returns False, with nothing logged, if the listener left before there was anything to send.
        """
        place, _ = first = next(self._stretches())
        if not await self._may_leave(place, min(place + self._budget.block, self.span[1])):
            return False
        await self.record(*first)
        return True

    async def _send(self, response: web.StreamResponse) -> None:
        """Send the bytes. A watch beside it cuts the connection when access ends, even while the listener takes nothing.

        Raises `ConnectionError` if the listener has left.
        """
        watch = asyncio.create_task(self._watch())
        try:
            await self._send_blocks(response)
        except (Refused, DatabaseDown, Absent, Unavailable):
            _abort_connection(self._transport)
        finally:
            watch.cancel()

    async def _send_blocks(self, response: web.StreamResponse) -> None:
        """Send block by block: each waits for its turn, asks whether it may be heard, and has its stretch logged first."""
        start, block = self.span[0], self._budget.block
        for first, last in self._stretches():
            for place in range(first, last, block):
                end = min(place + block, last)
                if place > start and not await self._may_leave(place, end):
                    return
                if place == first > start:
                    await self.record(first, last)
                await self.ask()
                await response.write(await self.audio.read(place, end))
                self.sent = end
        await response.write_eof()

    async def _may_leave(self, place: int, end: int) -> bool:
        """Wait until these bytes may be sent; False once the listener has left."""
        start, gone = self.span[0], self._transport.is_closing
        soon = end - start <= self._budget.reserve
        return await self._budget.take(end - place, first=soon, gone=gone, begins=place == start)

    def _stretches(self) -> Iterator[tuple[int, int]]:
        """Yield the span in parts of `STRETCH` seconds, each logged at once, so that the log claims little more than was sent."""
        (start, end), step = self.span, max(1, int(STRETCH * self._budget.rate))
        yield from ((place, min(place + step, end)) for place in range(start, max(end, start + 1), step))

    async def _watch(self) -> None:
        """Ask every second whether it may still be heard, and cut the connection once it may not."""
        try:
            while True:
                await self._budget.pace.sleep(WATCH)
                await self.ask()
        except (Refused, DatabaseDown, Unavailable):
            _abort_connection(self._transport)
        except Exception:
            _abort_connection(self._transport)  # where nothing can be asked, nothing flows on
            raise


def requested_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the half-open byte range that a Range header asks for (all if there is none); None if it can't be met."""
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return (0, size)
    first, last = found.groups()
    if len(first) > 15 or len(last) > 15:
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None


def _abort_connection(transport: asyncio.Transport) -> None:
    """Close a connection at once, discarding what hasn't been sent yet."""
    socket = transport.get_extra_info("socket")
    if socket is not None:
        with suppress(OSError):  # it may be closed already
            socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


LARGEST_DECODED = 64 * 1024 * 1024  # bytes of audio that are decoded


class Waves:
    """Computes waveforms one at a time and each only once; a request that had to wait checks whether its own is there."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._drawing = asyncio.Semaphore(1)

    async def peaks_of(self, recording: Recording, audio: Audio) -> list[float]:
        """Return how loud each part of a call is, from 0 to 1; empty if the audio can't be decoded.

        Raises as `Audio.read`, and `DatabaseDown`.
        """
        if recording.peaks is not None:
            stored: list[float] = recording.peaks["peaks"]
            return stored
        async with self._drawing:
            key = recording.id, recording.stamp
            newest = await self.door.database.read(lambda store: store.recordings.waveform(*key))
            return await self._draw_wave(*key, audio) if newest is None else newest

    async def _draw_wave(self, recording: int, stamp: str, audio: Audio) -> list[float]:
        """Compute the waveform in a thread, and store it for the recording with this stamp."""
        data = await audio.read(0, audio.size) if audio.size <= LARGEST_DECODED else b""
        from bot.web.waves import audio_peaks

        drawn = await asyncio.to_thread(audio_peaks, data)
        await self.door.enter(recordings.store_waveform(recording, stamp, drawn), WEB)
        return drawn
