"""Customers' pages on loopback, in front of a real door: calls whose audio is in memory, and browsers that don't follow
redirects.
"""

import io
import math
import re
import struct
import wave
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse, web

from bot.listeners import Listeners
from bot.web.answers import answer_faults, own_pages_only, response_headers
from bot.web.copies import CopyPages
from bot.web.limits import Limits, Pace, Pacing
from bot.web.listening import ListeningPages
from tests.bot.web.player import everybody, sighting
from tests.bot.web.serving import Asking, served
from tests.clocks import Seconds
from tests.handlers.builders import Company, call, register
from tests.handlers.customers.builders import Sent, sent
from tests.memory_recorder import MemoryRecorder

HERE, RATE = "http://localhost:3000", 8000


def a_sound(seconds: float) -> bytes:
    """Return a tone that swells, as WAV, so that its waveform has something to show."""
    told = io.BytesIO()
    with wave.open(told, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        steps = (abs(math.sin(one / RATE * 1.3)) * math.sin(one / RATE * 2764) for one in range(int(seconds * RATE)))
        file.writeframes(b"".join(struct.pack("<h", int(12_000 * one)) for one in steps))
    return told.getvalue()


@dataclass
class CopyHouse(Asking):
    """The pages; `slept` is how long each answer was held back."""

    company: Company
    recorder: MemoryRecorder
    seconds: Seconds
    calls: list[int] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    met_changed: list[str] = field(default_factory=list)
    pages: CopyPages = field(init=False)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def sent(self, **more: Any) -> Sent:
        return await sent(self.company, **{"calls": self.calls, **more})

    async def open(self, one: Sent, code: str = "", passcode: str = "", **told: str) -> tuple[ClientResponse, str]:
        """The agent presses; with what the mail and the phone said unless other words are given."""
        fields = {"code": code or f"{HERE}/copy#{one.code}", "passcode": passcode or one.passcode}
        return await self.post("/copy/open", fields, **told)

    async def cookie(self, one: Sent) -> str:
        """Return what a browser keeps once it was let in."""
        answer, _ = await self.open(one)
        assert answer.status == 303, answer.status
        return answer.headers["Set-Cookie"].partition(";")[0]


@asynccontextmanager
async def a_copy_house(
    company: Company, public_url: str = HERE, seconds: Iterable[float] = (6.0, 4.0), pace: Pace | None = None,
    port: int = 0,
) -> AsyncIterator[CopyHouse]:  # fmt: skip
    """Register calls of so many seconds, and serve the pages."""
    house = CopyHouse(company, MemoryRecorder(), Seconds())
    for number, length in enumerate(seconds, 4):
        house.sounds.append(a_sound(length))
        house.recorder.keep(sighting(f"call-{number}", length), house.sounds[-1])
        stamp = (await house.recorder.audio(f"call-{number}")).stamp
        facts = call(number, seconds=length, size=len(house.sounds[-1]), stamp=stamp)
        house.calls += await register(company.door, facts)
    pacing = Pacing(pace or Pace(house.seconds, house.sleep))
    house.pages = CopyPages(
        company.door, house.recorder, public_url, limits := Limits(seconds=house.seconds), house.met_changed.append,
        pacing,
    )  # fmt: skip
    listening = ListeningPages(
        company.door, house.recorder, public_url, limits, house.met_changed.append, Listeners(everybody), pacing
    )
    app = web.Application(middlewares=[answer_faults({"/copy": house.pages.sorry}), own_pages_only(public_url)])
    app.on_response_prepare.append(response_headers(public_url))
    app.add_routes([*house.pages.routes(), *listening.routes()])
    async with served(app, port) as house.port:
        yield house
        pacing.end()


def plain(page: str) -> str:
    """Return what a page says, without what was typed."""
    return re.sub(r'value="[^"]*"', "", page)


def where(one: Sent, *parts: object) -> tuple[str, str]:
    """Return an address below a link's, and the cookie of the browser that it let in."""
    return "/".join(["/copy", one.link, *map(str, parts)]), f"copy={one.secret}"


async def fetched(one: Sent) -> bool:
    """Return whether all of it was fetched, or heard to its end."""
    return (await one.row()).fetched_at is not None
