"""Keeps the recording register in step with the call recording system, a few hundred calls at a time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.ports import Gone, Problem, Recorder, Sighting
from handlers.door import CLOCK, Door
from handlers.recordings import Register

log = structlog.get_logger()
AT_ONCE = 500
AHEAD = timedelta(hours=1)  # clocks differ a little; a call with a time beyond that would outlive its erasure (P12)


def timely(one: Sighting | Problem | Gone, now: datetime) -> Sighting | Problem | Gone:
    """What the recording system tells, where a call that has yet to begin is a problem."""
    if not isinstance(one, Sighting) or one.started <= now + AHEAD:
        return one
    words = (
        '"started" in its metadata lies more than an hour ahead. Write when the call began, with its offset from UTC.'
    )
    return Problem(one.native_id, f"{one.native_id}: {words}")


class RegisterKeeper:
    """One recording system and what was wrong with its recordings when they were last seen."""

    def __init__(self, door: Door, recorder: Recorder, system: str) -> None:
        self.door, self.recorder, self.system = door, recorder, system
        self.problems: dict[str, str] = {}

    async def sync(self) -> int:
        """Store what is new, changed or gone; returns how many that was. Raises `Unavailable`, `DatabaseDown`."""
        known = await self.door.database.read(lambda store: store.recordings.stamps(self.system))
        found: list[dict[str, Any]] = []
        gone: list[str] = []
        problems: dict[str, str] = {}
        total = 0
        async for told in self.recorder.changes(known):
            match one := timely(told, self.door.now()):
                case Sighting():
                    found.append(self._row(one))
                case Problem():
                    problems[one.native_id] = one.sentence
                case Gone():
                    gone.append(one.native_id)
            if len(found) + len(gone) >= AT_ONCE:
                total += await self._store(found, gone)
                found, gone = [], []
        self._tell(problems)
        return total + await self._store(found, gone)

    async def _store(self, found: list[dict[str, Any]], gone: list[str]) -> int:
        if found or gone:
            await self.door.enter(Register(self.system, found, gone), CLOCK)
        return len(found) + len(gone)

    def _tell(self, problems: dict[str, str]) -> None:
        # A file name may hold a caller's number, so the log only counts; `recording-steward check` names them.
        if problems != self.problems:
            log.warning("recordings.problems", number=len(problems))
        self.problems = problems

    def _row(self, sighting: Sighting) -> dict[str, Any]:
        row = asdict(sighting)
        email = row.pop("operator_email")
        try:
            key = self.door.policy.key(email)
        except ValueError:
            key = email.casefold()
        seconds = row.pop("duration")
        return {**row, "operator_key": key, "seconds": seconds}
