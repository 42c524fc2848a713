"""Lets years be played by one process that has nobody else to wait for: no disk, and no thread that takes its turn."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import storage.database.files
from tests.unlasting import let_go


class AtOnce(ThreadPoolExecutor):
    """Does what it is given there and then: one thing happens after the other in a rehearsal anyhow."""

    def submit(self, work: Callable[..., Any], /, *told: Any, **named: Any) -> Future[Any]:
        """The result is there when this returns, or what went wrong."""
        done: Future[Any] = Future()
        try:
            done.set_result(work(*told, **named))
        except BaseException as error:  # noqa: BLE001  the waiter gets it, whatever it is
            done.set_exception(error)
        return done


def hurry() -> None:
    """From now on this process waits for no disk, and the work of its running loop and of databases that it opens is done at once."""
    let_go()
    vars(os)["fsync"] = lambda _: None  # what is written need not outlast a power cut either
    storage.database.files.AT_ANY_TIME = 0  # bytes: the file is rewritten at night alone, as a large one is
    storage.database.files._make_threads = lambda: (AtOnce(1), AtOnce(1))
    asyncio.get_running_loop().set_default_executor(AtOnce(1))
