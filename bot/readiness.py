"""Whether the program may take work, and how long its work has been waiting."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.measures import QuietLog
from bot.trouble import database_sentence
from handlers.phrases import quantity_words
from storage.database.store import Database, DatabaseDown

log = structlog.get_logger()
BETWEEN_READS = 1.0  # seconds between two reads of the database, however many ask
BETWEEN_WRITES = 10.0  # seconds between two checks that write
SILENT = 3.0  # seconds without an answer until the database counts as silent; a short hiccup doesn't
MOST_WAIT = 0.8  # seconds that a probe waits for an answer, since probes give up after one second
OLD = 60.0  # seconds after which what should work every second has stopped
LATE_TICKS = 3
WHILE = {
    "starting": "No chat platform has answered yet. I'll start work as soon as one does.",
    "journal_away": "The journal doesn't answer, so I can't tell whether the database was restored. Check JOURNAL_URL. I'll keep trying.",
    "journal_key": (
        "The journal's newest line is sealed with another database's key. Check JOURNAL_URL and SECRET_KEY: each database has its own journal."
    ),
    "restored": "The database was restored. I'm ending all access and looking for calls erased since.",
    "stopping": "I'm stopping, so I'm not taking on new work.",
}
WORKER = "Messages and cards are waiting: delivery has stalled for over a minute. The log says why."
PRESSES = "Presses from an outage are still waiting: the inbox has stalled for over a minute. The log says why."
CLOCK = "Due work is waiting: the clock has stalled. The log says why."
UNHEARD = "No connection to a chat is open, so I hear nothing from it. The log says why. I'll keep trying."
WAITING = "I don't trust the clock, so I'm not locking or erasing calls, or ending access."
UNREADABLE = "I can't read {rows} in the database, so I ignore them. `recording-steward check` names them."
WRITER = "Changes have been waiting over a minute to be stored."


class Examination:
    """Checks the database at most once a second, however many ask: it reads, and every ten seconds writes a byte.

    A check is never cancelled; the database's own time-outs end it. `seconds` never goes back.
    """

    def __init__(self, database: Database, seconds: Callable[[], float]) -> None:
        self.database, self.seconds, self._quiet_log = database, seconds, QuietLog(seconds)
        self.next_due: datetime | None = None  # when the oldest waiting effect was due; valid only if `known`
        self.known = False
        self._fault: DatabaseDown | None = None
        self._began = self._next_write = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def fault(self) -> DatabaseDown | None:
        """Return what is wrong with the database, or None. It answers within `MOST_WAIT`, whatever the database does (A3)."""
        if self._looking is None and self.seconds() >= self._began + BETWEEN_READS:
            self._began = self.seconds()
            self._looking = asyncio.create_task(self._look_at_database())
        if self._looking is not None:
            await asyncio.wait({self._looking}, timeout=MOST_WAIT)
        if self.silence() >= SILENT:
            return DatabaseDown("silent")
        return self._fault or self.database.refused

    def silence(self) -> float:
        """Return for how many seconds it hasn't answered; 0 if it has."""
        return self.seconds() - self._began if self._looking is not None else 0.0

    async def _look_at_database(self) -> None:
        """Check the database once, and keep what was found; the task ends only when the database answers or times out."""
        self._fault = await self._find_fault()
        self.known = self._fault is None
        self._looking = None

    async def _find_fault(self) -> DatabaseDown | None:
        """Check the database, and return what is wrong or None. Never raises."""
        try:
            if self._fault or self.database.refused or self.seconds() >= self._next_write:
                self._next_write = self.seconds() + BETWEEN_WRITES
                await self.database.examine()
            self.next_due = await self.database.read(lambda store: store.outbox.next_due())
        except DatabaseDown as error:
            self._quiet_log.error("database.unsound", str(error))
            return error
        except Exception as error:  # noqa: BLE001  a table is gone, as like as not: the next look tells which
            self._quiet_log.error("database.unsound", type(error).__name__)
            return DatabaseDown("away")
        return None


@dataclass
class Readiness:
    """What `/readyz` and the metrics say; ages and `every` (between two ticks) are in seconds.

    `now` is the trusted clock's moment, `seconds` counts and never goes back. `state` is a word of `WHILE` for why no
    work may be taken, or empty. `reading` says whether the calls are still being read in. `unheard` is for how long
    no chat could reach us, None if all call our address. `parts` are the ages of the clock's parts; `doubt` says why
    the clock isn't trusted, in a word and a sentence.
    """

    database: Database
    now: Callable[[], datetime]
    state: Callable[[], str]
    last_tick: Callable[[], float]
    last_delivery: Callable[[], float]
    last_presses: Callable[[], float]
    every: float
    reading: Callable[[], bool]
    unheard: Callable[[], float | None]
    parts: Callable[[], Mapping[str, float]]
    doubt: Callable[[], tuple[str, str] | None]
    seconds: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self.examination = Examination(self.database, self.seconds)

    async def reasons(self) -> dict[str, str]:
        """Return why no work may be taken: words for programs, with sentences for people; empty if it may."""
        found = {state: WHILE[state] for state in (self.state(),) if state}
        if fault := await self.examination.fault():
            return {**found, f"database_{fault}": database_sentence(fault)}
        if self.last_delivery() > OLD:
            found["worker"] = WORKER
        if self.last_presses() > OLD:
            found["presses"] = PRESSES
        if self.last_tick() > LATE_TICKS * self.every + OLD:
            found["clock"] = CLOCK
        if (self.unheard() or 0.0) > OLD:
            found["chat_unheard"] = UNHEARD
        if self.database.longest_wait() > OLD:
            found["writer"] = WRITER
        return found

    def waits(self) -> dict[str, str]:
        """Return what is held up although work may be taken, with sentences as in `reasons`."""
        doubt, rows = self.doubt(), len(self.database.unreadable.rows())
        return {
            **({f"clock_{doubt[0]}": f"{WAITING} {doubt[1]}"} if doubt else {}),
            **({"rows_unreadable": UNREADABLE.format(rows=quantity_words(rows, "row"))} if rows else {}),
        }

    def ages(self) -> Mapping[str, float | None]:
        """Return ages as of the last `reasons`; None if the database can't say, or there is no socket."""
        return {
            "last_tick": self.last_tick(), "oldest_due_effect": self._oldest_due_effect(),
            "oldest_waiting_write": self.database.longest_wait(), "last_delivery": self.last_delivery(),
            "chat_unheard": self.unheard(),
        }  # fmt: skip

    def _oldest_due_effect(self) -> float | None:
        """Return for how many seconds the oldest waiting effect has been due; None if the database can't say."""
        due = self.examination.next_due
        if not self.examination.known:
            return None
        return max(0.0, (self.now() - due).total_seconds()) if due else 0.0
