"""One look at a folder of recordings: which folders of it to read, what in them is told, and what is remembered of it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import structlog

from bot.ports import Absent, Gone, Problem, Sighting, Unavailable
from bot.recorders.cursor import Cursor, Flaw, Fresh, Seen, Trust
from bot.recorders.listing import Listing, Mark, Pair, Snag, Times, of_file, stamp, stamp_at, times_at
from bot.recorders.tree import inside, open_root, sidecar_of, stands
from storage.columns import folder_of

log = structlog.get_logger()
Read = Callable[[Pair, str], Sighting | Problem | None]
ONCE_MORE = 3.0  # seconds: no file system that is worth its name has coarser times
AN_HOUR = 3600.0  # seconds for which what was told may still be written
MOST_FRESH = 500
FILES, FOLDERS = 1000, 200  # that are read before the register is asked about them
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class Look:
    """What one look does and finds; `read` makes a sighting of a pair at a stamp, and raises `Absent` or `Unavailable`.

    Where it answers None, nothing is told yet, and whoever reads sees to it that there is another look.

    What is remembered says which folders are read. What is told follows from the disk and from what is stored, alone.
    """

    def __init__(self, root: str, read: Read, before: Cursor, seconds: Callable[[], float], mark: Mark) -> None:
        self.root, self.before, self.tree = root, before, before.tree
        self.now = seconds()
        self.whole = before.whole or before.trust != "proven"
        self.lost: set[str] = set()
        self.missing: list[str] = []
        self._read, self._seconds, self._mark = read, seconds, mark
        self._place: Times = ()
        self._waiting: list[str] = []
        self._queued: set[str] = set()
        self._news: dict[str, Seen | None] = {}
        self._told: list[Problem] = []
        self._glanced: list[str] = []
        self._owed = 0.0
        self._again: dict[str, float] = {}
        self._fresh = {name: one for name, one in before.fresh.items() if one.until > self.now}
        self._proof = self._lie = self._set_back = self._opened = False

    def plan(self, watched: Mapping[str, str]) -> None:
        """Find out which folders are to be read; raises `Unavailable`."""
        here = open_root(self.root)
        try:
            self._place = _place(here)
            wanted = [""] if self.whole else self._wanted(here, watched)
        finally:
            os.close(here)
        for folder in sorted(set(wanted), reverse=True):
            self._queue(folder)

    def _wanted(self, here: int, watched: Mapping[str, str]) -> list[str]:
        share, self._owed = self.before.share(self.now)
        self._glanced = self.tree.near()
        changed = [
            one for one in self._glanced if one in self.tree.seen and times_at(here, one) != self.tree.seen[one].times
        ]
        again = [folder for folder, due in self.before.again.items() if due <= self.now]
        return [*share, *changed, *again, *(folder_of(name) for name in self._otherwise(here, watched))]

    def _otherwise(self, here: int, watched: Mapping[str, str]) -> Iterator[str]:
        """Names of those that are looked at each time, and are no longer as they were."""
        flaws = [one for folder in self.tree.flawed for one in self.tree.seen[folder].flaws.values() if not one.folder]
        as_known = [(name, known) for name, known in watched.items() if inside(name)]
        as_known += [(name, one.stamp) for name, one in self._fresh.items()]
        for name, known in [*as_known, *((one.name, one.stamp) for one in flaws)]:
            now = stamp_at(here, name)
            if (now and self._mark(name, now)) != known:
                yield name

    def _queue(self, folder: str) -> None:
        if folder not in self._queued and (not folder or inside(folder)):
            self._queued.add(folder)
            self._waiting.append(folder)

    def folders(self) -> list[Listing]:
        """The next of them, read; raises `Unavailable`."""
        found: list[Listing] = []
        while self._waiting and len(found) < FOLDERS and sum(map(len, found)) < FILES:
            listing = Listing(self._waiting.pop())
            try:
                listing.read(self.root)
            except OSError as why:
                self._closed(listing, why)
            else:
                self._weigh(listing)
                found.append(listing)
        return found

    @property
    def goes_on(self) -> bool:
        """Whether there are folders left to be read."""
        return bool(self._waiting)

    def _closed(self, listing: Listing, why: OSError) -> None:
        folder = listing.prefix
        if folder and why.errno in _NO_FOLDER:
            self.lost.update(self.tree.below(folder))
            self._queue(folder_of(folder))  # there it shows what stands in its place
            return
        snag, before = listing.unreadable(why), self.tree.seen.get(folder)
        flaws = {folder: Flaw(snag.problem, folder, "", folder=True)}
        self._news[folder] = Seen((), 0, 1, before.folders if before else {}, flaws)
        self._again[folder] = self.now
        self._told.append(snag.problem)

    def _weigh(self, listing: Listing) -> None:
        """What a folder that was read means for others: those in it that are new or gone, and whether times tell."""
        folder, before = listing.prefix, self.tree.seen.get(listing.prefix)
        known = before.folders if before else {}
        for inner, inode in sorted(listing.folders.items(), reverse=True):
            if self.whole or known.get(inner) != inode or inner not in self.tree.seen or inner in self.lost:
                self._queue(inner)
        for inner in known.keys() - listing.folders.keys():
            self.lost.update(self.tree.below(inner))
        due = self.before.again.get(folder, 0.0)
        if before is None or before.times != listing.times or not listing.steady:
            self._again[folder] = self._seconds() + ONCE_MORE
        elif due > self.now:
            self._again[folder] = due
        if before is None or not before.times:
            self._proof |= listing.tells()
            return
        self._set_back |= listing.times[1] < before.times[1]
        if listing.names != before.names:
            self._proof |= listing.times != before.times
            self._lie |= listing.times == before.times and listing.steady and folder not in self.before.again

    def judged(self, found: list[Listing], stamps: Mapping[str, str]) -> Iterator[Sighting | Problem]:
        """What is told of folders that were read; `stamps` has what is stored of the calls in them."""
        while self._told:
            yield self._told.pop(0)
        unseen = dict(stamps)
        for listing in found:
            flaws: dict[str, Flaw] = {}
            before = self.tree.seen.get(listing.prefix)
            for one in listing.found():
                known = unseen.pop(one.native_id, None)
                if isinstance(one, Snag):
                    problem = self._marked(one)
                    flaws[one.native_id] = Flaw(problem, one.name, problem.stamp, one.folder)
                    yield problem
                else:
                    yield from self._judged(one, known, before.flaws if before else {}, flaws)
            now = Seen(listing.times, listing.names, len(listing), listing.folders, flaws)
            self._news[listing.prefix] = now
            self._opened |= before is not None and not _shut(before) <= _shut(now)
            for name in flaws:
                self._fresh.pop(name, None)
        self.missing += unseen

    def _marked(self, snag: Snag) -> Problem:
        return replace(snag.problem, stamp=snag.stamp and self._mark(snag.native_id, snag.stamp))

    def _judged(
        self, pair: Pair, known: str | None, before: Mapping[str, Flaw], flaws: dict[str, Flaw]
    ) -> Iterator[Sighting | Problem]:
        name = pair.native_id
        now = self._mark(name, stamp(pair.audio, pair.sidecar))
        if known == now:
            return
        flaw = before.get(name)
        try:
            found = flaw.problem if flaw and flaw.stamp == now else self._read(pair, now)
        except (Absent, Unavailable) as error:
            # No stamp is remembered: it may open next time though nothing has changed on the disk.
            now, found = "", of_file(pair, "unreadable", _unread(name, error))
        if found is None:
            return
        if isinstance(found, Problem):
            flaws[name] = Flaw(found, name, now)
        else:
            changed = max(one.st_ctime_ns for one in (pair.audio, pair.sidecar) if one)
            self._fresh[name] = Fresh(now, self.now + AN_HOUR, changed)
            if len(self._fresh) > 4 * MOST_FRESH:
                self._fresh = _latest(self._fresh)
        yield found

    def unread(self, known: Iterable[str]) -> set[str]:
        """Those of the folders that nobody has read in this look, of which everything is read."""
        return set(known) - self._news.keys()

    def empty(self) -> bool:
        """Whether nothing at all is left."""
        left = 0 if self.whole else self.tree.files
        for folder, now in self._afterwards().items():
            before = None if self.whole else self.tree.seen.get(folder)
            left += (now.files if now else 0) - (before.files if before else 0)
        return left == 0

    def stayed(self) -> None:
        """Raises `Unavailable` where another folder stands there by now than at the beginning."""
        here = open_root(self.root)
        try:
            if _place(here) != self._place:
                raise Unavailable(f"{self.root} became another folder while it was looked at: was a disk mounted?")
        finally:
            os.close(here)

    def gone(self, names: list[str]) -> Iterator[Gone]:
        """Those of the names that nothing has on the disk by now; raises `Unavailable`."""
        for name in names:
            match stands(self.root, name):
                case True:
                    self._again[folder_of(name)] = self.now
                case False:
                    self._fresh.pop(name, None)
                    yield Gone(name)

    def standing(self) -> Iterator[Problem]:
        """What is still wrong where nothing was read."""
        self._news = self._afterwards()
        for folder in self.tree.flawed - self._news.keys():
            for flaw in self.tree.seen[folder].flaws.values():
                yield flaw.problem

    def _afterwards(self) -> dict[str, Seen | None]:
        left = self.lost | (self.tree.seen.keys() - self._news.keys() if self.whole else set())
        gone: dict[str, Seen | None] = dict.fromkeys(left)
        return gone | self._news

    def cursor(self) -> Cursor:
        """Where the next look may begin once all that was told is stored."""
        later = {one: due for one, due in self.before.again.items() if one not in self._queued}
        return Cursor(
            self.tree, self.now, self._owed, self._trust(), self._news, self._glanced, later | self._again,
            _latest(self._fresh), self._opened,
        )  # fmt: skip

    def _trust(self) -> Trust:
        if self._lie and self.before.trust != "lied":
            log.warning("recordings.look_at_all", why="a folder's entries changed and its times did not")
        if self._lie or self.before.trust == "lied":
            return "lied"
        if self._set_back:
            return "unproven"
        return "proven" if self._proof else self.before.trust


def _place(folder: int) -> Times:
    found = os.fstat(folder)
    return found.st_dev, found.st_ino


def _unread(name: str, error: Exception) -> str:
    """What to say of metadata that can't be read: that of a disk which fails is no matter of permissions."""
    ours = isinstance(error, Absent) or isinstance(error.__cause__, PermissionError)
    return f"{sidecar_of(name)} can't be read by the bot's account." if ours else str(error)


def _shut(seen: Seen) -> set[str]:
    """Folders that nobody can look into."""
    return {native_id for native_id, flaw in seen.flaws.items() if flaw.folder}


def _latest(fresh: dict[str, Fresh]) -> dict[str, Fresh]:
    if len(fresh) <= MOST_FRESH:
        return fresh
    last = sorted(fresh, key=lambda name: fresh[name].changed)[-MOST_FRESH:]
    return {name: fresh[name] for name in last}
