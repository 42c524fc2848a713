"""Asterisk as a call recording system: what is in its spool, described by its CDR, and the calls that go on now."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from bot.ports import NOTHING, Capabilities, Gone, Known, Looked, Problem, Sighting, Sought, Unavailable
from bot.recorders import sidecar
from bot.recorders.asterisk.ami import Account
from bot.recorders.asterisk.channels import number, probed
from bot.recorders.asterisk.live import AsteriskCalls
from bot.recorders.asterisk.opening import UNHEARD, Opened, Spool, opened
from bot.recorders.asterisk.rows import COLUMNS, Position, Rows, blank
from bot.recorders.folder import FolderRecordings
from bot.recorders.listing import Pair, modified, of_file
from bot.recorders.tree import media_type, printable

HOW = (
    "The audio file was taken out of Asterisk's spool, and what the line about it in the call log of the bot said was "
    "overwritten."
)
UNSEEN = (
    "Other call logs of Asterisk (Master.csv, a database, CEL, its own log), which may still say who called whom and when, copies in backups and snapshots of the spool, copies that "
    "a program made of a recording when it ended, copies that were converted or cut, and what a disk still holds of a deleted file "
    "until that is written over."
)
NEW = 60.0
"""Seconds after the last sound in which the CDR's line may yet come."""
AT_ONCE = 1 << 20
"""Bytes of the CDR, or a line more, that are looked through at once."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a look ended: in the folder, in the CDR, and which files were left for later since their calls went on."""

    folder: object
    rows: Position
    later: tuple[str, ...]


class AsteriskRecorder(AsteriskCalls, FolderRecordings):
    """Recordings in a folder that Asterisk writes, told once their calls are over.

    A recording's native id is its audio file's path below the spool. What it is follows from the CDR's line that names it.
    `seconds` counts and never goes back, `wait` waits for seconds, `now` is in seconds since 1970.
    """

    def __init__(
        self, account: Account, spool: Spool, cdr: str, seconds: Callable[[], float] = time.monotonic,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep, now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        FolderRecordings.__init__(self, spool.root, seconds=seconds)
        AsteriskCalls.__init__(self, account, spool, wait)
        self._now = now
        self._rows = Rows(cdr, spool.below)
        self._live_files: set[str] = set()
        self._later: list[str] = []

    @classmethod
    def at(cls, url: str) -> Self:
        """The Asterisk at such an address (docs/asterisk.md); ValueError says what to mend."""
        told: Opened = opened(url)
        return cls(told.account, told.spool, told.cdr)

    async def changes(
        self, known: Known, since: object = None, watched: Mapping[str, str] = NOTHING
    ) -> AsyncIterator[Sighting | Problem | Gone | Looked]:
        """See `Recorder.changes`. A recording whose call goes on is not told yet, neither as sound nor as a problem."""
        before = since if isinstance(since, Cursor) else Cursor(None, Position(0, 0), ())
        # The calls first: whoever hangs up meanwhile has a line by then, or is told the next time.
        self._live_files, self._later = await self.recorded_now(), []
        position = await asyncio.to_thread(self._rows.refresh)
        fresh = await asyncio.to_thread(self._rows.since, before.rows)
        again = dict.fromkeys([*(fresh or ()), *before.later], "")
        folder = None if fresh is None else before.folder
        async for found in super().changes(known, folder, {**again, **watched}):
            yield Looked(Cursor(found.cursor, position, tuple(self._later))) if isinstance(found, Looked) else found

    def capabilities(self) -> Capabilities:
        return Capabilities(delete="native", hold="emulated", how=HOW, unseen=UNSEEN, live="native")

    async def look(self, sought: Collection[Sought]) -> Mapping[str, tuple[str, ...]]:
        """See `Recorder.look`: through the folder as any, through the CDR's bytes, not by its lines, and by what is written now.

        A file that was taken away while Asterisk writes on to it is in no folder any more, and still there.
        """
        found = await super().look(sought)
        lines = await asyncio.to_thread(self._named, [one.native_id for one in sought])
        writing = await self.written_now() if sought else set()
        return {
            native_id: (*names, *lines.get(native_id, ()), *_writes(native_id, writing))
            for native_id, names in found.items()
        }

    async def check(self) -> str:
        asterisk = await probed(self._account)
        seldom = await self.unwatched()
        clock = f" Of what is recorded now, {seldom:,} can't be read back: record as .wav, in {self._files.root}."
        held = await asyncio.to_thread(self._checked)
        return f"{asterisk}{clock if seldom else ''} {held}"

    def _mark(self, native_id: str, stamp: str) -> str:
        return self._rows.mark(native_id, stamp)

    def _is_described(self, pair: Pair) -> bool:
        return self._rows.known(pair.native_id)

    def _read(self, pair: Pair, stamp: str) -> Sighting | Problem | None:
        name = pair.native_id
        if name in self._live_files:
            self._later.append(name)
            return None
        told = self._rows.told(name)
        if not told:
            if self._is_new(pair):
                self._later.append(name)
                return None
            words = f"{printable(name)} stands in no line of {self._rows.path}: does the dialplan set CDR(rs_files)?"
            return replace(of_file(pair, "no_metadata", words), stamp=stamp)
        try:
            file = sidecar.AudioFile(name, media_type(name), pair.audio.st_size, stamp, modified(pair.audio))
            return _sighting(file, told)
        except sidecar.MetadataError as flaw:
            words = f"{printable(name)}: {flaw} The dialplan sets it (docs/asterisk.md)."
            return replace(of_file(pair, "metadata", words), stamp=stamp)

    def _is_new(self, pair: Pair) -> bool:
        """Whether the line about it may yet come: Asterisk writes it when the last leg has hung up."""
        return self._now() - pair.audio.st_mtime < NEW

    async def _unsaid(self, native_id: str) -> None:
        """Where the call goes on, its line is not written yet: then it will not say anything of this recording."""
        if not await asyncio.to_thread(self._had_line, native_id):
            await self.unwritten(native_id)

    def _had_line(self, native_id: str) -> bool:
        """Take it out of the CDR, which is written when a call is over; whether it stood there."""
        self._rows.refresh()
        if not self._rows.path.exists():
            raise Unavailable(self._no_lines())
        places = self._rows.places(native_id)
        for place in places:
            blank(self._rows.path, place, frozenset(self._rows.keys(native_id)), self._files)
        self._rows.forget(native_id)
        return bool(places)

    def _named(self, native_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        by_name = {key.encode(): one for one in native_ids for key in self._rows.keys(one)}
        if not by_name:
            return {}
        whole = re.escape(f"{self._files.there.rstrip('/')}/".encode())
        wanted = rb'(?<=["|])\s*(?:' + whole + rb")?(" + b"|".join(map(re.escape, by_name)) + rb')\s*["|]'
        found = {by_name[one[1]] for lines in self._content() for one in re.finditer(wanted, lines)}
        return dict.fromkeys(found, (f"a line of {self._rows.path}",))

    def _content(self) -> Iterator[bytes]:
        """Whole lines, many at a time; never mapped, for whoever shortens the file meanwhile would end this program."""
        try:
            with self._rows.path.open("rb") as file:
                while lines := file.readlines(AT_ONCE):
                    yield b"".join(lines)
        except FileNotFoundError as why:
            raise Unavailable(self._no_lines()) from why
        except OSError as why:
            raise Unavailable(f"{self._rows.path} can't be looked through: {why.strerror}.") from why

    def _checked(self) -> str:
        self._rows.refresh()
        path = self._rows.path
        if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
            raise Unavailable(f"what {path} says can't be erased: let this program's user read and write there.")
        odd = sum(one.is_file() and one.suffix[1:] in UNHEARD for one in Path(self._root).rglob("*.*"))
        unheard = f" In formats that are never registered (.{', .'.join(UNHEARD)}): {odd:,}. Record as .wav."
        told = "" if path.exists() else f" {self._no_lines()}"
        return f"{self._counted()}{unheard if odd else ''}{told}"

    def _no_lines(self) -> str:
        return f"{self._rows.path} is not there: is its disk mounted? If no call has ended yet, make it empty."


def _writes(native_id: str, writing: Collection[str]) -> tuple[str, ...]:
    stem = native_id.rpartition(".")[0]
    return (f"{printable(native_id)}, which Asterisk is writing",) if stem in writing else ()


def _sighting(file: sidecar.AudioFile, told: list[str]) -> Sighting:
    """Raises `MetadataError`."""
    if len(told) != len(COLUMNS):
        raise sidecar.MetadataError("its line in the CDR has not the columns that it should have.")
    said = dict(zip(COLUMNS, told, strict=True))
    operator = {"name": said["operator_name"], "email": said["operator"]}
    facts: dict[str, object] = {
        **said, "caller": number(said["caller"], said["line"]), "operator": operator, "started": _moment(said["start"]),
        "duration": _seconds(said["duration"]),
    }  # fmt: skip
    return sidecar.Reader(facts).sighting(file)


def _moment(epoch: str) -> str:
    try:
        return datetime.fromtimestamp(float(epoch), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _seconds(told: str) -> float | str:
    try:
        return float(told)
    except ValueError:
        return told
