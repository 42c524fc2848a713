"""What is counted for Prometheus (no label names a person, a call or a request), and how failed work is logged and retried."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from prometheus_client import Counter, Gauge, Histogram

from bot.ports import Unavailable
from handlers.door import Repeated
from handlers.rules import Refused
from storage.database.store import DatabaseDown

ACKS = Histogram(
    "steward_ack_seconds", "Time taken to answer a chat platform", ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)  # fmt: skip
_ACKNOWLEDGED = deque([float("-inf")] * 2, maxlen=2)
"""When the last two requests of chat platforms were answered, by a clock that never goes back."""
CLOSE = 0.03  # seconds since the last answer but one, up to which answers come in quick succession
GAP, MOST_GAPS = 0.004, 60  # seconds of one wait for a pause between answers, and the most waits


@contextmanager
def acknowledging(platform: str) -> Iterator[None]:
    """Measure how long a chat platform waits for its answer."""
    with ACKS.labels(platform).time():
        yield
    _ACKNOWLEDGED.append(time.monotonic())


def is_busy_answering() -> bool:
    """Return True while people are answered in quick succession, so that background work should wait."""
    return time.monotonic() - _ACKNOWLEDGED[0] < CLOSE


async def let_answers_go_first() -> None:
    """Wait for a pause between answers, a quarter of a second at most."""
    for _ in range(MOST_GAPS):
        if not is_busy_answering():
            break
        await asyncio.sleep(GAP)


REFUSED_AT_THE_WALL = Counter("steward_forged_total", "Requests rejected unread", ["why"])
DELIVERIES = Counter("steward_deliveries_total", "Effects carried out, by kind and outcome", ["kind", "outcome"])
DELIVERY_FAULTS = Counter("steward_delivery_faults_total", "Delivery errors of our own", ["where"])
LETTERS = Counter("steward_letters_total", "Letters to customers, by outcome", ["outcome"])
OUTAGES = Counter("steward_outages_total", "Times a chat platform refused the bot itself", ["code"])
ALARMS_UNHEARD = Counter("steward_alarms_unheard_total", "Alarms that reached no one")
QUEUED = Gauge("steward_outbox_queued", "Effects waiting to be carried out")
RECORDINGS = Gauge("steward_recordings", "Recordings in the register", ["state"])
TICK_FAULTS = Counter("steward_tick_faults_total", "Clock tasks that failed", ["part"])
WORK_FAULTS = Counter("steward_work_faults_total", "Background tasks that crashed and were restarted", ["work"])
COPIES = Counter("steward_customer_pages_total", "Visits to customers' pages, by outcome", ["outcome"])
READY = Gauge("steward_ready", "1 if the bot may take on work")
CLOCK_TRUSTED = Gauge("steward_clock_trusted", "1 if the clock is trusted for what can't be undone")
AGES = {
    "last_tick": Gauge("steward_last_tick_seconds", "Time since the clock last finished its work"),
    "oldest_due_effect": Gauge("steward_oldest_due_effect_seconds", "Time since the oldest waiting effect was due"),
    "oldest_waiting_write": Gauge(
        "steward_oldest_waiting_write_seconds", "How long the oldest change has been waiting to be stored"
    ),
    "last_delivery": Gauge("steward_last_delivery_seconds", "Time since the outbox was last checked"),
    "chat_unheard": Gauge("steward_chat_unheard_seconds", "Time without an open socket to a chat that needs one"),
}
"""By their names in the answer of `/readyz`."""
PARTS = Gauge("steward_part_seconds", "Time since each clock task last finished", ["part"])
UNREADABLE = Gauge("steward_unreadable_rows", "Unreadable rows in the database")
LOG_BREAKS = Gauge("steward_log_breaks", "Faults found when the audit log was last verified")
LOG_VERIFIED = Gauge(
    "steward_log_verified_timestamp_seconds", "When the audit log was last verified, with the journal, in Unix time"
)
JOURNAL_NOTED = Gauge("steward_journal_noted_timestamp_seconds", "When the journal was last up to date, in Unix time")

# Prometheus sees an increase only of what it saw before: a counter whose labels are known begins at 0, not at its first 1.
WHERE_DELIVERY_FAULTS = ("take", "do", "write")
OUTCOMES_OF_LETTERS = ("accepted", "put_off", "refused", "not_known")
for _one in WHERE_DELIVERY_FAULTS:
    DELIVERY_FAULTS.labels(_one)
for _one in OUTCOMES_OF_LETTERS:
    LETTERS.labels(_one)


log = structlog.get_logger()
FIRST_WAIT, LONGEST_WAIT = 30.0, 3600.0  # seconds until what failed is tried again: twice as long each time
NEXT_TICK = datetime.min.replace(tzinfo=UTC)
"""Returned by a part of a tick that has more to do, or couldn't do everything: it runs again with the next tick."""
Work = Callable[[], Awaitable[object]]


class Setbacks:
    """Pieces of work that failed lately, by name, each tried again after a while: `longest` seconds at most.

    `seconds` never goes back.
    """

    def __init__(self, seconds: Callable[[], float], longest: float = LONGEST_WAIT) -> None:
        self.seconds, self.longest = seconds, longest
        self._failed: dict[str, tuple[int, float]] = {}  # how often in a row, and when it may be tried again

    async def alone(self, part: str, piece: str, work: Work) -> bool:
        """Do a piece of work of a part of a tick, unless it failed a moment ago; return True if it's done, now or before.

        A fault is logged, and the piece tried again later. Raises `DatabaseDown` and `Unavailable`, which all pieces would meet.
        """
        if self._failed.get(piece, (0, float("-inf")))[1] > self.seconds():
            return False
        try:
            await work()
        except Repeated:
            pass
        except (DatabaseDown, Unavailable):
            self._put_off(piece)
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, what comes after it is done
            TICK_FAULTS.labels(part).inc()
            details = {"code": error.code} if isinstance(error, Refused) else {"exc_info": error}
            log.error(
                "tick.fault", part=part, piece=piece, tries=self._put_off(piece), error=type(error).__name__, **details
            )
            return False
        self._failed.pop(piece, None)
        return True

    def again(self, otherwise: datetime | None = None) -> datetime | None:
        """Return `NEXT_TICK` if something failed lately, else `otherwise`: when the part runs again."""
        latest = self.seconds() - self.longest
        return NEXT_TICK if any(until > latest for _, until in self._failed.values()) else otherwise

    def _put_off(self, piece: str) -> int:
        """Note a failure, and return how often this piece has failed in a row."""
        now, tries = self.seconds(), self._failed.get(piece, (0, 0.0))[0] + 1
        self._failed[piece] = tries, now + min(FIRST_WAIT * 2.0 ** min(tries - 1, 10), self.longest)
        return tries


EVERY = 10.0  # seconds


class QuietLog:
    """Logs the same thing at most once in `every` seconds; `more` says how many lines were left out before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, every: float = EVERY) -> None:
        self.clock, self.every = clock, every
        # By event and reason: when it may be logged again, and how often it was left out.
        self._kinds: dict[tuple[str, str], tuple[float, int]] = {}

    def warn(self, event: str, why: str) -> None:
        """Log a warning, not too often; `why` is one of a few words, never text from a stranger."""
        self._log_or_count(log.warning, event, why)

    def error(self, event: str, why: str) -> None:
        """Log like `warn`, but for what the operator has to fix."""
        self._log_or_count(log.error, event, why)

    def _log_or_count(self, write: Callable[..., object], event: str, why: str) -> None:
        """Log the event, or only count it if the last such line was less than `every` seconds ago."""
        again, left_out = self._kinds.get((event, why), (float("-inf"), 0))
        if self.clock() < again:
            self._kinds[event, why] = again, left_out + 1
            return
        self._kinds[event, why] = self.clock() + self.every, 0
        write(event, why=why, more=left_out)
