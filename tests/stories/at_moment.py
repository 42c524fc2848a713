"""Give processes that a test starts the test's own clock: `python -m tests.stories.at_moment BOOTED words…` runs the program with it.

Two bots need one clock: a bot whose clock is behind takes the other's lease for one from a clock that ran ahead.
"""

import runpy
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

import time_machine

from tests.moments import moment


def booted_at(now: datetime | None = None) -> datetime:
    """Return when this machine was started (aware) by a clock that shows `now`, or else the test's moment; all processes share that."""
    return (now or moment()) - timedelta(seconds=monotonic())


@contextmanager
def clock_of(booted: datetime) -> Iterator[None]:
    """Let this process have the clock on which the machine was started at that moment."""
    with time_machine.travel(booted + timedelta(seconds=monotonic())):
        yield


def program() -> tuple[str, ...]:
    """What a shell runs for `recording-steward`, with the test's clock."""
    return (sys.executable, "-m", "tests.stories.at_moment", booted_at().isoformat())


def main(booted: str, *words: str) -> None:
    """Run `recording-steward words…`."""
    sys.argv = ["recording-steward", *words]
    with clock_of(datetime.fromisoformat(booted)):
        runpy.run_module("bot", run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
