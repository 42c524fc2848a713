"""The content of one folder, without subfolders, as it is now: audio with its metadata, unusable files, and folders."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from bot.ports import Problem, Unavailable
from bot.recorders.sidecar import join_stamp, stamp_part
from bot.recorders.tree import MEDIA_TYPES, UNSAFE, descend_to, printable_name, sidecar_of

Times = tuple[int, ...]
Mark = Callable[[str, str], str]
"""Returns a recording's stamp, given its native id and the stamp of its files."""


class Pair(NamedTuple):
    """An audio file and, where it has one, the metadata file beside it, as they are on the disk now."""

    native_id: str
    audio: os.stat_result
    sidecar: os.stat_result | None


class Snag(NamedTuple):
    """A file, or a whole `folder`, that can't be used; what is in such a folder isn't known. `name` is the disk's own."""

    problem: Problem
    name: str
    folder: bool = False

    @property
    def native_id(self) -> str:
        """Its name as it can be stored."""
        return self.problem.native_id

    @property
    def stamp(self) -> str:
        """The stamp as of a recording; empty for a folder."""
        return self.problem.stamp


def folder_snag(name: str, sentence: str) -> Snag:
    """Return a folder that can't be looked into."""
    return Snag(Problem(printable_name(name), sentence, "folder"), name, folder=True)


def file_problem(pair: Pair, why: str, sentence: str) -> Problem:
    """Describe an audio file that can't be registered, as it is on the disk now."""
    facts = recording_stamp(pair.audio, pair.sidecar), pair.audio.st_size, modified_at(pair.audio)
    return Problem(printable_name(pair.native_id), sentence, why, *facts)


def modified_at(file: os.stat_result) -> datetime | None:
    """Return when it was last written (aware); None for an impossible date."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=file.st_mtime_ns // 1000)
    except OverflowError:  # anything may have been written there
        return None


def file_state(file: os.stat_result) -> Times:
    """Return the values by which open audio notices that its file changed while it is read."""
    # The inode betrays a file renamed over another, the change time one whose mtime was set back.
    return file.st_size, file.st_mtime_ns, file.st_ctime_ns, file.st_ino


def file_identity(file: os.stat_result) -> str:
    """Return what tells this file from any other; renaming doesn't change it."""
    return stamp_part(file.st_ino, file.st_size, file.st_mtime_ns)


def recording_stamp(audio: os.stat_result, sidecar: os.stat_result | None) -> str:
    """Return the stamp of a recording, which changes as soon as either file is written to."""
    changed = stamp_part(audio.st_ctime_ns, sidecar and sidecar.st_ctime_ns)
    return join_stamp(file_identity(audio), file_identity(sidecar) if sidecar else "", changed)


def stamp_at(root: int, name: str) -> str | None:
    """Return the stamp of the file with this name below an open root; None if there is none.

    It follows links on the way, so use it only to decide whether to look more closely.
    """
    try:
        audio = os.stat(name, dir_fd=root, follow_symlinks=False)
    except OSError:
        return None
    try:
        return recording_stamp(audio, os.stat(sidecar_of(name), dir_fd=root, follow_symlinks=False))
    except OSError:
        return recording_stamp(audio, None)


def folder_times(folder: os.stat_result) -> Times:
    """Return what changes when a folder's entries do, on any file system that updates folder times."""
    changed = folder.st_mtime_ns, folder.st_ctime_ns
    return *changed, folder.st_ino, folder.st_dev, folder.st_nlink, folder.st_size


def times_at(root: int, prefix: str) -> Times:
    """Return the times of a folder below an open root; empty if there is none. It follows links, as `stamp_at` does."""
    try:
        return folder_times(os.stat(prefix or ".", dir_fd=root, follow_symlinks=False))
    except OSError:
        return ()


class Listing:
    """What is directly in one folder; `prefix` is its path below the root, `folders` are the folders in it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.folders: set[str] = set()
        self.times: Times = ()
        self._snags: list[Snag] = []
        self._audio: dict[str, os.stat_result] = {}
        self._sidecars: dict[str, os.stat_result] = {}
        self._unreadable: dict[str, str] = {}  # files that the disk lists but can't describe, and its error

    def __len__(self) -> int:
        """Return how many audio files and unusable things there are."""
        return len(self._audio) + len(self._snags) + len(self._unreadable)

    def read(self, root: str) -> None:
        """Look at everything in the folder, without opening files; raises OSError, or `Unavailable` for the root."""
        here = descend_to(root, self.prefix.split("/") if self.prefix else [])
        try:
            # Before its entries are read, so that anything new meanwhile counts as a change.
            self.times = folder_times(os.fstat(here))
            with os.scandir(here) as entries:
                for entry in entries:
                    self._take_entry(entry)
        finally:
            os.close(here)

    def unreadable(self, why: OSError) -> Snag:
        """Return the problem of a folder that couldn't be read; raises `Unavailable` for the root."""
        if not self.prefix:
            raise Unavailable(f"I can't read the recordings folder: {why.strerror}.") from why
        sentence = f"{self.prefix} can't be read ({why.strerror}): let the bot's account read it."
        return folder_snag(self.prefix, sentence)

    def _take_entry(self, entry: os.DirEntry[str]) -> None:
        """Sort one entry into folders, metadata and audio; hidden and other files are passed over."""
        name = f"{self.prefix}/{entry.name}".lstrip("/")
        stem, _, ending = entry.name.rpartition(".")
        if entry.name.startswith("."):
            return
        if _is_folder(entry):
            self._take_folder(name, entry)
        elif stem and ending == "json":
            self._stat_entry(self._sidecars, name, entry)
        elif stem and ending.lower() in MEDIA_TYPES:
            self._stat_entry(self._audio, name, entry)

    def _take_folder(self, name: str, entry: os.DirEntry[str]) -> None:
        """Note a folder inside this one, or why it can't be used."""
        if UNSAFE.search(name):
            self._snags.append(folder_snag(name, _bad_name(name)))
        elif entry.is_symlink():
            self._snags.append(folder_snag(name, f"{name} is a link: put the folder itself there."))
        else:
            self.folders.add(name)

    def _stat_entry(self, into: dict[str, os.stat_result], name: str, entry: os.DirEntry[str]) -> None:
        """Note a file's facts; one that is gone is passed over. Raises PermissionError, which concerns the whole folder."""
        try:
            into[name] = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return
        except PermissionError:  # the folder's own door, for all that is in it
            raise
        except OSError as why:
            self._unreadable[name] = f"{name} can't be read: {why.strerror}."

    def found(self) -> Iterator[Pair | Snag]:
        """Yield each recording, and each thing that can't be used."""
        yield from self._snags
        for name, words in self._unreadable.items():
            if name.rpartition(".")[2] != "json":
                yield Snag(Problem(printable_name(name), words, "unreadable"), name)
        beside = {name: sidecar_of(name) for name in sorted(self._audio)}
        uses = Counter(beside.values())
        for name, sidecar in beside.items():
            pair = Pair(name, self._audio[name], self._sidecars.get(sidecar))
            objection = _why_unusable(pair, alone=uses[sidecar] == 1)
            if sidecar in self._unreadable:
                objection = file_problem(pair, "unreadable", self._unreadable[sidecar])
            yield Snag(objection, name) if objection else pair


def walk_folders(root: str) -> Iterator[Pair | Snag]:
    """Yield everything below `root`, by stat alone, one folder in memory at a time; raises `Unavailable`."""
    waiting = [""]
    while waiting:
        listing = Listing(waiting.pop())
        try:
            listing.read(root)
        except OSError as why:
            if not (listing.prefix and isinstance(why, FileNotFoundError)):
                yield listing.unreadable(why)
            continue
        waiting.extend(sorted(listing.folders, reverse=True))
        yield from listing.found()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _why_unusable(pair: Pair, *, alone: bool) -> Problem | None:
    """Return the problem if these files can't be a recording; None if they can."""
    name, beside = pair.native_id, sidecar_of(pair.native_id)
    if UNSAFE.search(name):
        return file_problem(pair, "name", _bad_name(name))
    if reason := _not_ordinary(name, pair.audio, "audio"):
        return file_problem(pair, "not_ordinary", reason)
    if not alone:
        words = f"{name} shares {beside} with another audio file: keep one of them, or rename it."
        return file_problem(pair, "shared", words)
    if pair.sidecar and (reason := _not_ordinary(beside, pair.sidecar, "metadata")):
        return file_problem(pair, "not_ordinary", reason)
    return None


def _not_ordinary(name: str, file: os.stat_result, what: str) -> str:
    """Return a sentence if this is a link or has a second name; empty if it's an ordinary file."""
    if not stat.S_ISREG(file.st_mode):
        return f"{name} isn't an ordinary file: put the {what} itself there, not a link."
    return f"{name} has another hard link: put a separate copy there." if file.st_nlink > 1 else ""


def _bad_name(name: str) -> str:
    return f"{printable_name(name)} has characters in its name that I can't store: rename it with plain letters."
