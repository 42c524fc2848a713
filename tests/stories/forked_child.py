"""The real program in a process that has imported it already; all else is as if a shell had started it."""

from __future__ import annotations

import gc
import os
import runpy
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import bot.auditing
import bot.backing_up
import bot.checking
import bot.putting_back
import bot.rehearsal.demo
import bot.rotating
import bot.serving
from bot.rehearsal.slack import Workspace
from tests.patience import PATIENCE, unhurried
from tests.unlasting import let_go

gc.freeze()
PATIENTLY = partial(Workspace, ack_seconds=PATIENCE, trigger_seconds=PATIENCE)
"""The demo's own workspace: a shell's demo gives an answer the three seconds of the real one."""


@dataclass(frozen=True, slots=True)
class Start:
    """`python -m module words`, in a folder, with no settings but these; what it says goes to the end of a file, if one is named."""

    words: Sequence[str]
    folder: Path
    settings: dict[str, str]
    log: Path | None = None
    module: str = "bot"


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
    with unhurried(), patch.object(bot.rehearsal.demo, "Workspace", PATIENTLY):
        runpy.run_module(start.module, run_name="__main__")
