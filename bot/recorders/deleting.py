"""Takes a recording out of the folder, and finds what is left of it: the one place that deletes there."""

import errno
import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from bot.ports import Changed, Sought, Unavailable
from bot.recorders import listing, tree
from bot.recorders.sidecar import require_same_files, split_stamp, stamp_change

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_LONGER = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO}
Ids = dict[str, set[str]]
_AT_MOST = 3  # times that everything is gone through while files are moved about
Place = tuple[int, ...]  # device and inode of a folder, or empty


class Entry(NamedTuple):
    """Something in `folder` (its path below the root); `here` is that folder's descriptor, open until the next entry."""

    folder: str
    name: str
    seen: os.stat_result
    here: int

    @property
    def path(self) -> str:
        """Its name below the root, as the disk has it."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


def find_remains(root: str, sought: Collection[Sought], ours: Place = ()) -> Mapping[str, tuple[str, ...]]:
    """Return, by native id, the names below `root` of what is left of each recording; one pass for all of them.

    Counted are: anything with the name of the audio or its metadata; temporary names made of them (`.one.mp3.new`,
    `one.mp3.part`); every file of the same size and SHA-256; and a link on the way to it, behind which it may be. An
    empty root counts only if it is the folder `ours` (device, inode). Raises `Unavailable` if anything couldn't be
    looked at.
    """
    if not sought:
        return {}
    traces = _Traces(sought)
    for _ in range(_AT_MOST):
        times = dict[str, tuple[int, ...]]()
        for entry in _walk_entries(root, ours, times):
            traces.note_entry(entry)
        if not _folder_changed(root, times):
            break
    return traces.remains()


def _walk_entries(root: str, ours: Place, times: dict[str, tuple[int, ...]]) -> Iterator[Entry]:
    """Yield each file, folder and link below `root`, hidden ones too; links aren't followed.

    Stores each folder's times in `times` as it is read.
    """
    top = tree.open_root(root)
    try:
        for path, folders, files, here in os.fwalk(".", dir_fd=top, onerror=_tolerate_gone):
            folder, facts = path[2:], os.fstat(here)  # behind “./”
            times[folder] = _folder_times(facts)
            if not (folders or files or folder) and (facts.st_dev, facts.st_ino) != ours:
                words = f"The folder {root} is empty: is its disk mounted?"
                raise Unavailable(f"{words} If it is, put any file there, so that I can tell.")
            for name in (*folders, *files):
                if (found := _stat_entry(here, folder, name)) is not None:
                    yield Entry(folder, name, found, here)
    finally:
        os.close(top)


def _folder_changed(root: str, times: Mapping[str, tuple[int, ...]]) -> bool:
    """Return True if a folder's entries changed since it was read.

    A file may then have been moved to where the pass had already been.
    """
    here = tree.open_root(root)
    try:
        return any(
            _folder_times(os.stat(folder or ".", dir_fd=here, follow_symlinks=False)) != earlier
            for folder, earlier in times.items()
        )
    except OSError:
        return True
    finally:
        os.close(here)


def _folder_times(folder: os.stat_result) -> tuple[int, ...]:
    """Return what tells this folder from another, with the times that change when its entries do."""
    return folder.st_dev, folder.st_ino, folder.st_mtime_ns, folder.st_ctime_ns


def _stat_entry(here: int, folder: str, name: str) -> os.stat_result | None:
    """Return the facts of an entry of the open folder `here`; None if it's gone. Raises `Unavailable`."""
    try:
        return os.stat(name, dir_fd=here, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as why:
        raise _closed_folder(f"{folder}/{name}".lstrip("/"), why) from why


def _tolerate_gone(why: OSError) -> None:
    """Ignore a folder that has just disappeared; raise `Unavailable` for one that can't be read."""
    if why.errno not in _NO_LONGER:
        raise _closed_folder(why.filename if isinstance(why.filename, str) else "", why) from why


def _closed_folder(name: str, why: OSError) -> Unavailable:
    """Return the error for something that can't be looked at; an empty name is the root's."""
    advice = " Let the bot's account read it." if isinstance(why, PermissionError) else ""
    return Unavailable(f"I can't search {tree.printable_name(name) or 'The folder'}: {why.strerror}.{advice}")


class _Traces:
    """What belongs to the recordings that are sought, and what was found of each."""

    def __init__(self, sought: Collection[Sought]) -> None:
        self._found: Ids = {one.native_id: set() for one in sought}
        # The native ids of those sought: by folder and file name, by size and SHA-256, and by each folder above them.
        self._named: dict[str, Ids] = defaultdict(lambda: defaultdict(set))
        self._by_digest: dict[int, Ids] = defaultdict(lambda: defaultdict(set))
        self._below: Ids = defaultdict(set)
        for one in sought:
            self._seek_recording(one)

    def _seek_recording(self, one: Sought) -> None:
        """Note the names, the content and the folders by which a recording is recognised."""
        folder, _, name = one.native_id.rpartition("/")
        for own_name in (name, tree.sidecar_of(name)):
            self._named[folder][own_name].add(one.native_id)
        if one.size and one.audio:
            self._by_digest[one.size][one.audio.lower()].add(one.native_id)
        while folder:
            self._below[folder].add(one.native_id)
            folder = folder.rpartition("/")[0]

    def remains(self) -> Mapping[str, tuple[str, ...]]:
        """Return the printable names of what was found of each recording."""
        return {native_id: tuple(sorted(map(tree.printable_name, names))) for native_id, names in self._found.items()}

    def note_entry(self, entry: Entry) -> None:
        """Note an entry that belongs to one of the recordings."""
        named = self._named.get(entry.folder, {})
        ids = set[str]().union(*(named.get(one, ()) for one in _possible_names(entry.name))) | self._by_content(entry)
        if stat.S_ISLNK(entry.seen.st_mode):
            ids |= self._below.get(entry.path, set())
        for native_id in ids:
            self._found[native_id].add(entry.path)

    def _by_content(self, entry: Entry) -> set[str]:
        """Return the recordings whose audio this file holds."""
        by_digest = self._by_digest.get(entry.seen.st_size)
        return by_digest.get(_content_digest(entry), set()) if by_digest and stat.S_ISREG(entry.seen.st_mode) else set()


def _possible_names(name: str) -> set[str]:
    """Return all names that this one may have been made from: `one.mp3` for `.one.mp3.7aQ`.

    `one.mp3.wav` is only itself, since it is a recording of its own.
    """
    plain = name.lstrip(".")
    if plain == name and name.rpartition(".")[2].lower() in {*tree.MEDIA_TYPES, "json"}:
        return {name}
    return {name, plain, *(plain[:at] for at, sign in enumerate(plain) if sign == ".")}


def _content_digest(entry: Entry) -> str:
    """Return the SHA-256 in hex, empty if the file has gone meanwhile; raises `Unavailable`."""
    try:
        with os.fdopen(os.open(entry.name, _FILE, dir_fd=entry.here), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        if why.errno in _NO_LONGER:
            return ""
        raise Unavailable(f"{tree.printable_name(entry.path)} can't be read: {why.strerror}.") from why


def unlink_recording(root: str, native_id: str, stamp: str) -> bool:
    """Remove the audio, then the metadata beside it; a missing file or a name that isn't an audio name is fine.

    Returns True if the audio was there. Raises `Changed` if one of the two isn't the file of the stamp, and removes
    nothing then. Raises `Unavailable` if one has to stay, and says why: it isn't an ordinary file any more (a link, a
    folder), it has another name by a hard link, or the metadata is another audio file's as well. What is left then can
    be found by its name; nothing else is touched. It is safe to repeat.
    """
    if not tree.names_audio(native_id):
        return False
    above, _, name = native_id.rpartition("/")
    here = tree.enter_folder(root, above)
    if here is None:
        return False
    try:
        both = name, tree.sidecar_of(name)
        require_same_files(native_id, stamp, *(_file_identity(here, one) for one in both))
        _refuse_rewritten(here, native_id, stamp)
        audio, sidecar = split_stamp(stamp)
        # The audio first: a crash between the two leaves words without sound, never sound that nothing describes.
        was_there = _unlink_file(here, above, name, audio)
        others = _files_sharing_sidecar(here, name) if tree.stat_name(here, tree.sidecar_of(name)) else []
        if others:
            raise Unavailable(
                f"{_join_path(above, tree.sidecar_of(name))} also belongs to {others[0]}, so I left it: keep one of the two, or rename it."
            )
        with suppress(Changed):  # it came with another recording since it was compared
            _unlink_file(here, above, tree.sidecar_of(name), sidecar)
        return was_there
    finally:
        os.close(here)


def _file_identity(here: int, name: str) -> str:
    """Return the identity of the ordinary file with this name; empty if there is none."""
    found = tree.stat_name(here, name)
    return listing.file_identity(found) if found and stat.S_ISREG(found.st_mode) else ""


def _refuse_rewritten(here: int, native_id: str, stamp: str) -> None:
    """Raise `Changed` if a file was rewritten in place, at the same length and with its date set back.

    Only the disk's change time shows that. It isn't checked for what a crash left of the two, which has lost that time,
    nor for links, which aren't deleted anyway.
    """
    name = native_id.rpartition("/")[2]
    audio, sidecar = tree.stat_name(here, name), tree.stat_name(here, tree.sidecar_of(name))
    plain = all(stat.S_ISREG(one.st_mode) and one.st_nlink == 1 for one in (audio, sidecar) if one)
    if (
        audio
        and plain
        and bool(sidecar) == bool(split_stamp(stamp)[1])
        and stamp_change(listing.recording_stamp(audio, sidecar)) != stamp_change(stamp)
    ):
        raise Changed(native_id)


def _unlink_file(here: int, folder: str, name: str, wanted: str) -> bool:
    """Delete this file if it has the `wanted` identity; return True if it was there. Raises `Changed` and `Unavailable`."""
    path = _join_path(folder, name)
    found = tree.stat_name(here, name)
    if found and not stat.S_ISREG(found.st_mode):
        raise Unavailable(f"{path} isn't an ordinary file, so I left it: remove it by hand.")
    if found and found.st_nlink > 1:
        raise Unavailable(f"{path} has another hard link, so I left it: remove that link first.")
    if found and listing.file_identity(found) != wanted:
        raise Changed(path)
    try:
        if found:
            os.unlink(name, dir_fd=here)
        was_there = found is not None
    except FileNotFoundError:
        was_there = False
    except OSError as why:
        raise Unavailable(f"I can't delete {path}: {why.strerror}.") from why
    _sync_folder(here, path)
    return was_there


def _sync_folder(here: int, path: str) -> None:
    """Make sure that the deletion survives a power cut. Raises `Unavailable`."""
    try:
        os.fsync(here)
    except OSError as why:
        if why.errno != errno.EINVAL:  # some file systems offer none for folders; then their own word has to do
            raise Unavailable(f"The disk doesn't confirm that {path} was deleted: {why.strerror}.") from why


def _files_sharing_sidecar(here: int, name: str) -> list[str]:
    """Return other audio files that share this one's metadata."""
    return [one for one in tree.audio_names(name.rpartition(".")[0]) if one != name and tree.stat_name(here, one)]


def _join_path(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
