"""Does what was kept in the inbox as soon as a platform says who pressed, and tells that person what became of it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.chats.desk import Desk
from bot.ports import Unavailable
from handlers import CHANGES, button_label, inbox
from handlers.acting import DELIVERY, Intent
from handlers.door import Door
from storage.database.store import DatabaseDown
from storage.inbox import Incoming

log = structlog.get_logger()
AT_ONCE = 8  # presses
LONGEST_WAIT = 30.0  # seconds: a person is waiting for it
MOST_FAULTS = 12  # tries of one press that ended in a fault of ours
PATIENCE = 3.0  # seconds that a stop waits for work in progress
FAULT = "A button you pressed didn’t work, because of a fault on our side. Please check, and press it again."


class Inbox:
    """One worker, with each platform's desk by name; any number of processes may each run one, since what is taken is leased.

    `poll` is in seconds; `seconds` counts and never goes back.
    """

    def __init__(
        self, door: Door, desks: Mapping[str, Desk], poll: float = 1.0, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.desks, self.poll, self.seconds = door, desks, poll, seconds
        self._last_turn, self._away = seconds(), ""
        self._wake = asyncio.Event()
        self._jobs: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._taking = asyncio.Lock()

    def age(self) -> float:
        """Return the seconds since the database last answered which presses are kept."""
        return self.seconds() - self._last_turn

    def wake(self) -> None:
        """Look at once, because a press was kept in this process."""
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop, through every fault."""
        while not self._stopping:
            try:
                async with self._taking:
                    busy = await self.take()
            except Exception as error:
                log.exception("inbox.fault", error=type(error).__name__)
                busy = 0
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self.poll)
            self._wake.clear()

    async def stop(self) -> None:
        """Start nothing new, and wait a moment for what is under way; the rest is done by any process once its lease ends."""
        self._stopping = True
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self._taking:
                while self._jobs:
                    await asyncio.wait(set(self._jobs))
        for one in self._jobs:
            one.cancel()

    async def drain(self) -> int:
        """Do everything that is due now, then return how much it was."""
        done = 0
        while taken := await self.take():
            done += taken
            await asyncio.wait(set(self._jobs))
        return done

    async def take(self) -> int:
        """Begin what is due, the oldest press of each account; return how many that is (0 if the database is down)."""
        room = AT_ONCE - len(self._jobs)
        if room <= 0:
            return 0
        try:
            kept = await self._collect_presses(room)
        except DatabaseDown as error:
            if not self._away:
                log.warning("inbox.no_database", why=str(error))
            self._away = str(error)
            return 0
        self._last_turn, self._away = self.seconds(), ""
        for one in kept:
            task = asyncio.create_task(self._do_press(one))
            self._jobs.add(task)
            task.add_done_callback(self._after_job)
        return len(kept)

    async def _collect_presses(self, room: int) -> list[inbox.KeptPress]:
        """Lease up to `room` presses that are due and return them."""
        any_kept = await self.door.database.read(lambda store: store.has(Incoming.id > 0))
        return await self.door.enter(inbox.collect_presses(room), DELIVERY) if any_kept else []

    def _after_job(self, task: asyncio.Task[None]) -> None:
        """Forget a task that has ended, look for more work, and log its fault if it failed."""
        self._jobs.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()):
            log.error("inbox.fault", error=type(error).__name__, exc_info=error)

    async def _do_press(self, kept: inbox.KeptPress) -> None:
        """Do one kept press, and store what became of it."""
        outcome = await self._try_press(kept)
        with suppress(DatabaseDown):  # it is tried again when the lease ends, and its key is good for one doing
            await self.door.enter(outcome, DELIVERY)

    async def _try_press(self, kept: inbox.KeptPress) -> Intent[None]:
        """Do one kept press and return the outcome to store: settled, put off, or set aside."""
        press = kept.press
        desk = self.desks.get(press.platform) if press is not None else None
        if press is None or desk is None:
            why = inbox.NOT_OURS if press is None else inbox.NO_PLATFORM
            log.error("inbox.set_aside", kept=kept.id, why=why)
            return inbox.set_aside(kept.id, why)
        try:
            words = await self._do_and_tell(desk, press, kept.at)
        except Unavailable as error:
            return _put_off(kept, error, self.door.now())
        except DatabaseDown:
            return _put_off(kept, Unavailable("database"), self.door.now())
        except Exception as error:  # a fault of ours on one press must not hold up others for ever
            log.exception("inbox.fault", error=type(error).__name__, verb=press.verb)
            if kept.attempts < MOST_FAULTS:
                return _put_off(kept, Unavailable("fault"), self.door.now())
            words = FAULT
        return inbox.settle_press(
            kept.id, inbox.say_to_account(press.platform, press.account, words, f"kept:{press.key}") if words else None
        )

    async def _do_and_tell(self, desk: Desk, press: inbox.Press, since: datetime) -> str:
        """Do a kept press; return what to tell the person. A change kept for too long, or across a clock change, isn't made."""
        if press.verb == "leave":
            await desk.directory.left(press.account)
            return ""
        if press.verb in CHANGES and abs(self.door.now() - since) > inbox.KEPT_FOR:
            return inbox.too_late_words(press, button_label(press.verb))
        return await desk.carry_out(press, kept_since=since)


def _put_off(kept: inbox.KeptPress, error: Unavailable, now: datetime) -> Intent[None]:
    """Return the outcome to store: the press is tried again later, after longer and longer waits."""
    wait = max(error.retry_after or 0.0, min(2.0 ** min(kept.attempts, 10) / 2, LONGEST_WAIT))
    return inbox.put_off(kept.id, error.code, now + timedelta(seconds=wait))
