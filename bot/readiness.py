"""Whether the program may take work, and how old everything is that it has yet to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.trouble import sentence
from storage.database.store import Database, DatabaseDown

log = structlog.get_logger()
EXAMINED = 10.0  # seconds from the beginning of one look to that of the next at the database, however many ask: each look writes
ANSWERED = 5.0  # seconds until a database that does not answer counts as silent
WHOLE = 60.0  # seconds at least between two looks at each of its pages
SHARE = 100  # and so many times as long as the last such look took
DAMAGE = frozenset({"corrupt", "disk", "no_database"})  # what a look at each page may find, and only such a look
OLD = 60.0  # seconds after which whoever should work every second is standing
LATE_TICKS = 3
LOOKED = 1.0  # seconds for which the age of the oldest effect is taken as known
WHILE = {
    "starting": "No chat platform has answered yet. Work begins with the first that does.",
    "journal_away": "The journal does not answer, so I can't tell whether the database was restored. Look at JOURNAL_URL; I keep trying.",
    "journal_key": (
        "The newest lines of the journal are sealed with another key than SECRET_KEY, and the database does not bear them out."
        " Start me with the key that they were sealed with."
    ),
    "restored": "The database was restored. I end all access, and look for what was erased since.",
    "stopping": "I am stopping, and take nothing new.",
}
WORKER = "Messages and cards wait: nothing was taken from the outbox for a while. The log says why."
CLOCK = "What is due waits: the clock's work was not done for a while. The log says why."
UNHEARD = "A chat can't tell me what people do there: no socket to it is open. The log says why; I keep trying."
WRITER = "Changes wait to be stored for longer than they should."


class Examination:
    """Examines the database once in a while, however often and by how many it is asked. `seconds` never goes back."""

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        self.database, self.seconds = database, seconds
        self._fault = self._damage = ""
        self._next = self._next_whole = float("-inf")
        self._began = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._looking_whole: asyncio.Task[None] | None = None

    async def fault(self) -> str:
        """What is wrong with it, in a word (`storage.database.faults`); empty where nothing is."""
        if self._looking is None and self.seconds() >= self._next:
            self._began = self.seconds()
            self._looking = asyncio.create_task(self._look())
        if self._looking is not None:
            patience = max(0.0, ANSWERED - (self.seconds() - self._began))
            done, _ = await asyncio.wait({self._looking}, timeout=patience)
            if not done:
                return "silent"
        return self._fault or self._damage

    async def _look(self) -> None:
        self._fault = await self._found(whole=False)
        # From its beginning: whoever waited long for a silent server looks again soon.
        self._next, self._looking = max(self._began + EXAMINED, self.seconds()), None
        if not self._fault and self._looking_whole is None and self.seconds() >= self._next_whole:
            self._looking_whole = asyncio.create_task(self._look_whole())

    async def _look_whole(self) -> None:
        began = self.seconds()
        found = await self._found(whole=True)
        if found and found not in DAMAGE:
            # What keeps anybody from looking is told by the next look at the rest; of the pages nothing new is known.
            self._next_whole = self.seconds() + EXAMINED
        else:
            self._damage = found
            self._next_whole = self.seconds() + max(WHOLE, SHARE * (self.seconds() - began))
        self._looking_whole = None

    async def _found(self, *, whole: bool) -> str:
        try:
            await self.database.examine(whole=whole)
        except DatabaseDown as error:
            log.error("database.unsound", why=str(error))
            return str(error)
        except Exception as error:
            log.exception("database.not_examined", error=type(error).__name__)
            return "away"
        return ""


@dataclass(frozen=True, slots=True)
class Works:
    """The parts of the program whose age tells whether they work; all in seconds.

    `state` says in a word of `WHILE` why no work may be taken, or nothing; `unheard` for how long no chat could tell us anything,
    None where all of them call us.
    """

    state: Callable[[], str]
    last_tick: Callable[[], float]
    last_delivery: Callable[[], float]
    every: float
    reading: Callable[[], bool]
    unheard: Callable[[], float | None] = lambda: None


class Readiness:
    """`now` is the company's moment; `seconds` counts and never goes back."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], works: Works,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.database, self.now, self.works, self.seconds = database, now, works, seconds
        self.examination = Examination(database, seconds)
        self._looked = float("-inf")
        self._due_effect: float | None = None

    async def reasons(self) -> dict[str, str]:
        """Why no work may be taken: words for programs, sentences for people; empty where it may."""
        found = {state: WHILE[state] for state in (self.works.state(),) if state}
        if fault := await self.examination.fault():
            return {**found, f"database_{fault}": sentence(DatabaseDown(fault))}
        if self.works.last_delivery() > OLD:
            found["worker"] = WORKER
        if self.works.last_tick() > LATE_TICKS * self.works.every + OLD:
            found["clock"] = CLOCK
        if (self.works.unheard() or 0.0) > OLD:
            found["chat_unheard"] = UNHEARD
        if self.database.longest_wait() > OLD:
            found["writer"] = WRITER
        return found

    async def ages(self) -> Mapping[str, float | None]:
        """Seconds since, or for which; None where the database can't tell, or where there is no socket."""
        return {
            "last_tick": self.works.last_tick(), "oldest_due_effect": await self._oldest_due_effect(),
            "oldest_waiting_write": self.database.longest_wait(), "last_delivery": self.works.last_delivery(),
            "chat_unheard": self.works.unheard(),
        }  # fmt: skip

    async def _oldest_due_effect(self) -> float | None:
        if self.seconds() - self._looked < LOOKED:
            return self._due_effect
        self._looked = self.seconds()
        try:
            async with asyncio.timeout(ANSWERED):
                due = await self.database.read(lambda store: store.outbox.next_due())
        except (DatabaseDown, TimeoutError):
            self._due_effect = None
        else:
            self._due_effect = max(0.0, (self.now() - due).total_seconds()) if due else 0.0
        return self._due_effect
