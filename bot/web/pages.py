"""The listening page and its audio: every request asks the grant again, and no right travels in a URL (P7, P11)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template
from typing import TypeVar

from aiohttp import web

from bot.ports import Absent, Audio, Changed, Recorder, Unavailable
from bot.web.peaks import peaks
from bot.web.streams import REAL, Pace, Stream
from handlers.door import WEB, Act, Door
from handlers.listening import Exchange, Heard, Hearing, Served, described, hear
from handlers.rules.refusal import Refused
from storage.records import Recording
from storage.store import DatabaseDown

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HERE = Path(__file__).parent
LARGEST_DECODED = 64 * 1024 * 1024  # bytes of audio that are decoded for a waveform
RANGE = re.compile(r"bytes=(\d*)-(\d*)")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}
ENDS = ("ended", "withdrawn", "call_changed")
ASSETS = {"listen.js": "text/javascript", "pieces.js": "text/javascript", "listen.css": "text/css"}


class ListeningPages:
    """`GET /listen` and below. `changed` is told that a call is no longer as the register knows it."""

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, pace: Pace = REAL,
        changed: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.pace, self.changed = door, recorder, pace, changed
        self.secure = public_url.startswith("https://")
        # A browser takes a cookie of this name over https only, from whoever it comes.
        self.cookie = "__Secure-listening" if self.secure else "listening"
        self._drawing = asyncio.Semaphore(1)

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [
            web.get("/favicon.ico", self._nothing),
            web.get("/listen", self._page),
            web.get("/listen/assets/{name}", self._asset),
            web.post("/listen/exchange", self._exchange),
            web.get("/listen/{grant}", self._page),
            web.get("/listen/{grant}/access", self._access),
            web.get("/listen/{grant}/{recording}/audio", self._audio),
            web.get("/listen/{grant}/{recording}/peaks", self._peaks),
            web.post("/listen/{grant}/{recording}/heard", self._heard),
        ]

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.Response(
            body=(HERE / "listen.html").read_bytes(), content_type="text/html", charset="utf-8", headers=HEADERS
        )

    async def _nothing(self, _: web.Request) -> web.StreamResponse:
        return web.Response(status=204)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        kind = ASSETS.get(request.match_info["name"])
        if kind is None:
            return _sorry(404, "There is no such page.")
        body = (HERE / request.match_info["name"]).read_bytes()
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=HEADERS)

    async def _exchange(self, request: web.Request) -> web.StreamResponse:
        code = str((await _json(request)).get("code", ""))[:200]
        opened = await self.door.enter(Exchange(code), WEB)
        response = _answer({"grant": opened.grant})
        response.set_cookie(
            self.cookie,
            opened.secret,
            path=f"/listen/{opened.grant}",
            httponly=True,
            samesite="Strict",
            secure=self.secure,
        )
        return response

    async def _access(self, request: web.Request) -> web.StreamResponse:
        grant, session = self._who(request)
        return _answer(await self._read(lambda act: described(act, grant, session)))

    async def _audio(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Dest") == "document":
            raise Refused("Please listen on the page, where every listening is recorded.", code="not_on_the_page")
        _, recording, audio = await self._opened(request)
        span = _span(request.headers.get("Range", ""), audio.size)
        if span is None:
            return web.Response(status=416, headers={**HEADERS, "Content-Range": f"bytes */{audio.size}"})
        start, end = span
        stream = self._stream(request, recording, audio, span)
        if request.method != "HEAD":
            await stream.begin()
        partial = RANGE.fullmatch(request.headers.get("Range", "").strip()) is not None
        headers = {
            **HEADERS,
            "Accept-Ranges": "bytes",
            "Content-Disposition": "inline",
            "Content-Type": audio.media_type,
        }
        headers["Content-Length"] = str(end - start)
        if partial:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{audio.size}"
        response = web.StreamResponse(status=206 if partial else 200, headers=headers)
        await response.prepare(request)
        if request.method != "HEAD":
            await stream.send(request, response)
        return response

    async def _peaks(self, request: web.Request) -> web.StreamResponse:
        _, recording, audio = await self._opened(request)
        if recording.peaks is not None:
            return _answer({"peaks": recording.peaks["peaks"]})
        async with self._drawing:
            data = await audio.read(0, audio.size) if audio.size <= LARGEST_DECODED else b""
            drawn = await asyncio.to_thread(peaks, data)
        await self.door.database.write(lambda store: store.recordings.draw(recording.id, recording.stamp, drawn))
        return _answer({"peaks": drawn})

    async def _heard(self, request: web.Request) -> web.StreamResponse:
        (grant, session), told = self._who(request), await _json(request)
        start, end = _number(told.get("from")), _number(told.get("to"))
        heeded = await self.door.enter(Heard(grant, session, _recording(request), start, end), WEB)
        if heeded.refusal is not None:
            raise heeded.refusal
        return _answer({"access": True, "until": heeded.until.isoformat()})

    async def _opened(self, request: web.Request) -> tuple[Hearing, Recording, Audio]:
        grant, session = self._who(request)
        hearing = await self._read(lambda act: hear(act, grant, session))
        recording = hearing.recording(_recording(request))
        audio = await self.recorder.audio(recording.native_id)
        if audio.stamp != recording.stamp:
            self.changed()
            raise Changed(recording.native_id)
        return hearing, recording, audio

    def _stream(self, request: web.Request, recording: Recording, audio: Audio, span: tuple[int, int]) -> Stream:
        """Which part leaves the house is on record before it does, whatever the page may say of it later."""
        (grant, session), share = self._who(request), recording.seconds / max(audio.size, 1)

        async def ask() -> None:
            await self._read(lambda act: hear(act, grant, session))

        async def record(start: int, end: int) -> None:
            await self.door.enter(Served(grant, session, recording.id, start * share, end * share), WEB)

        return Stream(audio, span, audio.size / max(recording.seconds, 1.0), ask, record, self.pace)

    def _who(self, request: web.Request) -> tuple[str, str]:
        return request.match_info["grant"][:40], request.cookies.get(self.cookie, "")[:200]

    async def _read(self, ask: Callable[[Act], T]) -> T:
        now, policy = self.door.now(), self.door.policy
        return await self.door.database.read(lambda store: ask(Act(store, policy, now, WEB)))


@web.middleware
async def kindly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the house raises into an answer that a person can read; nothing of the inside goes out."""
    try:
        return await handler(request)
    except Refused as refusal:
        status = 400 if refusal.code == "unreadable" else 403
        return _answer({"sentence": str(refusal), "ended": refusal.code in ENDS}, status)
    except Changed:
        return _later("This call has changed and is being looked at again. Please try again in a minute.")
    except Absent:
        return _answer({"sentence": "The audio of this call is no longer there."}, 404)
    except (DatabaseDown, Unavailable):
        return _later("This can't be looked up right now. Please try again in a minute.")
    except web.HTTPException as answer:
        return answer if answer.status < 400 else _sorry(answer.status, _WORDS.get(answer.status, "That did not work."))


_WORDS = {404: "There is no such page.", 405: "This page can't be used like that.", 413: "That is too much at once."}


def _recording(request: web.Request) -> int:
    text = request.match_info["recording"]
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused("You have no access to this call.", code="not_granted")
    return int(text)


async def _json(request: web.Request) -> dict[str, object]:
    try:
        told = json.loads(await request.read())
    except (ValueError, RecursionError, web.RequestPayloadError):
        told = None
    if not isinstance(told, dict):
        raise Refused("That can't be read. Please reload the page.", code="unreadable")
    return told


def _number(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not abs(told) <= 1e6:
        raise Refused("That can't be read. Please reload the page.", code="unreadable")
    return float(told)


def _span(header: str, size: int) -> tuple[int, int] | None:
    """The half-open byte range of a Range header (RFC 9110, 14); the whole where there is none; None if it can't be met."""
    found = RANGE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return (0, size)
    first, last = found.groups()
    if len(first) > 15 or len(last) > 15:
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None


def _answer(told: dict[str, object], status: int = 200) -> web.Response:
    return web.json_response(told, status=status, headers=HEADERS)


def _later(sentence: str) -> web.Response:
    response = _answer({"sentence": sentence}, 503)
    response.headers["Retry-After"] = "5"
    return response


def _sorry(status: int, words: str) -> web.Response:
    text = Template((HERE / "sorry.html").read_text(encoding="utf-8"))
    page = text.substitute(
        title=words, sentence="Nothing was changed.", next="Go back to your chat and try again.", small=f"{status}"
    )
    return web.Response(text=page, status=status, content_type="text/html", headers=HEADERS)
