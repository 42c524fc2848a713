"""Erases what has had its time: the only place that asks a recording system to delete anything (P12)."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog

from bot.journal import Marks
from bot.measures import Setbacks
from bot.ports import Absent, Changed, HeldBySystem, Recorder, Sought, Unavailable
from bot.retention import mirroring, recording_sync
from handlers.acting import CLOCK, Intent
from handlers.door import Door
from handlers.retention import closing, erasing, guard
from handlers.retention.erasing import UNDER_WAY, DueErasure, Proof, Trouble
from storage.database.store import Store

log = structlog.get_logger()
T = TypeVar("T")
AT_ONCE = 200  # calls that are closed or released with one read; the next read follows at once
TOGETHER = 200  # erasures that share a look at the whole recording system, which takes as long for one as for all
LONGEST_WAIT = 900.0  # seconds until what failed is tried again, at most
NIGHT = range(1, 5)  # hours of the company's home line in which a large database is rewritten
FOR_ADMINISTRATOR = ("room", "full")
"""Faults that the administrator has to fix; all others pass on their own."""


@dataclass(frozen=True, slots=True)
class _Deleted:
    """A call that the recorder says it has deleted, what a look must not find any more, and when it answered (aware)."""

    one: DueErasure
    sought: Sought
    answered: datetime


class Erasing:
    """The clock's work on calls whose time is up: close them, release them, erase them.

    `elsewhere` returns the marks of calls that were erased without a certificate in this database (it was restored).
    Calls in another system than `system` are closed but never erased: this recorder can't tell whether they are gone.
    """

    def __init__(
        self,
        door: Door,
        recorder: Recorder,
        system: str,
        marks: Marks,
        elsewhere: Callable[[], AbstractSet[str]] = frozenset,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.door, self.recorder, self.system, self.marks = door, recorder, system, marks
        self.returned = mirroring.ReturnedCalls(door, recorder, system, marks, elsewhere).among
        self._not_there = set[str]()  # kept erasures whose audio is gone all the same
        # Its `alone` does one piece of work, logs a fault and puts the next try off, and returns True if it was done.
        self._setbacks = Setbacks(seconds, LONGEST_WAIT)
        self._apart = set[str]()  # erasures to try one by one, since trying them together failed
        self._rewriter = FileRewriter(door)

    def overwritten(self) -> None:
        """Note that data was wiped, so that the database's file must be rewritten."""
        self._rewriter.note()

    async def tick(self) -> datetime | None:
        """Do everything that is due, unless the guard pauses it first. A failed step is tried again and delays no other.

        Returns when the next call is due, unless the log grows earlier. Raises `DatabaseDown`.
        """
        now = self.door.now()
        for step in (
            self._reopen_calls, self._close, self._end_keeps, self._forget_gone, self._pause_unsafe, self._erase_due, self._note_kept, self._report_late,
            self._rewrite_file,
        ):  # fmt: skip
            await self._setbacks.alone("erasures", step.__name__, step)
        return self._setbacks.again(await self.door.database.read(lambda store: store.erasures.next_look(now)))

    async def _reopen_calls(self) -> None:
        """Reopen calls that were closed too early, since their start or the clock was corrected."""
        await self._enter_each(lambda now, store: store.erasures.to_reopen(now, AT_ONCE), closing.reopen_call)

    async def _close(self) -> None:
        """Close calls whose time is up: no one can hear them any more, and their erasure begins."""
        await self._enter_each(lambda now, store: store.erasures.to_close(now, AT_ONCE), closing.close_call)

    async def _end_keeps(self) -> None:
        """End what has kept closed calls, such as a request that is over, so that they are erased."""
        await self._enter_each(lambda now, store: store.erasures.over(now, AT_ONCE), lambda one: closing.end_keep(*one))

    async def _forget_gone(self) -> None:
        """Forget vanished calls whose time is up, and close those whose audio is only hidden."""
        last: list[tuple[int, str, str]] = []
        while found := await self.door.database.read(partial(_to_forget, now=self.door.now())):
            if found == last:
                return
            intents = [await self._forget_or_close(*one) for one in found]
            await self._enter_side_by_side(one for one in intents if one is not None)
            last = found

    async def _forget_or_close(self, recording: int, system: str, native_id: str) -> Intent[None] | None:
        """Return how to forget a vanished call, or to close one that is only hidden; None if the recorder can't tell now."""
        try:
            if system == self.system:
                await self.recorder.audio(native_id)
                return closing.close_call(recording, hidden=True)
        except Unavailable:
            return None
        except Absent:
            pass
        self.overwritten()
        return closing.forget_vanished_call(recording)

    async def _erase_due(self) -> None:
        """Erase what is due, many at once; if that fails, each of them is tried alone from then on."""
        tried = set[str]()
        while due := [one for one in await self._find_due() if one not in tried]:
            tried.update(due)
            together = [one for one in due if one not in self._apart]
            if together and not await self._setbacks.alone(
                "erasures", f"with {together[0]}", partial(self.erase, together)
            ):
                self._apart.update(together)  # whichever of them it was, each is tried alone when it is due again
            for one in self._apart.intersection(due).difference(together):
                await self._setbacks.alone("erasures", one, partial(self._erase_apart, one))

    async def _erase_apart(self, erasure: str) -> None:
        """Erase one call alone, outside any batch; later it may be erased with others again."""
        await self.erase((erasure,))
        self._apart.discard(erasure)

    async def _pause_unsafe(self) -> None:
        """Pause what isn't safe to erase until the Head decides.

        `ask_guard` checks again just before erasing, so nothing unsafe is erased if this fails.
        """
        now, policy, sealer = self.door.now(), self.door.policy, self.door.keys.log_seal

        def judge(store: Store) -> tuple[guard.Judged, bool]:
            judged = guard.judge_erasures(store, policy, now, sealer)
            return judged, judged.pause is not None and not store.pauses.has_audio_left(judged.pause.id)

        judged, is_new = await self.door.database.read(judge)
        if judged.pause is not None and (judged.needs_change or is_new):
            await self._enter_alone(guard.follow_pause(judged.pause.id))
        elif judged.pause is None and judged.erasures:
            log.warning("erasure.paused", number=len(judged.erasures), causes=judged.causes)
            await self._enter_alone(guard.pause_erasures())

    async def _rewrite_file(self) -> None:
        """Rewrite the database's file if data was wiped and it is time to."""
        await self._rewriter.tick()

    async def erase(self, erasures: Iterable[str]) -> None:
        """Erase these calls, unless something keeps or pauses them.

        Steps: read each call's audio, ask the guard, delete each unless it is kept by now, check by another way that nothing
        is left, certify.
        """
        taken = await self.door.enter(erasing.take_erasures(tuple(erasures)), CLOCK)
        sought = {one.erasure: target for one in taken if (target := await self._read_target(one)) is not None}
        safe = await self.door.enter(erasing.ask_guard(tuple(sought)), CLOCK)
        if allowed := [one for one in taken if one.erasure in safe]:
            deleted = [
                deletion
                for one in allowed
                if (deletion := await self._delete_one(one, sought[one.erasure])) is not None
            ]
            await self._certify_erased(deleted)

    async def _note_kept(self) -> None:
        """Take back deletion requests for calls that something keeps by now and that are still there, unchanged."""
        now, least = self.door.now(), self.door.now() - UNDER_WAY
        found = await self.door.database.read(lambda store: store.erasures.staying(self.system, least, now, AT_ONCE))
        for erasure, native_id, stamp in found:
            if erasure not in self._not_there and await self._is_there(erasure, native_id, stamp):
                await self._enter_alone(erasing.undo_asking(erasure))

    async def _is_there(self, erasure: str, native_id: str, stamp: str) -> bool:
        """Return True if the call is still there unchanged; False also while the recorder can't tell."""
        try:
            return (await self.recorder.audio(native_id)).stamp == stamp
        except Absent:
            self._not_there.add(erasure)
        except Unavailable as error:
            log.warning("erasure.not_taken_back", why=str(error))
        return False

    async def _certify_erased(self, deleted: Sequence[_Deleted]) -> None:
        """Look for remains of the deleted calls, and certify each call that has none."""
        if not deleted:
            return
        try:
            left = await self.recorder.look([one.sought for one in deleted])
        except Unavailable:
            await self._enter_side_by_side([erasing.note_failure(one.one.erasure, "unavailable") for one in deleted])
            return
        await self._enter_side_by_side(self._outcome_of(one, left) for one in deleted)
        self.overwritten()

    async def _find_due(self) -> list[str]:
        """Return the ids of erasures that are due now and that nothing keeps or pauses."""
        now = self.door.now()
        return await self.door.database.read(lambda store: store.erasures.due(self.system, now, TOGETHER))

    async def _enter_each(self, find: Callable[[datetime, Store], list[T]], wants: Callable[[T], Intent[None]]) -> None:
        """Store what `wants` makes of each row that `find` returns, until none is left or the rows stay the same."""
        last: list[T] = []
        while True:
            found = await self.door.database.read(partial(find, self.door.now()))
            if not found or found == last:
                return
            await self._enter_side_by_side(map(wants, found))
            last = found

    async def _enter_side_by_side(self, intents: Iterable[Intent[None]]) -> None:
        """Enter these side by side, so that they share commits; one that fails doesn't hold up the others."""
        for error in await asyncio.gather(*map(self._enter_alone, intents), return_exceptions=True):
            if isinstance(error, BaseException):
                raise error

    async def _enter_alone(self, intent: Intent[None]) -> None:
        """Have the door do this in a transaction of its own; a fault is logged and delays nothing else."""
        piece = f"{intent.action}:{intent.subject}"
        await self._setbacks.alone("erasures", piece, partial(self.door.enter, intent, CLOCK))

    async def _read_target(self, one: DueErasure) -> Sought | None:
        """Return what a look must not find after deleting; None if it can't be deleted now, which is stored."""
        if one.gone and one.returned and await self._is_lost(one):  # another call has its name
            await self._enter_alone(erasing.note_vanished(one.erasure))
            return None
        try:
            audio = await recording_sync.audio_digest(self.recorder, one.native_id, one.stamp)
            size = 0 if await mirroring.has_no_sound(self.recorder, one.native_id, one.size) else one.size
        except (Absent, Unavailable) as error:
            absent = isinstance(error, Absent) and not isinstance(error, Changed)
            # It was there when we asked before, so it was we who deleted it; or it was erased once, and versions may be left.
            if absent and (one.audio or one.known_again or one.returned):
                return Sought(one.native_id, one.size if one.size > mirroring.LARGEST_HEAD else 0, one.audio)
            # If its disappearance wasn't seen, a look that finds nothing would prove nothing.
            await self._note_failure(one, error, gone=absent and one.gone)
            return None
        return Sought(one.native_id, size, audio)

    async def _is_lost(self, one: DueErasure) -> bool:
        """Return True if the recorder kept no copy of the overwritten audio; False while it can't say."""
        try:
            with suppress(Unavailable):
                await self.recorder.audio(one.native_id)
        except Absent:
            return True
        return False

    async def _delete_one(self, one: DueErasure, sought: Sought) -> _Deleted | None:
        """Delete one call; None if something came to keep it, or the recorder failed, which is recorded."""
        if not await self.door.enter(erasing.send_delete(one.erasure, sought.audio), CLOCK):
            return None
        try:
            await self.recorder.delete(one.native_id, one.stamp)
        except Changed as error:
            if not one.audio:
                await self._enter_alone(erasing.undo_asking(one.erasure))
            await self._note_failure(one, error)
            return None
        except (HeldBySystem, Unavailable) as error:
            await self._note_failure(one, error)
            return None
        return _Deleted(one, sought, self.door.now())

    async def _note_failure(self, one: DueErasure, error: Exception, *, gone: bool = False) -> None:
        """Store and log why this call couldn't be erased; if it is `gone`, that it vanished."""
        trouble = _trouble_word(error)
        log.warning("erasure.failed", erasure=one.erasure, why=trouble)
        until = error.until if isinstance(error, HeldBySystem) else None
        await self._enter_alone(
            erasing.note_vanished(one.erasure) if gone else erasing.note_failure(one.erasure, trouble, until=until)
        )

    def _outcome_of(self, done: _Deleted, left: Mapping[str, tuple[str, ...]]) -> Intent[None]:
        """Return the outcome to store: the failure if anything is `left` (names, by native id), else a certificate.

        A returned call that went on its own has vanished.
        """
        one, remains = done.one, left.get(done.one.native_id, ())
        if remains:
            log.warning("erasure.left", erasure=one.erasure, number=len(remains))
            return erasing.note_failure(one.erasure, "left", len(remains))
        if one.returned and not done.sought.audio:  # it vanished on its own: nothing to certify besides what was before
            return erasing.note_vanished(one.erasure)
        able, audio = self.recorder.capabilities(), self.marks.of(done.sought.audio)
        native = self.marks.of_call(one.native_id, one.started)
        size = self.marks.of_size(done.sought.size) if audio else ""
        return erasing.certify_erased(one.erasure, Proof(done.answered, able.how, able.unseen, native, audio, size))

    async def _report_late(self) -> None:
        """Report the first late erasure; the deadline that this sets leads to later reports."""
        now, minutes = self.door.now(), self.door.policy.retention.most_minutes_late
        since = now - timedelta(minutes=minutes)

        def is_unreported(store: Store) -> bool:
            return store.deadlines.coming("retention.late", "") is None and bool(store.erasures.late(since, now))

        if await self.door.database.read(is_unreported):
            await self._enter_alone(erasing.warn_of_late())


def _to_forget(store: Store, now: datetime) -> list[tuple[int, str, str]]:
    """Return vanished calls whose time is up: the id, the recording system, and the name there."""
    return store.erasures.to_forget(now, AT_ONCE)


def _trouble_word(error: Exception) -> Trouble:
    """Return the word under which a failure to delete is stored."""
    match error:
        case HeldBySystem():
            return "retained" if error.until else "held"
        case Changed():
            return "changed"
        case Absent():
            return "absent"
        case _:
            return "unavailable"


class FileRewriter:
    """Rewrites the database file after personal data was wiped, so that nothing can be recovered from free pages.

    A small file is rewritten soon, a large one at night. It tries once an hour at most, and at night only once, since all
    others have to wait before they can write.
    """

    def __init__(self, door: Door) -> None:
        self.door = door
        self._due = True  # True while the file may still hold wiped data
        self._tried: datetime | None = None
        self._night: date | None = None

    def note(self) -> None:
        """Note that data was wiped, so that the file is rewritten."""
        self._due = True

    async def tick(self) -> None:
        """Rewrite the file if data was wiped and it is time to. Raises `DatabaseDown`."""
        now = self.door.policy.company_time(self.door.now())
        hour, calm = now.replace(minute=0, second=0, microsecond=0), now.hour in NIGHT and self._night != now.date()
        if not self._due or hour == self._tried:
            return
        self._tried, self._night = hour, now.date() if calm else self._night
        done = await self.door.database.forget(calm=calm)
        self._due = not done.rewritten or done.why == "used"
        if done.why not in ("", "large"):
            (log.warning if done.why in FOR_ADMINISTRATOR else log.info)("database.not_rewritten", why=done.why)
