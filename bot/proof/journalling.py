"""Writing to a journal that may never answer: nothing else waits for it, and what must stand there first is not done without."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from bot.journal import Journal, JournalDown
from bot.proof.journal_lines import ERASURE, NOT_ERASED, Position
from bot.sealing import Marks
from handlers.retention.intents import Doomed

T = TypeVar("T")
PATIENCE = 10.0  # seconds for which a journal may take its time
A_MOMENT = 0.5  # seconds for which the work before may still be at its end


class Patiently:
    """One piece of work at a time; one that does not come back keeps neither a tick nor the end."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._one_at_a_time = asyncio.Lock()
        self._working: threading.Thread | None = None

    async def do(self, work: Callable[[], T]) -> T:
        """Do something that may never come back, such as a folder on another machine. Raises what it raises, and `JournalDown`."""
        async with self._one_at_a_time:
            if self._working is not None:  # whoever wanted it was cancelled, or it hangs
                await asyncio.to_thread(self._working.join, A_MOMENT)
            if self._working is not None and self._working.is_alive():
                raise JournalDown("the last attempt has not come back yet")
            loop = asyncio.get_running_loop()
            done: asyncio.Future[T] = loop.create_future()
            self._working = threading.Thread(target=_settle, args=(loop, done, work), name="journal", daemon=True)
            self._working.start()
            try:
                return await asyncio.wait_for(done, PATIENCE)
            except TimeoutError as error:
                raise JournalDown(f"{self.journal.file} did not answer within {PATIENCE:.0f} s") from error
            finally:
                if done.done() and not done.cancelled():
                    self._working = None  # it has come back, though its thread may be alive for a moment yet


class Announcing:
    """What stands in the journal before a recorder is asked, so that a database that is restored erases it again."""

    def __init__(
        self, patiently: Patiently, marks: Marks, now: Callable[[], datetime], end: Callable[[], Awaitable[Position]]
    ) -> None:
        self.patiently, self.marks, self.now, self.end = patiently, marks, now, end

    async def erasures(self, doomed: Sequence[Doomed]) -> None:
        """A line for each. Raises `JournalDown`: what could not be written is not erased."""
        end = await self.end()  # what let them be erased is committed, so an older database is told by these lines
        lines = [self._line(one, end) for one in doomed]
        await self.patiently.do(lambda: self.patiently.journal.add(lines))

    async def not_erased(self, erasure: str) -> None:
        """What was told of this erasure until now counts no more: the call stays. Raises `JournalDown`."""
        line = {"kind": NOT_ERASED, "erasure": erasure, "at": self.now().isoformat(), **(await self.end())._asdict()}
        await self.patiently.do(lambda: self.patiently.journal.add([line]))

    def _line(self, one: Doomed, end: Position) -> dict[str, object]:
        return {
            "kind": ERASURE,
            "erasure": one.erasure,
            **self._marks(one),
            "at": self.now().isoformat(),
            **end._asdict(),
        }

    def _marks(self, one: Doomed) -> dict[str, str]:
        sound = {"audio": self.marks.of(one.audio), "size": self.marks.of_size(one.size)} if one.audio else {}
        call = self.marks.of_call(one.native_id, one.started)
        return {"call": call, "moment": self.marks.of_moment(one.native_id, one.erase_at), **sound}


def _settle(loop: asyncio.AbstractEventLoop, done: asyncio.Future[T], work: Callable[[], T]) -> None:
    give: Callable[[], None]
    try:
        give = partial(done.set_result, work())
    except Exception as fault:  # noqa: BLE001  whoever waits gets it, whatever it is
        give = partial(done.set_exception, fault)

    def tell() -> None:
        if not done.done():
            give()

    with suppress(RuntimeError):  # nobody waits any more: the loop has ended
        loop.call_soon_threadsafe(tell)
