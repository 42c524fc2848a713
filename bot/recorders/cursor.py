"""What is remembered of a folder between two looks: where to look next, and never what is there."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain, islice
from typing import Literal

from bot.ports import Problem
from bot.recorders.listing import Times

Trust = Literal["unproven", "proven", "lied"]
"""Whether folders' times tell what comes and goes: proved by one that did, and never again once one did not."""
NEWEST = 100  # folders that changed last: each of their times is looked at each time
IN_TURN = 100  # of the other folders
DAY = 86_400.0  # seconds
AT_LEAST = 12.0  # recordings a second whose files are looked at; more where that would take longer than a day
A_LITTLE_MORE = 1.05  # than fits into a day, for what comes meanwhile
AT_MOST = 3600.0  # seconds of looking that are made up for after a pause


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is told of a file, or a `folder`, that can't be used; `name` and `stamp` are those of what it was said of."""

    problem: Problem
    name: str
    stamp: str
    folder: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A folder as it was last read; `folders` has the inode of each one in it, `flaws` what is told, by native id."""

    times: Times
    names: int
    files: int
    folders: Mapping[str, int]
    flaws: Mapping[str, Flaw]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A recording that was told lately, and may still be written; `changed` is when its files last were."""

    stamp: str
    until: float
    changed: int


class Tree:
    """All folders that were read, and in which order they come to be looked at again."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.flawed: set[str] = set()
        self.files = 0
        self._newest: dict[str, int] = {}
        self._by_times: OrderedDict[str, None] = OrderedDict()
        self._by_files: OrderedDict[str, None] = OrderedDict()

    def note(self, read: Mapping[str, Seen | None], glanced: Iterable[str]) -> None:
        """Remember what was read (None: it is gone), and whose times were looked at; a second time changes nothing."""
        for folder, seen in read.items():
            if seen is None:
                self._forget(folder)
            else:
                self._remember(folder, seen)
        for folder in glanced:
            if folder in self.seen:
                self._by_times.move_to_end(folder)
        if len(self._newest) > 2 * NEWEST:
            self._newest = dict(nlargest(NEWEST, self._newest.items(), key=lambda one: one[1]))

    def near(self) -> list[str]:
        """The folders that changed last with all above them, and some of the others in turn."""
        last = dict.fromkeys(chain.from_iterable(map(_with_those_above, self._newest)))
        return list(last | dict.fromkeys(islice(self._by_times, IN_TURN)))

    def share(self, owed: float) -> tuple[list[str], float]:
        """The folders that have waited longest for a look at their files, and how many files may still be looked at.

        A folder is looked at as a whole: a large one is paid for afterwards.
        """
        left, share = owed, list[str]()
        for folder in self._by_files:
            if left <= 0:
                break
            share.append(folder)
            left -= max(self.seen[folder].files, 1)
        return share, min(left, 0.0)

    def a_second(self) -> float:
        """How many recordings are looked at in a second, so that each is within a day."""
        return max(AT_LEAST, A_LITTLE_MORE * (self.files + len(self.seen)) / DAY)

    def below(self, folder: str) -> Iterator[str]:
        """A folder, and all that were seen in it."""
        waiting = [folder]
        while waiting:
            yield (one := waiting.pop())
            waiting += self.seen[one].folders if one in self.seen else ()

    def _remember(self, folder: str, seen: Seen) -> None:
        before = self.seen.get(folder)
        self.files += seen.files - (before.files if before else 0)
        self.seen[folder] = seen
        self.flawed.discard(folder)
        if seen.flaws:
            self.flawed.add(folder)
        for turn in (self._by_times, self._by_files):
            turn[folder] = None
            turn.move_to_end(folder)
        if before is None or before.times != seen.times:
            self._newest[folder] = max(seen.times[:2], default=0)

    def _forget(self, folder: str) -> None:
        before = self.seen.pop(folder, None)
        self.files -= before.files if before else 0
        self.flawed.discard(folder)
        for kept in (self._newest, self._by_times, self._by_files):
            kept.pop(folder, None)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a look ended; `tree` is as before it, and `read` and `glanced` are what it learnt.

    So a look whose findings could not be stored leaves nothing behind. `again` has the folders that are read once more,
    and from when on; `fresh` what may still be written; `owed` how many recordings the share of the day is behind.
    `whole` wants the next look to look at everything.
    """

    tree: Tree = field(default_factory=Tree)
    at: float = 0.0
    owed: float = 0.0
    trust: Trust = "unproven"
    read: Mapping[str, Seen | None] = field(default_factory=dict)
    glanced: Iterable[str] = ()
    again: Mapping[str, float] = field(default_factory=dict)
    fresh: Mapping[str, Fresh] = field(default_factory=dict)
    whole: bool = True

    def share(self, now: float) -> tuple[list[str], float]:
        """The folders whose files are looked at now, and what is owed afterwards."""
        a_second = self.tree.a_second()
        return self.tree.share(self.owed + a_second * min(max(now - self.at, 0.0), AT_MOST))


def _with_those_above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""
