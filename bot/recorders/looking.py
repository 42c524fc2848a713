"""One look at a folder of recordings: which folders to read, what is reported of them, and what is remembered."""

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders.listing import Listing, Mark, Pair, Snag, Times, file_problem, recording_stamp, stamp_at, times_at
from bot.recorders.tree import is_inside, name_is_taken, open_root, sidecar_of
from storage.columns import folder_of

Read = Callable[[Pair, str], Sighting | Problem | None]
AN_HOUR = 3600.0  # seconds: a changed folder is read at each look for so long; everything is read once in so long
FOR_EVER = float("inf")
FILES, FOLDERS = 1000, 200  # that are read before the register is asked about them
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


@dataclass(frozen=True, slots=True)
class Flaw:
    """The problem of a file that can't be used, and the stamp at which it was found; None for a folder."""

    problem: Problem
    stamp: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A folder as last read: its times, how many files, which folders, and the problems in it, by the disk's own name.

    Until `until` (seconds) it is read at each look, since its files may still be being written.
    """

    times: Times
    files: int
    folders: frozenset[str]
    flaws: Mapping[str, Flaw]
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a look ended, valid only if all its findings were stored. The next look takes in everything from `whole_at` on."""

    seen: Mapping[str, Seen] = field(default_factory=dict)
    whole_at: float = float("-inf")


class Look:
    """One look at the folder; `before` is where the last one ended.

    `read` reads a recording at a stamp; it raises `Absent` or `Unavailable`.

    If `read` returns None, nothing is reported yet and the folder is read again next time. Everything is read once an
    hour. In between only folders that changed lately are read, and those with files that may have changed unnoticed.
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
        self._read_now: dict[str, Seen] = {}
        self._closed_folders: list[Problem] = []

    def choose_folders(self, watched: Mapping[str, str]) -> None:
        """Choose the folders to read; raises `Unavailable` if the root can't be opened."""
        here = open_root(self.root)
        try:
            self._place = _root_place(here)
            wanted = [""] if self.whole else self._folders_to_read(here, watched)
        finally:
            os.close(here)
        for folder in sorted(set(wanted), reverse=True):
            self._queue_folder(folder)

    def _folders_to_read(self, here: int, watched: Mapping[str, str]) -> list[str]:
        """Return the folders that changed, and those of watched or unusable files whose stamp is another now."""
        changed = [
            folder
            for folder, seen in self.before.seen.items()
            if seen.until > self.now or times_at(here, folder) != seen.times
        ]
        watched_stamps = {name: known for name, known in watched.items() if is_inside(name)}
        for seen in self.before.seen.values():
            watched_stamps |= {name: flaw.stamp for name, flaw in seen.flaws.items() if flaw.stamp is not None}
        for name, known in watched_stamps.items():
            now = stamp_at(here, name)
            if (now and self._mark(name, now)) != known:
                changed.append(folder_of(name))
        return changed

    def _queue_folder(self, folder: str) -> None:
        """Have this folder read as well, once; a name that is hidden or unsafe is passed over."""
        if folder not in self._queued and (not folder or is_inside(folder)):
            self._queued.add(folder)
            self._waiting.append(folder)

    def read_folders(self) -> list[Listing]:
        """Read the next folders and return them; raises `Unavailable`."""
        listings: list[Listing] = []
        while self._waiting and len(listings) < FOLDERS and sum(map(len, listings)) < FILES:
            listing = Listing(self._waiting.pop())
            try:
                listing.read(self.root)
            except OSError as why:
                self._note_closed_folder(listing, why)
            else:
                self._follow_listing(listing)
                listings.append(listing)
        return listings

    @property
    def has_folders_left(self) -> bool:
        """True if folders are left to read."""
        return bool(self._waiting)

    def _note_closed_folder(self, listing: Listing, why: OSError) -> None:
        """Note a folder that is gone, or report one that can't be read."""
        folder = listing.prefix
        if folder and why.errno in _NO_FOLDER:
            self._lose_folder(folder)
            self._queue_folder(folder_of(folder))  # there it shows what is in its place
            return
        snag, before = listing.unreadable(why), self.before.seen.get(folder)
        self._read_now[folder] = Seen((), 1, before.folders if before else frozenset(), {folder: Flaw(snag.problem)})
        self._closed_folders.append(snag.problem)

    def _follow_listing(self, listing: Listing) -> None:
        """Queue the folders inside one that was read, and note those that are gone."""
        before = self.before.seen.get(listing.prefix)
        for inner in sorted(listing.folders, reverse=True):
            if self.whole or inner not in self.before.seen or inner in self.lost:
                self._queue_folder(inner)
        for inner in before.folders - listing.folders if before else ():
            self._lose_folder(inner)

    def _lose_folder(self, folder: str) -> None:
        """Note that a folder is gone, with all that were below it."""
        self.lost.update((folder, *(one for one in self.before.seen if one.startswith(f"{folder}/"))))

    def findings_in(self, listings: list[Listing], stamps: Mapping[str, str]) -> Iterator[Sighting | Problem]:
        """Yield what is new or wrong in folders that were read; `stamps` are the stored ones of the calls in them."""
        while self._closed_folders:
            yield self._closed_folders.pop(0)
        not_seen = dict(stamps)
        for listing in listings:
            flaws: dict[str, Flaw] = {}
            before = self.before.seen.get(listing.prefix, Seen((), 0, frozenset(), {}))
            hour = self.now + AN_HOUR
            # A folder that changed since the last look is read at each look for an hour.
            until = hour if before.times not in ((), listing.times) else min(before.until, hour)
            for one in listing.found():
                known = not_seen.pop(one.native_id, None)
                if isinstance(one, Snag):
                    problem = replace(one.problem, stamp=one.stamp and self._mark(one.native_id, one.stamp))
                    flaws[one.name] = Flaw(problem, None if one.folder else problem.stamp)
                    yield problem
                elif known != (now := self._mark(one.native_id, recording_stamp(one.audio, one.sidecar))):
                    finding = self._read_pair(one, now, before.flaws.get(one.native_id), flaws)
                    until = FOR_EVER if finding is None else max(until, hour)
                    yield from () if finding is None else (finding,)
            self._read_now[listing.prefix] = Seen(listing.times, len(listing), frozenset(listing.folders), flaws, until)
        self.missing += not_seen

    def _read_pair(
        self, pair: Pair, stamp: str, flaw: Flaw | None, flaws: dict[str, Flaw]
    ) -> Sighting | Problem | None:
        """Read a recording whose stamp isn't the stored one; an unchanged problem isn't read again. None if it can't be told yet."""
        name = pair.native_id
        try:
            finding = flaw.problem if flaw and flaw.stamp == stamp else self._read(pair, stamp)
        except (Absent, Unavailable) as error:
            # No stamp is remembered: it may open next time though nothing has changed on the disk.
            stamp, finding = "", file_problem(pair, "unreadable", _unreadable_words(name, error))
        if isinstance(finding, Problem):
            flaws[name] = Flaw(finding, stamp)
        return finding

    def folders_not_read(self, known: Iterable[str]) -> set[str]:
        """Return those folders that this look hasn't read."""
        return set(known) - self._read_now.keys()

    def is_empty(self) -> bool:
        """Return True if nothing at all is left."""
        return not any(seen.files for seen in self._folders_seen().values())

    def require_same_root(self) -> None:
        """Raise `Unavailable` if the root is another folder now than at the beginning."""
        here = open_root(self.root)
        try:
            if _root_place(here) != self._place:
                raise Unavailable(
                    f"{self.root} was replaced by another folder while I was reading it: was a disk mounted?"
                )
        finally:
            os.close(here)

    def confirm_gone(self, names: list[str]) -> Iterator[Gone]:
        """Yield those of these recordings that are no longer on the disk; raises `Unavailable`."""
        for name in names:
            taken = name_is_taken(self.root, name)
            if taken is False:
                yield Gone(name)
            elif taken and (seen := self._read_now.get(folder_of(name))):
                # It came back since its folder was read.
                self._read_now[folder_of(name)] = replace(seen, until=FOR_EVER)

    def earlier_problems(self) -> Iterator[Problem]:
        """Yield the known problems in folders that this look hasn't read."""
        for folder, seen in self._folders_seen().items():
            if folder not in self._read_now:
                yield from (flaw.problem for flaw in seen.flaws.values())

    def _folders_seen(self) -> dict[str, Seen]:
        """Return all folders that exist as far as is known: those read now, and earlier ones that aren't gone."""
        earlier = {} if self.whole else {one: seen for one, seen in self.before.seen.items() if one not in self.lost}
        return {**earlier, **self._read_now}

    def cursor(self) -> Cursor:
        """Return where the next look may begin once all findings are stored."""
        return Cursor(self._folders_seen(), self.now + AN_HOUR if self.whole else self.before.whole_at)


def _root_place(folder: int) -> Times:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def _unreadable_words(name: str, error: Exception) -> str:
    """Return why metadata can't be read: a matter of permissions, or the disk's own error."""
    ours = isinstance(error, Absent) or isinstance(error.__cause__, PermissionError)
    return f"{sidecar_of(name)} can't be read by the bot's account." if ours else str(error)
