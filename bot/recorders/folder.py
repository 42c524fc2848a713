"""The call recording system that is a folder: audio files, each with a metadata file beside it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

from bot import ports
from bot.recorders import deleting, listing, sidecar
from bot.recorders.folder_live import FolderLive
from bot.recorders.looking import Cursor, Look
from bot.recorders.tree import media_type, open_for_reading, sidecar_of
from bot.settings.setting_values import folder_at
from storage.database.files import open_to_everybody

Finding = ports.Sighting | ports.Problem | ports.Gone
Found = TypeVar("Found", bound=Finding)

HOW = "The audio file, and any metadata file beside it, were deleted from the recordings folder."
UNSEEN = "Copies in backups and snapshots of this folder; copies outside it; converted or cut copies; and what its disk keeps of a deleted file until it is overwritten."
_BATCH = 256
# An unmounted disk shows as an empty folder; that many recordings don't vanish by themselves.
_TOO_MANY_GONE = 10


class FolderRecordings:
    """The recordings of one folder, without the live calls.

    Reads `x.mp3` (or .wav, .ogg, .flac, .m4a) with `x.json` beside it, in a folder and those below it.
    A recording's native id is its audio file's path below the folder, with slashes. Links are not followed.
    Names that begin with a dot are passed over, so a file is best written under one and then renamed.

    A `Problem` is reported at each look until it is fixed; its file is read again only when it has changed. `seconds`
    counts and never goes back.
    """

    def __init__(
        self, root: str | os.PathLike[str], departments: Collection[str] = sidecar.DEPARTMENTS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._root = str(Path(root).absolute())
        self._departments = departments
        self._seconds = seconds
        self._ours: deleting.Place = ()  # the root when something was last deleted: if that is empty now, no disk is missing

    async def changes(
        self, known: ports.KnownCalls, since: object = None, watched: Mapping[str, str] = ports.NOTHING
    ) -> AsyncIterator[Finding | ports.LookFinished]:
        """Yield what is new, changed, gone or wrong against the `known` calls, then the cursor for the next look.

        `since` is the cursor of the last look; `watched` are native ids to check by name, with their stored stamps.
        Unchanged files aren't opened. Raises `Unavailable`.
        """
        last = since if isinstance(since, Cursor) else Cursor()
        look = Look(self._root, self._read, last, self._seconds, self._full_stamp)
        await asyncio.to_thread(look.choose_folders, watched)
        while look.has_folders_left:
            found = await asyncio.to_thread(look.read_folders)
            stamps = await known.within([one.prefix for one in found])
            async for finding in _in_a_thread(look.findings_in(found, stamps)):
                yield finding
        async for gone in _in_a_thread(look.confirm_gone(await self._missing_calls(look, known))):
            yield gone
        async for problem in _in_a_thread(look.earlier_problems()):
            yield problem
        yield ports.LookFinished(look.cursor())

    async def _missing_calls(self, look: Look, known: ports.KnownCalls) -> list[str]:
        """Return the known calls that this look hasn't seen; raises `Unavailable` if the disk seems to be missing."""
        await asyncio.to_thread(look.require_same_root)
        lost = look.folders_not_read(await known.folders()) if look.whole else look.lost
        missing = [*look.missing, *(await known.within(lost) if lost else ())]
        registered = sum((await known.folders()).values()) if missing and look.is_empty() else 0
        if registered >= _TOO_MANY_GONE:
            raise ports.Unavailable(f"{self._root} is empty but held {registered:,} recordings: is its disk mounted?")
        return missing

    async def audio(self, native_id: str) -> FolderAudio:
        """Open a recording's audio; raises `Absent` or `Unavailable`."""
        return await asyncio.to_thread(FolderAudio.open, self._root, native_id, self._full_stamp)

    async def delete(self, native_id: str, stamp: str) -> None:
        """Delete the recording's files if they still have this stamp, and what is said of it elsewhere.

        Raises `Changed`, and `Unavailable` if something is left.
        """
        await asyncio.to_thread(self._unlink_recording, native_id, stamp)
        await self._delete_elsewhere(native_id)

    async def _delete_elsewhere(self, native_id: str) -> None:
        """Delete what is said of the recording elsewhere; for a plain folder there is nothing. Raises `Unavailable`."""

    async def look(self, sought: Collection[ports.Sought]) -> Mapping[str, tuple[str, ...]]:
        """Return, by native id, the names of what is left of deleted recordings.

        It looks at every name in the folder, and reads only files as large as one that is sought. Raises `Unavailable`.
        """
        return await asyncio.to_thread(deleting.find_remains, self._root, sought, self._ours)

    async def hold(self, native_id: str, case: str) -> None:
        """Check that the recording is there, or raise `Absent`; a folder can't keep anything from being deleted."""
        await self.audio(native_id)

    async def release(self, native_id: str, case: str) -> None:
        """Do nothing, since a folder never kept it."""

    def _unlink_recording(self, native_id: str, stamp: str) -> None:
        """Delete the files, and remember the folder they were in; see `self._ours`."""
        root_before = _root_identity(self._root)
        if deleting.unlink_recording(self._root, native_id, stamp):
            self._ours = root_before

    def _full_stamp(self, native_id: str, stamp: str) -> str:
        """Return the recording's stamp, made of the stamp of its files and anything else that describes it."""
        return stamp

    def _read(self, pair: listing.Pair, stamp: str) -> ports.Sighting | ports.Problem | None:
        """Read a recording; returns the problem if it can't be used, None if that can't be said yet."""
        name = pair.native_id
        if pair.sidecar is None:
            words = f"{name} has no metadata file beside it: add {sidecar_of(name)}."
            return listing.file_problem(pair, "no_metadata", words)
        if not pair.audio.st_size:
            return listing.file_problem(pair, "empty", f"{name} is empty: put the complete audio there.")
        file = sidecar.AudioFile(name, media_type(name), pair.audio.st_size, stamp, listing.modified_at(pair.audio))
        try:
            return sidecar.read_sighting(file, _read_content(self._root, sidecar_of(name)), self._departments)
        except sidecar.MetadataError as flaw:
            return listing.file_problem(pair, "metadata", str(flaw))

    def _count_sentence(self) -> str:
        """Return a sentence on how many recordings there are.

        Raises `Unavailable` if everyone on this machine can read them, or nothing can be erased.
        """
        if Path(self._root).is_dir() and open_to_everybody(Path(self._root)):
            words = f"everyone on this machine can read the recordings in {self._root}"
            raise ports.Unavailable(f"{words}. To fix it: chmod o-rwx {self._root}")
        audio = beside = unusable = 0
        folders: set[str] = set()
        for found in listing.walk_folders(self._root):
            if isinstance(found, listing.Pair):
                audio, beside = audio + 1, beside + self._is_described(found)
                folders.add(found.native_id.rpartition("/")[0])
            unusable += isinstance(found, listing.Snag)
        if not_writable := sorted(one for one in folders if not os.access(f"{self._root}/{one}", os.W_OK | os.X_OK)):
            more = f" and {len(not_writable) - 1:,} more" if len(not_writable) > 1 else ""
            raise ports.Unavailable(
                f"I can't erase anything in {self._root}/{not_writable[0]}{more}. Let the bot's account write there."
            )
        more = f", and {unusable:,} that can't be used" if unusable else ""
        return f"The folder {self._root} holds {audio:,} audio files, {beside:,} of them with metadata{more}."

    def _is_described(self, pair: listing.Pair) -> bool:
        """Return True if there is metadata for this audio; Asterisk has it elsewhere."""
        return pair.sidecar is not None


class FolderRecorder(FolderLive, FolderRecordings):
    """A folder of recordings, with the live calls if a phone system lists them in `.live`. `wait` waits for seconds."""

    def __init__(
        self, root: str | os.PathLike[str], departments: Collection[str] = sidecar.DEPARTMENTS,
        seconds: Callable[[], float] = time.monotonic, wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:  # fmt: skip
        FolderRecordings.__init__(self, root, departments, seconds)
        FolderLive.__init__(self, self._root, wait)

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the folder at `file:///srv/calls` or, from the working directory, `file:calls`; else ValueError."""
        return cls(folder_at(url, "file:///srv/calls"))

    def capabilities(self) -> ports.Capabilities:
        """Return what a folder can do, and what a certificate of an erasure says of it."""
        return ports.Capabilities(
            delete="native", hold="emulated", how=HOW, unseen=UNSEEN, live="native" if self.kept else "none"
        )

    async def check(self) -> str:
        """Return sentences that say the folder works and how much it holds; raises `Unavailable` with why not."""
        return await asyncio.to_thread(lambda: f"{self._count_sentence()}{self.checked()}")


@dataclass(slots=True)
class FolderAudio:
    """One audio file, reopened for each read, so that an erased or replaced file is never heard in its place.

    `seen` is its state when it was opened first.
    """

    root: str
    native_id: str
    media_type: str
    size: int
    stamp: str
    seen: tuple[int, ...]

    @classmethod
    def open(cls, root: str, native_id: str, mark: listing.Mark) -> Self:
        """Return a recording's audio; `mark` makes its stamp from that of its files. Raises `Absent` or `Unavailable`."""
        kind = media_type(native_id)
        audio = _stat_file(root, native_id)
        marked = mark(native_id, listing.recording_stamp(audio, _stat_sidecar(root, native_id)))
        return cls(root, native_id, kind, audio.st_size, marked, listing.file_state(audio))

    async def read(self, start: int, end: int) -> bytes:
        """Return bytes from `start` up to `end`, which may be past the last; raises ValueError for an invalid range.

        Raises `Absent` if the file is gone, `Changed` if it was written to.
        """
        if not 0 <= start <= end:
            raise ValueError(f"{start} to {end} isn't a range of bytes")
        return await asyncio.to_thread(self._read_bytes, start, min(end, self.size))

    def _read_bytes(self, start: int, end: int) -> bytes:
        with open_for_reading(self.root, self.native_id) as file:
            file.seek(start)
            found = file.read(max(0, end - start))
            # After the read, so that what was written during it counts.
            if listing.file_state(os.fstat(file.fileno())) != self.seen:
                raise ports.Changed(self.native_id)
        return found


def _root_identity(root: str) -> deleting.Place:
    """Return device and inode of the folder that is there now; empty if that can't be read."""
    try:
        seen = Path(root).stat()
    except OSError:
        return ()
    return seen.st_dev, seen.st_ino


async def _in_a_thread(findings: Iterator[Found]) -> AsyncIterator[Found]:
    """Yield the findings, made in a thread, a batch at a time."""
    while batch := await asyncio.to_thread(lambda: list(islice(findings, _BATCH))):
        for finding in batch:
            yield finding


def _read_content(root: str, native_id: str) -> bytes:
    """Return a metadata file's content, with one byte more than it may have, so that a longer one is noticed."""
    with open_for_reading(root, native_id) as file:
        return file.read(sidecar.MOST_BYTES + 1)


def _stat_file(root: str, native_id: str) -> os.stat_result:
    with open_for_reading(root, native_id) as file:
        return os.fstat(file.fileno())


def _stat_sidecar(root: str, native_id: str) -> os.stat_result | None:
    try:
        return _stat_file(root, sidecar_of(native_id))
    except ports.Absent:
        return None
