"""Has the recording system keep the calls that a hold keeps, and release them afterwards, so that no one deletes them there (P12)."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, TypeVar

from bot.journal import Marks
from bot.measures import NEXT_TICK, Setbacks
from bot.ports import Absent, Recorder, Sighting, Unavailable
from bot.retention.recording_sync import audio_digest, row_of
from handlers import keeping
from handlers.acting import CLOCK, Intent
from handlers.door import Door
from handlers.retention import closing
from handlers.retention.closing import Found
from storage.holds import FIRST, Mirror

T = TypeVar("T")
AT_ONCE = 500  # calls for which one tick asks to hold, and to release
TOGETHER = 4  # requests side by side
ANSWERS = 60.0  # seconds in which the recording system has to answer
LONGEST_WAIT = 300.0  # seconds until a call that failed is tried again
DAILY = 86_400.0  # seconds until it is asked again to hold every call
Asks = Callable[[str, str], Awaitable[None]]


class Mirroring:
    """One part of a tick. Only a recording system that can hold calls itself is asked.

    `system` is the recording system's name; calls of another one are left alone. Each call is asked about alone, and
    any request may be repeated, by another replica as well. Held calls are held again at the start and once a day: a
    restored database doesn't know what was asked before, and a call may have new versions. `seconds` never goes back.
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

    async def tick(self) -> datetime | None:
        """Hold again, hold and release calls; return `NEXT_TICK` if some are left or failed lately, else None.

        Raises `DatabaseDown`, and `Unavailable` once everything was tried.
        """
        away: Unavailable | None = None
        for step in (self._hold_again, self._ask_to_hold, self.release_calls):
            try:
                await step()
            except Unavailable as error:
                away = error
        if away is not None:
            raise away
        places = (self._next_hold, self._next_release, self._next_again)
        return self._setbacks.again(None if set(places) == {FIRST} else NEXT_TICK)

    async def release_before(self, work: Callable[[], Awaitable[T]]) -> T:
        """Release calls no longer held, then run `work`, even if the recording system didn't answer."""
        with suppress(Unavailable):
            await self.release_calls()
        return await work()

    async def release_calls(self) -> None:
        """Release calls that no hold keeps any more. Raises `DatabaseDown`, and `Unavailable` after all were tried."""
        if not self._is_native():
            return
        async with self._letting_go:
            now, after = self.door.now(), self._next_release
            found, still_held = await self.door.database.read(
                lambda store: (
                    store.mirrors.to_release(self.system, now, after, AT_ONCE),
                    store.mirrors.still_held(self.system, now, AT_ONCE),
                )
            )
            self._next_release = _next_place(found)
            await self._ask_recorder([*found, *still_held], self.recorder.release, keeping.note_unmirrored)

    async def _ask_to_hold(self) -> None:
        """Ask the recording system to hold the calls that a hold keeps and that it doesn't hold yet."""
        if not self._is_native():
            return
        now, after = self.door.now(), self._next_hold
        found = await self.door.database.read(lambda store: store.mirrors.to_hold(self.system, now, after, AT_ONCE))
        self._next_hold = _next_place(found)
        await self._ask_recorder(found, self.recorder.hold, keeping.note_mirrored)

    async def _hold_again(self) -> None:
        """Ask the recording system once a day to hold again all the calls that it should hold; see the class for why."""
        if not self._is_native() or self.seconds() < self._again_at:
            return
        now, after = self.door.now(), self._next_again
        found = await self.door.database.read(lambda store: store.mirrors.held(self.system, now, after, AT_ONCE))
        await self._ask_recorder(found, self.recorder.hold, keeping.note_mirrored)
        self._next_again = _next_place(found)
        if self._next_again == FIRST:  # that was the last of them
            self._again_at = self.seconds() + DAILY

    def _is_native(self) -> bool:
        """Return True if the recording system itself can keep a call from being deleted."""
        return self.recorder.capabilities().hold == "native"

    async def _ask_recorder(
        self, calls: Sequence[Mirror], asks: Asks, wants: Callable[[str, tuple[int, ...]], Intent[None]]
    ) -> None:
        """Ask for each call separately, and store what was done.

        `asks` is the recorder's `hold` or `release`, and `wants` makes what to store of a matter and its calls. Raises
        `Unavailable` after that if any request failed. If several at once got no answer, the system counts as down and the
        rest isn't tried.
        """
        done, failures = defaultdict[str, list[int]](list), list[Unavailable]()
        for first in range(0, len(calls), TOGETHER):
            batch = calls[first : first + TOGETHER]
            answers = await asyncio.gather(*(self._is_done(one, asks) for one in batch), return_exceptions=True)
            for one, answer in zip(batch, answers, strict=True):
                if isinstance(answer, Unavailable):
                    failures.append(answer)
                elif isinstance(answer, BaseException):
                    raise answer
                elif answer:
                    done[one.matter].append(one.recording)
            if all(isinstance(one, Unavailable) for one in answers):
                break
        for matter, recordings in done.items():
            await self.door.enter(wants(matter, tuple(recordings)), CLOCK)
        if failures:
            raise failures[-1]

    async def _is_done(self, one: Mirror, asks: Asks) -> bool:
        """Ask for one call; return True if it was done. False also if the call is gone, which the register finds out itself."""
        exists = True

        async def ask() -> None:
            nonlocal exists
            try:
                await asyncio.wait_for(asks(one.native_id, one.matter), self.answers)
            except Absent:
                exists = False
            except TimeoutError as error:
                raise Unavailable("no_answer") from error

        piece = f"{asks.__name__}:{one.recording}:{one.matter}"
        return await self._setbacks.alone("holds", piece, ask) and exists


def _next_place(calls: Sequence[Mirror]) -> tuple[int, str]:
    """Return where the next tick continues: after these, or at the beginning if they were the last."""
    return (calls[-1].recording, calls[-1].matter) if len(calls) == AT_ONCE else FIRST


LARGEST_HEAD = 80
"""Bytes of the largest head that a WAV file has before its first sample: 44 of PCM, 58 with a fact chunk, 80 of the extensible form."""


class Recognised(NamedTuple):
    """The native ids of calls with audio that was erased before, and of those that can't be read now and might have it."""

    erased: set[str]
    unread: set[str]


class ReturnedCalls:
    """Recognises erased calls that are back in the recording system, before they are registered as new calls.

    `elsewhere` as in `Erasing`. Sizes too are kept as keyed hashes, so only audio of the same size as erased audio is read.
    """

    def __init__(
        self, door: Door, recorder: Recorder, system: str, marks: Marks, elsewhere: Callable[[], AbstractSet[str]]
    ) -> None:
        self.door, self.recorder, self.system, self.marks, self.elsewhere = door, recorder, system, marks, elsewhere

    async def among(self, sightings: Sequence[Sighting]) -> Recognised:
        """Return which of these calls were erased before; they are erased again. Raises `DatabaseDown`.

        A call is recognised by its name and start, or else by its audio.
        """
        named = await self._known_by_name(sightings)
        others = [one for one in sightings if one.native_id not in named]
        by_audio = await self._known_by_size(others)
        if by_audio.erased:
            await self._store_recognised([one for one in others if one.native_id in by_audio.erased])
        return Recognised(by_audio.erased | named, by_audio.unread)

    async def _store_recognised(self, sightings: Sequence[Sighting]) -> None:
        """Register these calls only to be erased again."""
        rows = [row_of(self.door.policy, one) for one in sightings]
        await self.door.enter(closing.register_recognised(self.system, rows), CLOCK)

    async def _known_by_name(self, sightings: Sequence[Sighting]) -> set[str]:
        """Return the native ids of calls whose name and start were erased before, and have them erased again."""
        marked = {self.marks.of_call(one.native_id, one.started): one for one in sightings}
        known = await self.door.database.read(lambda store: store.erasures.known(marked))
        others = (self.elsewhere() & marked.keys()) - known.keys()
        if others:
            await self._store_recognised([marked[mark] for mark in others])
        if known:
            shown = {
                known[mark]: Found(one.native_id, one.stamp, one.size) for mark, one in marked.items() if mark in known
            }
            await self.door.enter(closing.erase_returned(shown), CLOCK)
        return {marked[mark].native_id for mark in others.union(known)}

    async def _known_by_size(self, sightings: Sequence[Sighting]) -> Recognised:
        """Compare the audio of the calls that are as large as erased audio."""
        sizes: dict[str, str] = {one.native_id: self.marks.of_size(one.size) for one in sightings}
        known = await self.door.database.read(lambda store: store.erasures.sizes({*sizes.values()} - {""}))
        known |= self.elsewhere()
        recognised = Recognised(set(), set())
        for one in sightings:
            if sizes[one.native_id] in known:
                await self._compare_audio(one, recognised)
        return recognised

    async def _compare_audio(self, one: Sighting, recognised: Recognised) -> None:
        """Add the call to `recognised` if its audio was erased before, or can't be read now."""
        try:
            if await has_no_sound(self.recorder, one.native_id, one.size):
                return
            audio = await audio_digest(self.recorder, one.native_id, one.stamp)
        except (Absent, Unavailable):  # what can't be told from erased audio is no call yet
            recognised.unread.add(one.native_id)
            return
        mark = self.marks.of(audio)
        if mark in self.elsewhere() or await self.door.database.read(lambda store: store.erasures.of_audio(mark)):
            recognised.erased.add(one.native_id)


async def has_no_sound(recorder: Recorder, native_id: str, size: int) -> bool:
    """Return True if the file is only the head of a WAV file without any sound; larger files aren't read.

    Raises `Absent` and `Unavailable`.
    """
    if size > LARGEST_HEAD or not native_id.lower().endswith(".wav"):
        return False
    head = await (await recorder.audio(native_id)).read(0, size)
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"
