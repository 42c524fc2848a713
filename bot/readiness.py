"""Whether the program may take work, and how old everything is that it has yet to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.pulse import ASKED, Pulse
from bot.seldom import Seldom
from bot.trouble import sentence, silence
from storage.database.store import Database, DatabaseDown

log = structlog.get_logger()
EXAMINED = 10.0  # seconds from the beginning of one look to that of the next at the database, however many ask: each look writes
ANSWERED = 5.0  # seconds until a look that is not over counts as silence; a lock may take as long (`Patience.lock`)
HELD = 0.4  # seconds for which whoever asks is held up, once for the pulse and once for the look: probes wait for one second
WHOLE = 60.0  # seconds at least between two looks at each of its pages
SHARE = 100  # and so many times as long as the last such look took
DAMAGE = frozenset({"corrupt", "disk", "no_database"})  # what a look at each page may find, and only such a look
GONE = frozenset({"silent", "away"})  # nobody answered: looked at again as soon as somebody does
OLD = 60.0  # seconds after which whoever should work every second is standing
LATE_TICKS = 3
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
PRESSES = (
    "What people pressed while a chat was ill waits: nothing was taken from the inbox for a while. The log says why."
)
CLOCK = "What is due waits: the clock's work was not done for a while. The log says why."
UNHEARD = "A chat can't tell me what people do there: no socket to it is open. The log says why; I keep trying."
WAITING = "I don't trust the clock, so nothing is closed, erased or ended."
WRITER = "Changes wait to be stored for longer than they should."


class Examination:
    """Examines the database once in a while, however often and by how many it is asked. `seconds` never goes back."""

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        self.database, self.seconds, self._seldom = database, seconds, Seldom(seconds)
        self.pulse = Pulse(database, seconds, self._seldom)
        self._fault: DatabaseDown | None = None
        self._damage: DatabaseDown | None = None
        self._next = self._next_whole = float("-inf")
        self._began = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._looking_whole: asyncio.Task[None] | None = None

    async def fault(self) -> DatabaseDown | None:
        """What is wrong with it; None where nothing is. Whatever the database does, the answer is there within twice `HELD` (A3).

        What a question or a look that is still under way will find is told to whoever asks next.
        """
        await self.pulse.feel(HELD)
        if self.pulse.answers() and self._is_due():
            self._began = self.seconds()
            self._looking = asyncio.create_task(self._look())
        late, felt = await self._is_late(), self.pulse.told()
        if late or felt == "silent":
            return DatabaseDown("silent")
        return self._fault or self.database.refused or (DatabaseDown(felt) if felt else self._damage)

    def silence(self) -> float:
        """For how many seconds it has not answered; 0 where it has."""
        return max(self.pulse.silence(), self.seconds() - self._began if self._looking is not None else 0.0)

    def _is_due(self) -> bool:
        """Whoever answers that something is wrong, or stored nothing, is looked at without delay, and so is whoever answers again."""
        now = self.seconds()
        wrong = self.pulse.fault != "" or self.database.refused is not None
        return self._looking is None and (now >= self._next or (wrong and now >= self._began + ASKED))

    async def _is_late(self) -> bool:
        """Whether a look is under way that should have been over; waits for it, but not for long."""
        if self._looking is None:
            return False
        left = max(0.0, ANSWERED - (self.seconds() - self._began))
        done, _ = await asyncio.wait({self._looking}, timeout=min(HELD, left))
        return not done and left <= HELD

    async def _look(self) -> None:
        self._fault = await self._found(whole=False)
        # From its beginning: whoever waited long for a silent server looks again soon.
        every = ASKED if str(self._fault) in GONE else EXAMINED
        self._next, self._looking = max(self._began + every, self.seconds()), None
        if self._fault is None and self._looking_whole is None and self.seconds() >= self._next_whole:
            self._looking_whole = asyncio.create_task(self._look_whole())

    async def _look_whole(self) -> None:
        began = self.seconds()
        found = await self._found(whole=True)
        if found is not None and str(found) not in DAMAGE:
            # What keeps anybody from looking is told by the next look at the rest; of the pages nothing new is known.
            self._next_whole = self.seconds() + EXAMINED
        else:
            self._damage = found
            self._next_whole = self.seconds() + max(WHOLE, SHARE * (self.seconds() - began))
        self._looking_whole = None

    async def _found(self, *, whole: bool) -> DatabaseDown | None:
        try:
            await self.database.examine(whole=whole)
        except DatabaseDown as error:
            self._seldom.error("database.unsound", str(error))
            return error
        except Exception as error:
            log.exception("database.not_examined", error=type(error).__name__)
            return DatabaseDown("away")
        return None


@dataclass(frozen=True, slots=True)
class Works:
    """The parts of the program whose age tells whether they work; all in seconds.

    `state` says in a word of `WHILE` why no work may be taken, or nothing; `unheard` for how long no chat could tell us anything,
    None where all of them call us; `parts` since when each part of the clock's work has not got on; `doubt` why the clock isn't trusted, in a word and a sentence.
    """

    state: Callable[[], str]
    last_tick: Callable[[], float]
    last_delivery: Callable[[], float]
    every: float
    reading: Callable[[], bool]
    unheard: Callable[[], float | None] = lambda: None
    parts: Callable[[], Mapping[str, float]] = dict
    last_presses: Callable[[], float] = float
    doubt: Callable[[], tuple[str, str] | None] = lambda: None


class Readiness:
    """`now` is the company's moment; `seconds` counts and never goes back."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], works: Works,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.database, self.now, self.works, self.seconds = database, now, works, seconds
        self.examination = Examination(database, seconds)

    async def reasons(self) -> dict[str, str]:
        """Why no work may be taken: words for programs, sentences for people; empty where it may."""
        found = {state: WHILE[state] for state in (self.works.state(),) if state}
        if fault := await self.examination.fault():
            told = silence(self.examination.silence()) if str(fault) == "silent" else sentence(fault)
            return {**found, f"database_{fault}": told}
        if self.works.last_delivery() > OLD:
            found["worker"] = WORKER
        if self.works.last_presses() > OLD:
            found["presses"] = PRESSES
        if self.works.last_tick() > LATE_TICKS * self.works.every + OLD:
            found["clock"] = CLOCK
        if (self.works.unheard() or 0.0) > OLD:
            found["chat_unheard"] = UNHEARD
        if self.database.longest_wait() > OLD:
            found["writer"] = WRITER
        return found

    def waits(self) -> dict[str, str]:
        """What waits though work may be taken, as `reasons`."""
        doubt = self.works.doubt()
        return {f"clock_{doubt[0]}": f"{WAITING} {doubt[1]}"} if doubt else {}

    def ages(self) -> Mapping[str, float | None]:
        """Seconds since, or for which, as of the last `reasons`; None where the database can't tell, or where there is no socket."""
        return {
            "last_tick": self.works.last_tick(), "oldest_due_effect": self._oldest_due_effect(),
            "oldest_waiting_write": self.database.longest_wait(), "last_delivery": self.works.last_delivery(),
            "chat_unheard": self.works.unheard(),
        }  # fmt: skip

    def _oldest_due_effect(self) -> float | None:
        pulse = self.examination.pulse
        if not pulse.known():
            return None
        return max(0.0, (self.now() - pulse.next_due).total_seconds()) if pulse.next_due else 0.0
