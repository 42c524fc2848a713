"""What was overwritten is to stand nowhere in the database's file any more: a large one is written anew once a night at most (P12)."""

from __future__ import annotations

from datetime import date

import structlog

from handlers.door import Door
from handlers.rules.access import company_time

log = structlog.get_logger()
NIGHT = range(1, 5)  # hours of the company's home line in which a large database is written anew
FOR_SOMEBODY = ("room", "full")
"""What whoever runs this has to see to; anything else passes by itself."""


class Overwritten:
    """What counts is the attempt: whatever comes of it, the next one for a large database is the next night's.

    One that starts at night does not know whether it was tried before, so it waits for the next night as well.
    """

    def __init__(self, door: Door) -> None:
        self.door = door
        self._anew = True  # whether the file may still hold what was overwritten
        self._read = False  # whether only its log does, out of which somebody read
        now = company_time(door.policy, door.now())
        self._tried_on: date | None = now.date() if now.hour in NIGHT else None
        self._full_on: date | None = None
        self._told = set[tuple[date, str]]()

    def note(self) -> None:
        """Something was overwritten."""
        self._anew = True

    async def tick(self) -> None:
        """Since all others wait to write meanwhile, what is erased later that night waits for the next. Raises `DatabaseDown`."""
        if not (self._anew or self._read):
            return
        now = company_time(self.door.policy, self.door.now())
        anew = self._anew and self._full_on != now.date()
        calm = anew and now.hour in NIGHT and self._tried_on != now.date()
        await self._try(now.date(), calm=calm, anew=anew)

    async def _try(self, day: date, *, calm: bool, anew: bool) -> None:
        before, self._tried_on = self._tried_on, day if calm else self._tried_on
        if anew:
            self._anew = False  # what is overwritten from now on needs another
        try:
            done = await self.door.database.forget(calm=calm, anew=anew)
        except BaseException:
            self._anew = self._anew or anew
            raise
        self._anew = self._anew or not done.anew
        self._read = done.why == "used"
        if done.why == "full":
            self._full_on = day
        elif not done.anew:
            self._tried_on = before  # nothing was begun
        self._tell(day, done.why)

    def _tell(self, day: date, why: str) -> None:
        """Once a day for each reason."""
        if why in ("", "large") or (day, why) in self._told:
            return
        self._told = {one for one in self._told if one[0] == day} | {(day, why)}
        (log.warning if why in FOR_SOMEBODY else log.info)("database.not_written_anew", why=why)
