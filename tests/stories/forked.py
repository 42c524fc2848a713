"""Processes forked off one that has imported the program: the program's own, at a tenth of what a start costs.

That a shell can start it is tried by the stories that start `program()`, and by tests/stories/test_wheel.py.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests.stories.forked_child import Start, live
from tests.stories.waiting import until

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([
    "tests.stories.forked_child", "tests.stories.crashing_child", "aiosqlite", "asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.asyncpg",
])  # fmt: skip
A_WHILE = 120.0  # seconds after which a process is taken to hang


def read_ahead() -> None:
    """Let what processes are forked off read the program now, and wait for nothing."""
    forkserver.ensure_running()


class Process(Protocol):
    """What is asked of a process."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, number: int, /) -> None: ...

    def kill(self) -> None: ...

    async def wait(self) -> int: ...


class Forked:
    """Such a process, to be asked as one of asyncio's."""

    def __init__(self, start: Start) -> None:
        self._process: ForkServerProcess = PROCESSES.Process(target=live, args=(start,), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it lives; less than nothing where a signal ended it."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        await until(lambda: self.returncode is not None, f"process {self.pid} ends", A_WHILE)
        return self.returncode or 0


async def said(words: Sequence[str], folder: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end; its exit code, and all that it said."""
    with TemporaryDirectory() as elsewhere:
        log = Path(elsewhere) / "said"
        process = Forked(Start(words, folder, dict(settings), log))
        try:
            code = await process.wait()
        finally:
            process.kill()
        return code, await asyncio.to_thread(log.read_text)
