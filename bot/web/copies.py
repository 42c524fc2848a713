"""The pages on which customers hear and fetch their own calls; each part of the audio is on record before it leaves (P8, P11)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.measures import COPIES
from bot.ports import Absent, Audio, Changed, Recorder
from bot.retention.recording_sync import audio_of
from bot.web.answers import HEAD, fault_pages, json_answer, render_template
from bot.web.copy_entrance import Entrance
from bot.web.limits import REAL, Limits, Networks, Pace, Pacing, Unbounded
from bot.web.listening import Sounding, Waves
from handlers.acting import WEB
from handlers.customers import serving as customers_serving
from handlers.customers.serving import CopyView, Serving, copy_view, serve_session
from handlers.door import Door
from handlers.handling import Intent
from handlers.rules.refusal import Refused
from handlers.words import line_words
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
        recording = serving.recording(wanted_call(request))
        return serving, recording, await self.audio(recording)

    async def audio(self, recording: Recording) -> Audio:
        """A call's audio, which is the one in the register; raises as `opened`."""
        return await audio_of(self.recorder, recording.native_id, recording.stamp, self.changed)

    def asks(self, request: web.Request, recordings: Iterable[int]) -> Ask:
        """What a stream of these calls asks all the time: raises `Refused` once the link, the session or any of them is over."""
        names, wanted = self.entrance.who(request), tuple(recordings)

        async def ask() -> None:
            if self._over:
                raise Refused("The bot is restarting. Please try again in a minute.", code="stopping")
            serving = await self.entrance.door.look(WEB, lambda ctx: serve_session(ctx, *names))
            for one in wanted:
                serving.recording(one)

        return ask

    async def enter(self, wanted: Intent[None]) -> None:
        """Enter the door; raises as it does."""
        await self.entrance.door.enter(wanted, WEB)

    async def tell(self, wanted: Intent[None]) -> None:
        """Enter the door once the response is sent, when a refusal reaches nobody."""
        with suppress(Refused, DatabaseDown):
            await self.enter(wanted)


def wanted_call(request: web.Request) -> int:
    """Which call is wanted; 0, which no call has, for what can't be one."""
    told = request.match_info["recording"]
    return int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0


CROWDED = "Your calls are being played in two other places. Close one of them, then press Play."
ON_THE_PAGE = "Please listen on the page of your calls, where each listen is logged."


class Playing:
    """The page of a customer's calls, what its script asks all the time, and the audio with its waveform."""

    def __init__(self, outlet: Outlet, pace: Pace) -> None:
        self.outlet, self.pacing = outlet, Pacing(pace, CROWDED)
        self.waves = Waves(outlet.entrance.door)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        return [
            web.get("/copy/{link}", self._show_calls),
            web.get("/copy/{link}/access", self._tell_access),
            web.get("/copy/{link}/{recording}/audio", self._play_call),
            web.get("/copy/{link}/{recording}/peaks", self._tell_peaks),
            web.post("/copy/{link}/{recording}/heard", self._note_heard_to_end),
        ]

    async def _show_calls(self, request: web.Request) -> web.Response:
        entrance = self.outlet.entrance
        return entrance.page("copy_calls.html", view=copy_view(await entrance.serving(request), entrance.door.policy))

    async def _tell_access(self, request: web.Request) -> web.Response:
        """Until when, and which calls."""
        entrance = self.outlet.entrance
        serving = await entrance.serving(request)
        view = copy_view(serving, entrance.door.policy)
        return json_answer({
            "now": serving.now.isoformat(), "until": serving.link.ends_at.isoformat(), "left": view.left,
            "there": [str(one.id) for one in view.there],
        })  # fmt: skip

    async def _play_call(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused(ON_THE_PAGE, code="not_on_the_page")
        serving, recording, audio = await self.outlet.opened(request)
        names, share = self.outlet.entrance.who(request), recording.seconds / max(audio.size, 1)
        rate = audio.size / max(recording.seconds, 1.0)

        async def record(start: int, end: int) -> None:
            await self.outlet.enter(customers_serving.note_played(*names, recording.id, start * share, end * share))

        sounding = Sounding(
            audio, self.pacing, names[1], lambda: self.pacing.budget(serving.link.id, recording.id, rate),
            self.outlet.asks(request, [recording.id]), record, {**HEAD, "Content-Disposition": "inline"},
        )  # fmt: skip
        return await sounding.answer(request)

    async def _tell_peaks(self, request: web.Request) -> web.Response:
        _, recording, audio = await self.outlet.opened(request)
        return json_answer({"peaks": await self.waves.of(recording, audio)})

    async def _note_heard_to_end(self, request: web.Request) -> web.Response:
        """The page says that it came to the end; the parts that left the house say whether that was all of it."""
        serving = await self.outlet.entrance.serving(request)
        recording = serving.recording(wanted_call(request))
        if not serving.may_keep:
            await self.outlet.enter(customers_serving.heard_to_end(*self.outlet.entrance.who(request), recording.id))
        return json_answer({})


Record = Callable[[int, int], Awaitable[None]]
TWO_AT_ONCE = "Two downloads are under way already. Wait until one of them has ended, then try again."
ONE_IS_AWAY = (
    "One of the recordings isn’t available right now. Please download the others one by one, or try again in a minute."
)


class Downloads:
    """What leaves for good; anyone who may only listen finds none of these addresses."""

    def __init__(self, outlet: Outlet, pace: Pace) -> None:
        self.outlet, self.pacing = outlet, Pacing(pace, TWO_AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        return [
            web.get("/copy/{link}/download", self._download_all),
            web.get("/copy/{link}/{recording}/download", self._download_one),
        ]

    async def _download_one(self, request: web.Request) -> web.StreamResponse:
        serving, recording, audio = await self.outlet.opened(request)
        name = next(one.file for one in self._downloadable(serving).there if one.id == recording.id)
        names, share = self.outlet.entrance.who(request), recording.seconds / max(audio.size, 1)

        async def record(start: int, end: int) -> None:
            until = end * share if (start, end) != (0, audio.size) else None
            await self._record_download(
                customers_serving.note_downloaded(*names, (recording.id,), start * share, until)
            )

        tag = f'"{sha256(recording.stamp.encode()).hexdigest()}"'
        sounding = self._stream_of(request, audio, [recording], record, {**_attachment_headers(name), "ETag": tag})
        response = await sounding.answer(request)
        if sounding.span[0] < sounding.sent == sounding.span[1]:
            await self.outlet.tell(customers_serving.heard_to_end(*names, recording.id))
        return response

    async def _download_all(self, request: web.Request) -> web.StreamResponse:
        serving = await self.outlet.entrance.serving(request)
        there = self._downloadable(serving).there
        if len(there) < 2:
            raise web.HTTPNotFound
        packed, names = await self._pack_calls(serving), self.outlet.entrance.who(request)

        async def record(_: int, __: int) -> None:
            await self._record_download(customers_serving.note_downloaded(*names, tuple(one.id for one in there)))

        sounding = self._stream_of(
            request, packed, serving.there, record, _attachment_headers("calls.zip"), ranged=False
        )
        try:
            response = await sounding.answer(request)
        finally:
            await packed.close()
        for one in there if sounding.sent == packed.size else ():
            await self.outlet.tell(customers_serving.heard_to_end(*names, one.id))
        return response

    def _stream_of(
        self, request: web.Request, audio: Audio, calls: Iterable[Recording], record: Record, head: Mapping[str, str],
        *, ranged: bool = True,
    ) -> Sounding:  # fmt: skip
        session = self.outlet.entrance.who(request)[1]

        def budget() -> Unbounded:
            return Unbounded(audio.size, self.pacing.pace)

        asks = self.outlet.asks(request, [one.id for one in calls])
        return Sounding(audio, self.pacing, session, budget, asks, record, head, ranged=ranged)

    async def _pack_calls(self, serving: Serving) -> Zip:
        policy, view = self.outlet.entrance.door.policy, self._downloadable(serving)
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
            said = render_template("copy_calls.txt", view=view, digests=digests, company=policy.company.name)
            return said.replace("\N{NO-BREAK SPACE}", " ").replace("\n", "\r\n").encode()

        return Zip(files, ("calls.txt", note), serving.now.astimezone(zones[serving.there[0].id]))

    async def _record_download(self, wanted: Intent[None]) -> None:
        await self.outlet.enter(wanted)
        COPIES.labels("downloaded").inc()

    def _downloadable(self, serving: Serving) -> CopyView:
        if not serving.may_keep:
            raise web.HTTPNotFound
        return copy_view(serving, self.outlet.entrance.door.policy)


def _attachment_headers(name: str) -> dict[str, str]:
    return {**HEAD, "Content-Disposition": f'attachment; filename="{name}"'}


FOR_SCRIPTS = ("/access", "/peaks", "/heard")


class CopyPages:
    """`/copy` and below.

    `changed` is told the name of a call that is no longer as the register knows it; `trusted` are the networks of our own proxies.
    """

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, trusted: Networks = (), limits: Limits | None = None,
        pace: Pace = REAL, changed: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self.entrance = entrance = Entrance(door, public_url, trusted, limits or Limits(pace.monotonic), pace)
        self.outlet = Outlet(entrance, recorder, changed)
        self.parts = (entrance, Playing(self.outlet, pace), Downloads(self.outlet, pace))

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses."""
        return [route for part in self.parts for route in part.routes()]

    def faults(self) -> Middleware:
        """What goes wrong on a page is a page; what a script asked for is answered as everywhere."""
        return fault_pages(_is_page, self.entrance.sorry)

    def end(self) -> None:
        """The program stops: end each stream with its next look, which is within a second."""
        self.outlet.end()


def _is_page(path: str) -> bool:
    return path == "/copy" or (path.startswith("/copy/") and not path.endswith(FOR_SCRIPTS))


PIECE = 64 * 1024  # bytes that are read at once
DIGEST = 64  # letters of a SHA-256
# PKWARE's APPNOTE, 4.3: a local header, what follows data of which it was not known, an entry of the list of contents, the end
_HEADER, _AFTER, _AFTER_LARGE, _LISTED, _END, _END_LARGE = 30, 16, 24, 46, 22, 76
_LARGE_HEADER, _EACH = 20, 8


@dataclass(frozen=True, slots=True)
class Packed:
    """A file in a ZIP: its name there (ASCII), its audio, and when the call began, as the clock on the wall told it."""

    name: str
    audio: Audio
    at: datetime


class Zip:
    """A ZIP as an `Audio` that is read once, from its start to its end; after the files comes what `note` says of them.

    `note` is given the SHA-256 of each file, by name, and always takes the same room. Reading raises as the files' audio does.
    """

    media_type = "application/zip"

    def __init__(
        self, files: Sequence[Packed], note: tuple[str, Callable[[Mapping[str, str]], bytes]], now: datetime
    ) -> None:
        self.files, self.note, self.now = files, note, now
        sizes = [(one.name, one.audio.size) for one in files]
        self.size = zip_length([*sizes, (note[0], len(note[1]({one.name: "0" * DIGEST for one in files})))])
        self.stamp = ""
        self._pieces, self._rest, self._at = self._make_zip(), bytearray(), 0

    async def read(self, start: int, end: int) -> bytes:
        """The next bytes, from where the last ones ended; ValueError for any others."""
        if start != self._at:
            raise ValueError(f"{start} is not where the last part ended")
        while len(self._rest) < end - start:
            piece = await anext(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        found = bytes(self._rest[: end - start])
        del self._rest[: end - start]
        self._at += len(found)
        return found

    async def close(self) -> None:
        """Nothing more is read."""
        await self._pieces.aclose()
        self._rest.clear()

    async def _make_zip(self) -> AsyncGenerator[bytes, None]:
        sink, digests = _Sink(), dict[str, str]()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as made:
            for one in self.files:
                digest = sha256()
                with made.open(_zip_entry(one.name, one.at), "w", force_zip64=_is_large(one.audio.size)) as entry:
                    for start in range(0, one.audio.size, PIECE):
                        data = await one.audio.read(start, min(start + PIECE, one.audio.size))
                        digest.update(data)
                        entry.write(data)
                        yield sink.taken()
                digests[one.name] = digest.hexdigest()
            note = self.note[1](digests)
            with made.open(_zip_entry(self.note[0], self.now), "w", force_zip64=_is_large(len(note))) as entry:
                entry.write(note)
        if sink.passed != self.size:
            raise Changed(self.note[0])
        yield sink.taken()


def zip_length(files: Sequence[tuple[str, int]]) -> int:
    """How many bytes a ZIP takes of files of these names and sizes that are stored as they come (APPNOTE, 4.3 and 4.5.3)."""
    at = listed = 0
    for name, size in files:
        large = _is_large(size)
        wide = 2 * large + _is_large(at)
        listed += _LISTED + len(name) + (4 + _EACH * wide if wide else 0)
        at += _HEADER + len(name) + size + (_LARGE_HEADER + _AFTER_LARGE if large else _AFTER)
    return at + listed + _END + (_END_LARGE if _is_large(at) or _is_large(listed) else 0)


def _is_large(size: int) -> bool:
    return size > zipfile.ZIP64_LIMIT


def _zip_entry(name: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info


class _Sink(io.RawIOBase):
    """Takes what is written, until it is taken away."""

    def __init__(self) -> None:
        super().__init__()
        self._kept, self.passed = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        some = bytes(data)  # type: ignore[call-overload]  # anything that holds bytes
        self._kept += some
        self.passed += len(some)
        return len(some)

    def taken(self) -> bytes:
        found = bytes(self._kept)
        self._kept.clear()
        return found
