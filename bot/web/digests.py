"""The SHA-256 of calls' files, worked out once for each file and in a row, so that a page need not wait for many of them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256

from bot.ports import Absent, Recorder, Unavailable
from storage.records import Recording

PIECE = 1024 * 1024  # bytes that are read at once
REMEMBERED = 4096
PATIENCE = 2.0  # seconds for which a page waits

Key = tuple[int, str]


class Digests:
    """Those of the files as they are now; a file that is no longer the one in the register has none."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._known: OrderedDict[Key, str] = OrderedDict()
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._one_by_one = asyncio.Lock()

    async def of(self, calls: Iterable[Recording], patience: float = PATIENCE) -> dict[int, str]:
        """By a call's number; those that take longer are missing, and there the next time."""
        wanted = {(one.id, one.stamp): one.native_id for one in calls}
        for key, name in wanted.items():
            if key not in self._known and key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._work(key, name))
        if waiting := [self._tasks[key] for key in wanted if key in self._tasks]:
            await asyncio.wait(waiting, timeout=patience)
        return {key[0]: self._known[key] for key in wanted if key in self._known}

    def end(self) -> None:
        """The program stops."""
        for task in self._tasks.values():
            task.cancel()

    async def _work(self, key: Key, name: str) -> None:
        try:
            async with self._one_by_one:
                await self._read(key, name)
        except (Absent, Unavailable):
            pass  # the page says so where the call is heard
        finally:
            del self._tasks[key]

    async def _read(self, key: Key, name: str) -> None:
        audio, digest = await self.recorder.audio(name), sha256()
        if audio.stamp != key[1]:
            return
        for start in range(0, audio.size, PIECE):
            data = await audio.read(start, min(start + PIECE, audio.size))
            await asyncio.to_thread(digest.update, data)
        self._known[key] = digest.hexdigest()
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
