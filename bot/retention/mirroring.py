"""Has the recording system keep what a hold keeps, and let go of it at the hold's end, so that nobody deletes it behind our back (P12)."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from bot.ports import Absent, Recorder, Unavailable
from bot.setbacks import Setbacks
from handlers import keeping
from handlers.acting import CLOCK
from handlers.door import Door
from handlers.handling import Intent
from storage.holds import FIRST, Mirror

AT_ONCE = 500  # calls that it is asked about with one tick, for each thing that it is asked
TOGETHER = 4  # of them side by side
ANSWERS = 60.0  # seconds in which it has to answer
LONGEST_WAIT = 300.0  # seconds until a call that failed is tried again
DAILY = 86_400.0  # seconds until everything is held again
Asks = Callable[[str, str], Awaitable[None]]


class Mirroring:
    """One part of a tick. Only a recording system that keeps what is held by itself is told of anything.

    `system` is the recording system's name; calls of another one are left alone. Each call is asked about alone, and whatever is
    asked may be asked again, by another replica as well. What is held already is held again at the start and once a day: a
    database that was restored does not know what it was told, and a call may have new versions. `seconds` never goes back.
    """

    def __init__(
        self, door: Door, recorder: Recorder, system: str, seconds: Callable[[], float] = time.monotonic,
        answers: float = ANSWERS,
    ) -> None:  # fmt: skip
        self.door, self.recorder, self.system, self.seconds, self.answers = door, recorder, system, seconds, answers
        self._setbacks = Setbacks(seconds, LONGEST_WAIT)
        self._next_hold = self._next_release = self._next_again = FIRST
        self._again_at = seconds()
        self._letting_go = asyncio.Lock()

    async def tick(self) -> None:
        """Hold again, hold, let go. Raises `DatabaseDown`; and `Unavailable` once everything else was tried."""
        away: Unavailable | None = None
        for step in (self._hold_again, self._hold, self.let_go):
            try:
                await step()
            except Unavailable as error:
                away = error
        if away is not None:
            raise away

    async def before(self, work: Callable[[], Awaitable[None]]) -> None:
        """Let go, then do what that has to come before, whether or not the recording system answered."""
        with suppress(Unavailable):
            await self.let_go()
        await work()

    async def let_go(self) -> None:
        """What no hold keeps any more. Raises `DatabaseDown`, and `Unavailable` once all of it was tried."""
        if not self._is_native():
            return
        async with self._letting_go:
            now, after = self.door.now(), self._next_release
            found, refused = await self.door.database.read(
                lambda store: (
                    store.mirrors.to_release(self.system, now, after, AT_ONCE),
                    store.mirrors.still_held(self.system, now, AT_ONCE),
                )
            )
            self._next_release = _place(found)
            await self._ask([*found, *refused], self.recorder.release, keeping.unmirrored)

    async def _hold(self) -> None:
        if not self._is_native():
            return
        now, after = self.door.now(), self._next_hold
        found = await self.door.database.read(lambda store: store.mirrors.to_hold(self.system, now, after, AT_ONCE))
        self._next_hold = _place(found)
        await self._ask(found, self.recorder.hold, keeping.mirrored)

    async def _hold_again(self) -> None:
        if not self._is_native() or self.seconds() < self._again_at:
            return
        now, after = self.door.now(), self._next_again
        found = await self.door.database.read(lambda store: store.mirrors.held(self.system, now, after, AT_ONCE))
        await self._ask(found, self.recorder.hold, keeping.mirrored)
        self._next_again = _place(found)
        if self._next_again == FIRST:  # that was the last of them
            self._again_at = self.seconds() + DAILY

    def _is_native(self) -> bool:
        return self.recorder.capabilities().hold == "native"

    async def _ask(
        self, found: Sequence[Mirror], asks: Asks, wants: Callable[[str, tuple[int, ...]], Intent[None]]
    ) -> None:
        """Ask about each alone and record what was done; raises `Unavailable` then, if any could not be asked about.

        A recording system that answered nothing about several is away, and is not asked further.
        """
        done, away = defaultdict[str, list[int]](list), list[Unavailable]()
        for first in range(0, len(found), TOGETHER):
            some = found[first : first + TOGETHER]
            answers = await asyncio.gather(*(self._is_done(one, asks) for one in some), return_exceptions=True)
            for one, answer in zip(some, answers, strict=True):
                if isinstance(answer, Unavailable):
                    away.append(answer)
                elif isinstance(answer, BaseException):
                    raise answer
                elif answer:
                    done[one.matter].append(one.recording)
            if all(isinstance(one, Unavailable) for one in answers):
                break
        for matter, recordings in done.items():
            await self.door.enter(wants(matter, tuple(recordings)), CLOCK)
        if away:
            raise away[-1]

    async def _is_done(self, one: Mirror, asks: Asks) -> bool:
        """Also False if there is no such call any more, which the register finds out by itself."""
        there = True

        async def ask() -> None:
            nonlocal there
            try:
                await asyncio.wait_for(asks(one.native_id, one.matter), self.answers)
            except Absent:
                there = False
            except TimeoutError as error:
                raise Unavailable("no_answer") from error

        piece = f"{asks.__name__}:{one.recording}:{one.matter}"
        return await self._setbacks.alone("holds", piece, ask) and there


def _place(found: Sequence[Mirror]) -> tuple[int, str]:
    """Where the next tick goes on: after these, or at the beginning where they were the last."""
    return (found[-1].recording, found[-1].matter) if len(found) == AT_ONCE else FIRST
