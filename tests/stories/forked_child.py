"""The real program in a process that has already imported it; otherwise as if started from a shell."""

import gc
import os
import runpy
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import bot.commands.auditing
import bot.commands.backing_up
import bot.commands.checking
import bot.commands.rotating
import bot.rehearsal.demo
import bot.serving
from bot.rehearsal.slack import Workspace
from tests.patience import PATIENCE, unhurried
from tests.stories.at_moment import booted_at, clock_of
from tests.unlasting import let_go

gc.freeze()
PATIENTLY = partial(Workspace, ack_seconds=PATIENCE, trigger_seconds=PATIENCE)
"""The demo's own workspace: a demo from a shell gives an answer the three seconds of the real one."""


@dataclass(frozen=True, slots=True)
class Start:
    """Run `python -m module words` in a folder, with only these settings; its output goes to the end of a file, if one
    is named. Its clock is the one on which the machine was `booted` at a moment (aware): the test's, unless another is
    named.
    """

    words: Sequence[str]
    folder: Path
    settings: dict[str, str]
    log: Path | None = None
    module: str = "bot"
    booted: datetime = field(default_factory=booted_at)


def live(start: Start) -> None:
    """Run to the end; `SystemExit` becomes the exit code, as usual."""
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
    with clock_of(start.booted), unhurried(), patch.object(bot.rehearsal.demo, "Workspace", PATIENTLY):
        runpy.run_module(start.module, run_name="__main__")
