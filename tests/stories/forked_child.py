"""The real program in a process that has imported it already; all else is as if a shell had started it."""

from __future__ import annotations

import gc
import os
import runpy
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import bot.commands.auditing
import bot.commands.backing_up
import bot.commands.checking
import bot.commands.putting_back
import bot.commands.rotating
import bot.rehearsal.demo
import bot.serving
from bot.rehearsal.clock import MovableClock
from bot.rehearsal.slack import Workspace
from tests.patience import PATIENCE, unhurried
from tests.unlasting import let_go

gc.freeze()
PATIENTLY = partial(Workspace, ack_seconds=PATIENCE, trigger_seconds=PATIENCE)
"""The demo's own workspace: a shell's demo gives an answer the three seconds of the real one."""


@dataclass(frozen=True, slots=True)
class Start:
    """`python -m module words`, in a folder, with no settings but these; what it says goes to the end of a file, if one is named.

    The demo's clock starts `at` a moment (aware), if one is named, and is moved from there as ever.
    """

    words: Sequence[str]
    folder: Path
    settings: dict[str, str]
    log: Path | None = None
    module: str = "bot"
    at: datetime | None = None


def clock_at(moment: datetime) -> MovableClock:
    """The demo's clock, as it is where the demo is started at this moment (aware)."""
    clock = MovableClock()
    clock.offset = moment - datetime.now(UTC)
    return clock


def live(start: Start) -> None:
    """To its end; `SystemExit` becomes the exit code, as it would."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(start.folder)
    os.environ.clear()
    os.environ.update(start.settings)
    if start.log is not None:
        said = os.open(start.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.close(said)
    let_go()
    sys.argv = ["recording-steward", *start.words]
    clock = partial(clock_at, start.at) if start.at else MovableClock
    with unhurried(), patch.multiple(bot.rehearsal.demo, Workspace=PATIENTLY, MovableClock=clock):
        runpy.run_module(start.module, run_name="__main__")
