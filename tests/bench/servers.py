"""The measured servers, each in its own process that imports nothing else: `python -m tests.bench.servers MODE`."""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress


def sample() -> None:
    """Bolt's sample."""
    from tests.bench.sample import serve

    serve()


def ours() -> None:
    """The program itself: `recording-steward run`."""
    sys.modules["rich"] = None  # type: ignore[assignment]  # structlog reads it where it is there; no installation has it
    from bot.__main__ import main

    sys.argv = ["recording-steward", "run"]
    with suppress(SystemExit):
        main()


def ours_held() -> None:
    """The program itself, with nothing delivered meanwhile."""
    from bot.delivery import worker

    worker.AT_ONCE = 0
    ours()


MODES: Mapping[str, Callable[[], None]] = {"sample": sample, "ours": ours, "ours_held": ours_held}


if __name__ == "__main__":
    MODES[sys.argv[1]]()
