"""Whether whoever has a report's page open still belongs here: looked at like who listens, and without a word of it (P7, P13)."""

from __future__ import annotations

from bot.listeners import Listeners, Unsure
from bot.web.confidential import Over
from handlers.acting import WEB
from handlers.breach.sessions import reader
from handlers.door import Door


class Present:
    """Those who handle reports, each by a session of the page."""

    def __init__(self, door: Door, listeners: Listeners | None) -> None:
        self.door, self.listeners = door, listeners

    async def admit(self, report: str, session: str) -> None:
        """Before a page, a form or a call; raises `Over`, and `Unsure` once nobody could tell for too long."""
        person = await self._reader(report, session)
        if self.listeners is None:
            return
        try:
            await self.listeners.check(person, anew=True, in_confidence=True)
        except Unsure:
            await self._reader(report, session)  # the answer that was waited for may have been that somebody is gone
            raise

    async def stay(self, person: int) -> None:
        """While something leaves the house; raises `Unsure` as `admit`."""
        if self.listeners is not None:
            await self.listeners.check(person, in_confidence=True)

    async def _reader(self, report: str, session: str) -> int:
        found = await self.door.look(WEB, lambda act: reader(act, report, session))
        if found is None:
            raise Over
        return found.person
