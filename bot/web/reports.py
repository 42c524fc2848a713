"""All pages of confidential reports, put together: for whoever reports, handles, or comes back from a chat (P13)."""

from __future__ import annotations

from aiohttp import web

from bot.listeners import Listeners
from bot.ports import Recorder
from bot.web.handling import HandlingPages
from bot.web.kept_audio import KeptAudio
from bot.web.limits import Limits, Networks
from bot.web.own_report import OwnPages
from bot.web.pacing import REAL, Pace
from bot.web.present import Present
from bot.web.reporting import ReportingPages
from handlers.door import Door


class ReportPages:
    """`/report` and below; `trusted` are the networks of our own proxies, `listeners` know who is still a member."""

    def __init__(
        self, door: Door, recorder: Recorder, public_url: str, trusted: Networks = (), limits: Limits | None = None,
        listeners: Listeners | None = None, pace: Pace = REAL,
    ) -> None:  # fmt: skip
        kept = limits or Limits()
        self.audio = KeptAudio(door, recorder, present := Present(door, listeners), pace)
        self.parts = (
            ReportingPages(door, public_url, trusted, kept),
            HandlingPages(door, self.audio, public_url, trusted, kept, present),
            OwnPages(door, public_url, trusted, kept),
        )

    def routes(self) -> list[web.RouteDef]:
        """Where the pages stand."""
        return [route for part in self.parts for route in part.routes()]

    def end(self) -> None:
        """The program stops: calls that are heard end with their next look, which is within a second."""
        self.audio.end()
