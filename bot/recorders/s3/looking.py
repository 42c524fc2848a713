"""One look at a bucket: which folders of it to list, what in them is told, and what is remembered until the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from typing import NamedTuple, TypeVar

from bot.ports import Absent, Gone, Known, Problem, Sighting, Unavailable
from bot.recorders import sidecar
from bot.recorders.s3.asking import READERS, TOO_MANY, Bucket, names_audio
from bot.recorders.s3.audio import Listing, Pair, now
from bot.recorders.tree import media_type, printable, sidecar_of
from storage.columns import folder_of

Finding = Sighting | Problem | Gone
One = TypeVar("One")
Other = TypeVar("Other")
# Emptied by mistake, or another bucket: that many recordings don't vanish by themselves.
_TOO_MANY_GONE = 10
_REST = 19.0  # times as long as a look at everything took, until the next one
_NEWEST = 4  # folders with the newest recordings, which each look lists
_TOGETHER = 256


class Flaw(NamedTuple):
    """What is told of audio that can't be registered, and the stamp of what it was said of."""

    stamp: str
    problem: Problem


@dataclass(frozen=True)
class Cursor:
    """Where the next look begins: everything once `due` (seconds) has come, else the folders that were newest.

    `newest` has when audio was last stored in each folder, `flaws` what is told, by folder and native id, and `hidden` what is told
    of audio that was deleted before the register had it, and whose versions are still there.
    """

    due: float = 0.0
    newest: Mapping[str, float] = field(default_factory=dict)
    flaws: Mapping[str, Mapping[str, Flaw]] = field(default_factory=dict)
    hidden: tuple[Problem, ...] = ()

    def near(self) -> set[str]:
        """The folders that are listed each time, with all above them, where new folders show."""
        last = nlargest(_NEWEST, self.newest, key=lambda one: self.newest[one])
        return {above for one in last for above in _with_those_above(one)} | {""}


class Look:
    """What one look finds. What is told follows from what is listed now and from what is stored, alone."""

    def __init__(
        self, bucket: Bucket, before: Cursor, seconds: Callable[[], float], departments: Collection[str]
    ) -> None:
        self._bucket, self._before, self._seconds, self._departments = bucket, before, seconds, departments
        self._began = seconds()
        self._whole = self._began >= before.due
        self._newest: dict[str, float] = {}
        self._flaws: dict[str, dict[str, Flaw]] = {}
        self._objects = 0
        self._hidden = before.hidden

    async def findings(self, known: Known, watched: Mapping[str, str]) -> AsyncIterator[Finding]:
        """Everything that is told; raises `Unavailable`."""
        waiting = [""] if self._whole else sorted(self._before.near() | await self._otherwise(watched))
        queued, missing = set(waiting), list[str]()
        while waiting:
            listing = await asyncio.to_thread(Listing.read, self._bucket, waiting.pop())
            more = [one for one in listing.folders if one not in queued and self._to_list(one)]
            queued.update(more)
            waiting += more
            stamps = dict(await known.within([listing.prefix]))
            async for finding in self._judged(listing, stamps):
                yield finding
            missing += stamps
        missing += await self._unlisted(known, queued) if self._whole else ()
        for gone in await asyncio.to_thread(self._gone, missing):
            yield gone
        if self._whole:
            self._hidden = await self._never_registered(known)
        for problem in (*self._standing(queued), *self._hidden):
            yield problem

    def _to_list(self, folder: str) -> bool:
        return self._whole or folder not in self._before.newest

    async def _otherwise(self, watched: Mapping[str, str]) -> set[str]:
        """The folders of those that are looked at each time, and are no longer as they were."""
        names = [name for name in watched if names_audio(name)]
        stamps = await asyncio.to_thread(_side_by_side, self._stamp, names)
        return {folder_of(name) for name, stamp in zip(names, stamps, strict=True) if stamp != watched[name]}

    def _stamp(self, name: str) -> str | None:
        """Empty where there is none, None where the bucket doesn't tell: one such object holds up no other."""
        try:
            return now(self._bucket, name).stamp
        except Absent:
            return ""
        except Unavailable:
            return None

    async def _judged(self, listing: Listing, stamps: dict[str, str]) -> AsyncIterator[Finding]:
        """What is told of one folder; those of `stamps` that are left are not there."""
        folder = listing.prefix
        self._objects += listing.objects
        self._newest[folder] = listing.newest
        self._flaws[folder] = {}
        for problem in listing.odd:
            yield problem
        fresh = self._fresh(listing, stamps)
        while batch := list(islice(fresh, _TOGETHER)):
            for finding in await asyncio.to_thread(_side_by_side, self._told, batch):
                if finding is not None:
                    yield finding

    def _fresh(self, listing: Listing, stamps: dict[str, str]) -> Iterator[Pair | tuple[Pair, Problem]]:
        flaws = self._before.flaws.get(listing.prefix, {})
        for one in listing.found():
            pair = one if isinstance(one, Pair) else one[0]
            # What was fixed by writing the same once more has the stamp that it had before.
            if stamps.pop(pair.native_id, None) != pair.stamp or pair.native_id in flaws:
                yield one

    def _told(self, one: Pair | tuple[Pair, Problem]) -> Finding | None:
        pair, finding = (one, self._again(one)) if isinstance(one, Pair) else one
        if isinstance(finding, Problem):
            folder = folder_of(pair.native_id)
            # What could not be read may be readable next time, though nothing has changed.
            stamp = "" if finding.why == "unreadable" else pair.stamp
            self._flaws[folder][pair.native_id] = Flaw(stamp, finding)
        return finding

    def _again(self, pair: Pair) -> Finding | None:
        flaw = self._before.flaws.get(folder_of(pair.native_id), {}).get(pair.native_id)
        return flaw.problem if flaw and flaw.stamp == pair.stamp else self._read(pair)

    def _read(self, pair: Pair) -> Finding | None:
        """None where it is written just now: then the next look tells of it."""
        name, tag = pair.native_id, pair.sidecar.etag if pair.sidecar else ""
        file = sidecar.AudioFile(name, media_type(name), pair.audio.size, pair.stamp, pair.audio.modified)
        try:
            content = self._bucket.content(sidecar_of(name), tag, sidecar.MOST_BYTES + 1)
            return sidecar.sighting(file, content, self._departments)
        except sidecar.MetadataError as error:
            return pair.problem("metadata", str(error))
        except Absent:
            return None
        except Unavailable as error:
            return pair.problem("unreadable", self._unread(sidecar_of(name), error))

    def _unread(self, name: str, error: Unavailable) -> str:
        """What to say of one object that can't be read, where the bucket answers otherwise; raises `Unavailable` where it does not."""
        if error.answer in ("AccessDenied", "InvalidObjectState"):
            return f"{name} can't be read by the bot's account."
        if error.answer in TOO_MANY:
            raise error
        self._bucket.stands()
        return f"{name} can't be read: {error}"

    async def _unlisted(self, known: Known, listed: set[str]) -> list[str]:
        """The calls in folders that are no longer listed; raises `Unavailable` where nothing at all is there."""
        folders = await known.folders()
        held = sum(folders.values())
        if not self._objects and held >= _TOO_MANY_GONE:
            raise Unavailable(
                f"The bucket is empty there but held {held:,} recordings: does RECORDINGS_URL name the right one?"
            )
        lost = folders.keys() - listed
        return list(await known.within(lost)) if lost else []

    def _gone(self, names: list[str]) -> list[Gone]:
        """Those that are not there when they are asked for by themselves."""
        stamps = zip(names, _side_by_side(self._stamp, names), strict=True)
        return [Gone(name, self._bucket.hidden(name) is not None) for name, stamp in stamps if stamp == ""]

    async def _never_registered(self, known: Known) -> tuple[Problem, ...]:
        """Audio that somebody only hid, and of which the register knows nothing, so that it has no moment (P12)."""
        if not self._bucket.known_facts.versions:
            return ()
        hidden = await asyncio.to_thread(self._bucket.all_hidden)
        ever = frozenset(await known.ever(hidden.keys())) if hidden else frozenset()
        words = "{name} was deleted before I had registered it, and its audio is still there: put it back, or delete its versions."
        return tuple(
            Problem(printable(name), words.format(name=printable(name)), "hidden", one.identity, one.size, one.modified)
            for name, one in sorted(hidden.items())
            if name not in ever
        )

    def _standing(self, listed: set[str]) -> Iterator[Problem]:
        """What is still wrong where nothing was listed."""
        if not self._whole:
            for folder in self._before.flaws.keys() - listed:
                self._flaws[folder] = dict(self._before.flaws[folder])
                self._newest.setdefault(folder, self._before.newest.get(folder, 0.0))
                yield from (flaw.problem for flaw in self._flaws[folder].values())

    def cursor(self) -> Cursor:
        """Where the next look may begin, once all that was told is stored."""
        flaws = {folder: found for folder, found in self._flaws.items() if found}
        if not self._whole:
            return Cursor(self._before.due, {**self._before.newest, **self._newest}, flaws, self._hidden)
        ended = self._seconds()
        return Cursor(ended + _REST * (ended - self._began), self._newest, flaws, self._hidden)


def _side_by_side(do: Callable[[One], Other], them: Collection[One]) -> list[Other]:
    if not them:
        return []
    with ThreadPoolExecutor(min(READERS, len(them))) as readers:
        return list(readers.map(do, them))


def _with_those_above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder_of(folder)
