"""One look at a folder of recordings: which folders of it to read, what in them is told, and what is remembered of it."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders.listing import Listing, Mark, Pair, Snag, Times, of_file, recording_stamp, stamp_at, times_at
from bot.recorders.tree import is_inside, name_is_taken, open_root, sidecar_of
from storage.columns import folder_of

Read = Callable[[Pair, str], Sighting | Problem | None]
AN_HOUR = 3600.0  # seconds for which a folder in which something changed is read each time, and until everything is
FOR_EVER = float("inf")
FILES, FOLDERS = 1000, 200  # that are read before the register is asked about them
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is told of a file that can't be used, and the stamp of what it was said of; None for a folder."""

    problem: Problem
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A folder as it was last read: how many files it has, which folders, and what is told of it, by the disk's own name.

    `until` is how long it is read each time, since what was told of it may still be written.
    """

    times: Times
    files: int
    folders: frozenset[str]
    flaws: Mapping[str, Flaw]
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a look ended, once all that it told is stored: a look whose findings could not be leaves nothing behind.

    `whole_at` is when the next look takes in everything.
    """

    seen: Mapping[str, Seen] = field(default_factory=dict)
    whole_at: float = float("-inf")


class Look:
    """What one look does and finds; `read` makes a sighting of a pair at a stamp, and raises `Absent` or `Unavailable`.

    Where it answers None, nothing is told yet, and the folder is read again. Once an hour everything is read. Between that
    the folders in which something changed lately, and the files that may be different all the same.
    """

    def __init__(self, root: str, read: Read, before: Cursor, seconds: Callable[[], float], mark: Mark) -> None:
        self.root, self.before = root, before
        self.now = seconds()
        self.whole = self.now >= before.whole_at
        self.lost: set[str] = set()
        self.missing: list[str] = []
        self._read, self._mark = read, mark
        self._place: Times = ()
        self._waiting: list[str] = []
        self._queued: set[str] = set()
        self._news: dict[str, Seen] = {}
        self._told: list[Problem] = []

    def plan(self, watched: Mapping[str, str]) -> None:
        """Find out which folders to read; raises `Unavailable`."""
        here = open_root(self.root)
        try:
            self._place = _root_place(here)
            wanted = [""] if self.whole else self._folders_to_read(here, watched)
        finally:
            os.close(here)
        for folder in sorted(set(wanted), reverse=True):
            self._queue_folder(folder)

    def _folders_to_read(self, here: int, watched: Mapping[str, str]) -> list[str]:
        changed = [
            folder
            for folder, seen in self.before.seen.items()
            if seen.until > self.now or times_at(here, folder) != seen.times
        ]
        looked_at = {name: known for name, known in watched.items() if is_inside(name)}
        for seen in self.before.seen.values():
            looked_at |= {name: flaw.stamp for name, flaw in seen.flaws.items() if flaw.stamp is not None}
        for name, known in looked_at.items():
            now = stamp_at(here, name)
            if (now and self._mark(name, now)) != known:
                changed.append(folder_of(name))
        return changed

    def _queue_folder(self, folder: str) -> None:
        if folder not in self._queued and (not folder or is_inside(folder)):
            self._queued.add(folder)
            self._waiting.append(folder)

    def folders(self) -> list[Listing]:
        """Return the next of them, read; raises `Unavailable`."""
        found: list[Listing] = []
        while self._waiting and len(found) < FOLDERS and sum(map(len, found)) < FILES:
            listing = Listing(self._waiting.pop())
            try:
                listing.read(self.root)
            except OSError as why:
                self._note_closed_folder(listing, why)
            else:
                self._follow_listing(listing)
                found.append(listing)
        return found

    @property
    def goes_on(self) -> bool:
        """True if folders are left to read."""
        return bool(self._waiting)

    def _note_closed_folder(self, listing: Listing, why: OSError) -> None:
        folder = listing.prefix
        if folder and why.errno in _NO_FOLDER:
            self._lose_folder(folder)
            self._queue_folder(folder_of(folder))  # there it shows what is in its place
            return
        snag, before = listing.unreadable(why), self.before.seen.get(folder)
        self._news[folder] = Seen((), 1, before.folders if before else frozenset(), {folder: Flaw(snag.problem)})
        self._told.append(snag.problem)

    def _follow_listing(self, listing: Listing) -> None:
        """Queue or drop folders, according to what a folder that was read contains."""
        before = self.before.seen.get(listing.prefix)
        for inner in sorted(listing.folders, reverse=True):
            if self.whole or inner not in self.before.seen or inner in self.lost:
                self._queue_folder(inner)
        for inner in before.folders - listing.folders if before else ():
            self._lose_folder(inner)

    def _lose_folder(self, folder: str) -> None:
        self.lost.update((folder, *(one for one in self.before.seen if one.startswith(f"{folder}/"))))

    def judged(self, found: list[Listing], stamps: Mapping[str, str]) -> Iterator[Sighting | Problem]:
        """Yield what is told of folders that were read; `stamps` has what is stored of the calls in them."""
        while self._told:
            yield self._told.pop(0)
        unseen = dict(stamps)
        for listing in found:
            flaws: dict[str, Flaw] = {}
            before = self.before.seen.get(listing.prefix, Seen((), 0, frozenset(), {}))
            hour = self.now + AN_HOUR
            until = hour if before.times not in ((), listing.times) else min(before.until, hour)
            for one in listing.found():
                known = unseen.pop(one.native_id, None)
                if isinstance(one, Snag):
                    problem = replace(one.problem, stamp=one.stamp and self._mark(one.native_id, one.stamp))
                    flaws[one.name] = Flaw(problem, None if one.folder else problem.stamp)
                    yield problem
                elif known != (now := self._mark(one.native_id, recording_stamp(one.audio, one.sidecar))):
                    told = self._read_pair(one, now, before.flaws.get(one.native_id), flaws)
                    until = FOR_EVER if told is None else max(until, hour)
                    yield from () if told is None else (told,)
            self._news[listing.prefix] = Seen(listing.times, len(listing), frozenset(listing.folders), flaws, until)
        self.missing += unseen

    def _read_pair(self, pair: Pair, now: str, flaw: Flaw | None, flaws: dict[str, Flaw]) -> Sighting | Problem | None:
        """Return what is told of a recording that is not the one that is known, by what is there `now`."""
        name = pair.native_id
        try:
            found = flaw.problem if flaw and flaw.stamp == now else self._read(pair, now)
        except (Absent, Unavailable) as error:
            # No stamp is remembered: it may open next time though nothing has changed on the disk.
            now, found = "", of_file(pair, "unreadable", _unreadable_words(name, error))
        if isinstance(found, Problem):
            flaws[name] = Flaw(found, now)
        return found

    def unread(self, known: Iterable[str]) -> set[str]:
        """Return those folders that this look hasn't read."""
        return set(known) - self._news.keys()

    def empty(self) -> bool:
        """Return True if nothing at all is left."""
        return not any(seen.files for seen in self._folders_seen().values())

    def stayed(self) -> None:
        """Raises `Unavailable` where another folder is there by now than at the beginning."""
        here = open_root(self.root)
        try:
            if _root_place(here) != self._place:
                raise Unavailable(f"{self.root} became another folder while it was looked at: was a disk mounted?")
        finally:
            os.close(here)

    def gone(self, names: list[str]) -> Iterator[Gone]:
        """Yield those of these names that don't exist on the disk any more; raises `Unavailable`."""
        for name in names:
            taken = name_is_taken(self.root, name)
            if taken is False:
                yield Gone(name)
            elif taken and (seen := self._news.get(folder_of(name))):
                self._news[folder_of(name)] = replace(seen, until=FOR_EVER)  # it came back since its folder was read

    def standing(self) -> Iterator[Problem]:
        """Yield what is still wrong if nothing was read."""
        for folder, seen in self._folders_seen().items():
            if folder not in self._news:
                yield from (flaw.problem for flaw in seen.flaws.values())

    def _folders_seen(self) -> dict[str, Seen]:
        left = {} if self.whole else {one: seen for one, seen in self.before.seen.items() if one not in self.lost}
        return {**left, **self._news}

    def cursor(self) -> Cursor:
        """Return where the next look may begin once all findings are stored."""
        return Cursor(self._folders_seen(), self.now + AN_HOUR if self.whole else self.before.whole_at)


def _root_place(folder: int) -> Times:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def _unreadable_words(name: str, error: Exception) -> str:
    """Return what to say of metadata that can't be read: that of a disk which fails is no matter of permissions."""
    ours = isinstance(error, Absent) or isinstance(error.__cause__, PermissionError)
    return f"{sidecar_of(name)} can't be read by the bot's account." if ours else str(error)
