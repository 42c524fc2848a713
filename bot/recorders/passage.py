"""Goes through everything below a folder, and once more through what changed meanwhile, so that nothing moves past it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from bot.ports import Unavailable
from bot.recorders.tree import FOLDER, open_root, printable

_ONCE_MORE = 3
_TAKEN_AWAY = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
Place = tuple[int, ...]


class Entry(NamedTuple):
    """Something that lies in `folder` (its path below the root); `here` is that folder, open until the next is asked for."""

    folder: str
    name: str
    seen: os.stat_result
    here: int

    @property
    def path(self) -> str:
        """Its name below the root, as the disk has it."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


class Passage:
    """One way through all that lies below `root`, what is hidden too; links are told and not followed.

    It is not the register's way (`listing.py`), so that one mistake doesn't hide a file from both. Something may be told
    more than once.
    """

    def __init__(self, root: str, ours: Place = ()) -> None:
        self._root, self._ours = root, ours
        self._places: dict[str, Place] = {}

    def entries(self) -> Iterator[Entry]:
        """Everything; raises `Unavailable` where a folder can't be read, and where a disk came or went meanwhile."""
        waiting = [""]
        for _ in range(1 + _ONCE_MORE):
            while waiting:
                yield from self._within(waiting.pop(), waiting)
            waiting = self._changed()
            if not waiting:
                return
        # A folder that changes all the while was read four times. One that nobody could ever enter was not.
        unread = [folder for folder in waiting if not self._places[folder]]
        if unread:
            raise Unavailable(f"{printable(unread[0])} can't be entered: something else was there each time.")

    def _within(self, folder: str, waiting: list[str]) -> Iterator[Entry]:
        try:
            here = self._enter(folder)
        except OSError as why:
            raise self._closed(folder, why) from why
        if here is None:
            self._places[folder] = ()
            return
        try:
            # Before its entries, so that whatever comes meanwhile counts as a change.
            self._places[folder] = _place(os.fstat(here))
            for entry in self._listed(folder, here):
                if stat.S_ISDIR(entry.seen.st_mode) and entry.path not in self._places:
                    waiting.append(entry.path)
                yield entry
        finally:
            os.close(here)

    def _enter(self, folder: str) -> int | None:
        """A descriptor of the folder; None where it has been taken away. What is above it has changed then, too."""
        here = open_root(self._root)
        for step in folder.split("/") if folder else ():
            try:
                inner = os.open(step, FOLDER, dir_fd=here)
            except OSError as why:
                if why.errno in _TAKEN_AWAY:
                    return None
                raise
            finally:
                os.close(here)
            here = inner
        return here

    def _listed(self, folder: str, here: int) -> Iterator[Entry]:
        try:
            names = os.listdir(here)
        except OSError as why:
            raise self._closed(folder, why) from why
        if not (names or folder) and self._places[folder][:2] != self._ours:
            told = f"The folder {self._root} is empty: is its disk mounted?"
            raise Unavailable(f"{told} If it is, put any file there, so that this can be told apart.")
        for name in names:
            try:
                seen = os.stat(name, dir_fd=here, follow_symlinks=False)
            except FileNotFoundError:
                continue
            except OSError as why:
                raise self._closed(f"{folder}/{name}".lstrip("/"), why) from why
            yield Entry(folder, name, seen, here)

    def _changed(self) -> list[str]:
        """The folders that are no longer as they were read; raises `Unavailable` where that is due to a disk."""
        here = open_root(self._root)
        try:
            now = {folder: self._place_now(here, folder) for folder in self._places}
        finally:
            os.close(here)
        for folder, before in self._places.items():
            # Above all stands the root itself, which is the same folder or else another disk's.
            same = 1 if folder else 2
            if before and now[folder] and before[:same] != now[folder][:same]:
                raise Unavailable(f"{folder or self._root} became another disk's while it was looked through.")
        return [folder for folder, place in now.items() if place and place != self._places[folder]]

    def _place_now(self, here: int, folder: str) -> Place:
        try:
            seen = os.stat(folder or ".", dir_fd=here, follow_symlinks=False)
        except OSError as why:
            if why.errno in _TAKEN_AWAY:
                return ()
            raise self._closed(folder, why) from why
        return _place(seen) if stat.S_ISDIR(seen.st_mode) else ()

    def _closed(self, name: str, why: OSError) -> Unavailable:
        mend = " Let the bot's account read it." if isinstance(why, PermissionError) else ""
        return Unavailable(f"{printable(name) or self._root} can't be looked through: {why.strerror}.{mend}")


def _place(folder: os.stat_result) -> Place:
    return folder.st_dev, folder.st_ino, folder.st_mtime_ns, folder.st_ctime_ns
