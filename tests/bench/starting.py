"""How soon a bot is ready, and how much memory it uses while idle, beside Bolt's sample."""

import time
from pathlib import Path
from statistics import median

from tests.bench.town import a_server

STARTS = 2
IDLE = 3.0  # seconds until what a start needs is done with
READY, HELD = 1.0, 110  # seconds and MB: what we want; docs/performance.md says what is reached


def starting_lines(folder: Path, sink: int) -> list[tuple[bool, str]]:
    """Whether each limit holds, and a line that says so. What counts is a restart: the first start makes the database."""
    ours, sample = ([_start(mode, folder, sink) for _ in range(1 + STARTS)][1:] for mode in ("ours", "sample"))
    (ready, held), (bare, least) = (tuple(median(told) for told in zip(*one, strict=True)) for one in (ours, sample))
    return [
        (ready < READY, f"ready {ready:.2f} s after its start (limit {READY:.0f}; Bolt's sample {bare:.2f})"),
        (held < HELD, f"idle it holds {held:.0f} MB (limit {HELD}; Bolt's sample {least:.0f})"),
    ]


def _start(mode: str, folder: Path, sink: int) -> tuple[float, float]:
    began = time.perf_counter()
    with a_server(mode, folder, sink, folder / f"{mode}-again.db") as server:
        ready = time.perf_counter() - began
        time.sleep(IDLE)
        return ready, _held(server.process.pid)


def _held(pid: int) -> float:
    """Return the MB in memory now; NaN if the system doesn't say it as Linux does."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
