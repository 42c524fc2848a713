"""How pages of confidential reports are answered, also to strangers and after errors, and how kept calls are played (P7, P13)."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.listeners import Listeners
from bot.ports import Absent, Recorder
from bot.retention.recording_sync import audio_of
from bot.web.answers import HEAD, LONGEST, Fault, SessionCookie, Written, go_to, read_form, render_page
from bot.web.limits import LINKS, Limits, Pacing
from bot.web.listening import Sounding
from handlers.acting import WEB
from handlers.breach import readers, steps
from handlers.breach.state import PART, Sound
from handlers.door import Door
from handlers.rules import Refused

TYPED = web.RequestKey("typed", Written)


class Over(Refused):
    """The visitor may not see this page: not this report, no longer, or never. All three are answered alike."""

    def __init__(self) -> None:
        super().__init__("You can’t open this page.", code="over")


async def read_and_keep_form(request: web.Request) -> Written:
    """Return the submitted form and keep it with the request, so that an error page can show what was typed.

    Raises as `read_form`.
    """
    request[TYPED] = form = await read_form(request)
    return form


def sorry_page(request: web.Request, fault: Fault) -> web.Response:
    """Return a page that says what is wrong, with what was typed."""
    typed = _typed_words(request)
    if fault.code == "over":
        return render_page("over.html", 403, mine=request.path.startswith("/report/mine"), typed=typed)
    return render_page("report_sorry.html", fault.status, sentence=fault.sentence, typed=typed)


def _typed_words(request: web.Request) -> list[str]:
    """Return what the person typed, without what the page itself had put into its form."""
    form = request.get(TYPED, Written())
    return [
        words for name in ("what", "when", "which", "concerned", "words", "reference") if (words := form.words(name))
    ]


ID = re.compile(r"[A-Z]-[0-9A-Z]{1,20}", re.ASCII)


class Opened:
    """The pages below one path: the page that opens a link, the exchange of its code, and the session of a request."""

    def __init__(self, door: Door, where: str, public_url: str, limits: Limits) -> None:
        self.door, self.where, self.limits = door, where, limits
        self.cookie = SessionCookie("report", public_url)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the opening page, the exchange and the way out."""
        return [
            web.get(self.where, self._open_page),
            web.post(f"{self.where}/open", self._exchange_code),
            web.post(f"{self.where}/{{report}}/leave", self._leave_page),
        ]

    async def session(self, request: web.Request) -> tuple[str, str]:
        """Return the report that is asked for, and a session that exists. Raises `Over` and `TooMuch`."""
        if not await self._is_known(secret := self.cookie.of(request)):
            self.limits.turn_away(LINKS, request, Over())
        return _report_id(request), secret

    def back(self, report: str, place: str = "") -> web.Response:
        """Redirect to the report's page, so that a reload sends nothing twice."""
        return go_to(f"{self.where}/{report}{place and f'#{place}'}")

    async def _open_page(self, _: web.Request) -> web.Response:
        """Show the form for a link from chat: only its script or a press spends the link, so a preview can't."""
        return render_page("open.html", where=self.where)

    async def _exchange_code(self, request: web.Request) -> web.Response:
        """Exchange a link's code for a session in a cookie. Raises `Over` and `TooMuch`."""
        code = (await read_and_keep_form(request)).words("code").rpartition("#")[2][:LONGEST]
        if not await self._is_known(code):
            self.limits.turn_away(LINKS, request, Over())
        try:
            report, secret = await self.door.enter(readers.exchange_code(code), WEB)
        except Refused:
            raise Over from None
        return self.cookie.give(self.back(report), secret, f"{self.where}/{report}")

    async def _leave_page(self, request: web.Request) -> web.Response:
        """End the session, if it exists, and remove it from the browser."""
        if not (report := _report_id(request)):
            raise Over
        if await self._is_known(secret := self.cookie.of(request)):
            await self.door.enter(readers.end_session(report, secret), WEB)
        page = render_page("left.html", mine=self.where.endswith("mine"))
        return self.cookie.take(page, f"{self.where}/{report}")

    async def _is_known(self, secret: str) -> bool:
        """Return True if the session exists; only reads."""
        return bool(secret) and await self.door.look(WEB, lambda ctx: readers.pass_exists(ctx, secret))


def _report_id(request: web.Request) -> str:
    """Return the report's id in the path; empty if it can't be one, which is answered like an unknown report."""
    report = request.match_info["report"]
    return report if ID.fullmatch(report) else ""


LARGEST = 1 << 30  # bytes of one call that are copied
BUSY = "Another call is being copied just now. Please try again in a minute."
LARGE = "This call is larger than a report can keep. Please ask for a hold instead."
INLINE = {**HEAD, "Content-Disposition": "inline"}
MISSING = "The audio of this call is no longer there, so it can’t be kept."


class KeptAudio:
    """Copies calls for reports and plays the copies. One copy is made at a time; a second request is refused meanwhile.

    `listeners` know who is still a member.
    """

    def __init__(self, door: Door, recorder: Recorder, listeners: Listeners, pacing: Pacing) -> None:
        self.door, self.recorder, self.listeners, self.pacing = door, recorder, listeners, pacing
        self._copying = asyncio.Lock()

    async def keep(self, report: str, session: str, number: int) -> None:
        """Copy a call for a report. Raises `Refused`, and `Absent`, `Changed` and `Unavailable` if the audio can't be read."""
        if self._copying.locked():
            raise Refused(BUSY)
        async with self._copying:
            await self._copy_call(report, session, number)

    async def _copy_call(self, report: str, session: str, number: int) -> None:
        """Read a call's audio and store it with the report, part by part; `number` is the call's id. Raises as `keep`."""
        name = await self.door.enter(steps.begin_copy(report, session, number), WEB)
        call = await self.door.database.read(lambda store: store.recordings.get(number))
        if call is None:
            raise Refused(MISSING)
        audio = await audio_of(self.recorder, call.native_id, call.stamp)
        if audio.size > LARGEST:
            raise Refused(LARGE)
        starts = range(0, audio.size, PART)
        for part, start in enumerate(starts):
            data = await audio.read(start, min(start + PART, audio.size))
            await self.door.enter(steps.add_piece(report, session, name, part, data), WEB)
        finished = steps.finish_copy(report, session, name, number, len(starts), audio.size, audio.media_type)
        await self.door.enter(finished, WEB)

    async def play(self, request: web.Request, report: str, session: str, name: str) -> web.StreamResponse:
        """Stream a copy, or the requested stretch of it within one part. Raises `Refused` if it may not be heard."""
        copy = await self._may_hear(report, session, name)
        sound = KeptSound(copy, lambda part: self.door.enter(steps.hear_copy(report, session, name, part), WEB))

        async def ask() -> None:
            self.pacing.refuse_when_stopping()
            await self.listeners.check((await self._may_hear(report, session, name)).person, in_confidence=True)

        # One budget for a reader and a call, however many sessions there are.
        sounding = Sounding(
            sound, lambda: self.pacing.budget(f"{report} {copy.person}", copy.recording, byte_rate(copy)),
            ask, sound.begin, INLINE, part=PART,
        )  # fmt: skip
        return await sounding.answer(request)

    async def _may_hear(self, report: str, session: str, name: str) -> steps.AudibleCopy:
        """Return the copy of this name if the session's reader may hear it now; raises `Refused`."""
        return await self.door.look(WEB, lambda ctx: steps.may_hear(ctx, report, session, name))


PLAIN, PACKED = (32_000.0, 8_000.0)  # bytes a second assumed for audio of unknown length: audio/wav, all other types


class KeptSound:
    """The `Audio` of a copy. `hear` reads a part and logs it, and raises `Refused` once it may not be heard."""

    def __init__(self, copy: steps.AudibleCopy, hear: Callable[[int], Awaitable[Sound]]) -> None:
        self.size, self.media_type, self.stamp, self.hear = copy.size, copy.media_type, "", hear
        self._held = (-1, b"")  # the part that was read last, and its number

    async def begin(self, start: int, _: int) -> None:
        """Log where the listening begins, before any audio is sent. Raises `Refused`."""
        await self._read_part(start // PART)

    async def read(self, start: int, end: int) -> bytes:
        """Return bytes of the half-open range; raises `Absent` if a part is missing, and `Refused`."""
        found = b""
        while start < end:
            number = start // PART
            data = (await self._read_part(number))[start - number * PART : end - number * PART]
            if not data:
                raise Absent
            found, start = found + data, start + len(data)
        return found

    async def _read_part(self, number: int) -> bytes:
        """Return a part; reading it logs it as heard, unless it's the one that was read last."""
        if self._held[0] != number:
            self._held = (number, (await self.hear(number)).data)
        return self._held[1]


def byte_rate(copy: steps.AudibleCopy) -> float:
    """Return how many bytes a second of sound has."""
    if copy.seconds:
        return copy.size / max(copy.seconds, 1.0)
    return PLAIN if "wav" in copy.media_type else PACKED
