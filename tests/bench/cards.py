"""What delivering a card costs: filing requests whose cards are delivered, beside as many whose cards are held back."""

import os
import time
from pathlib import Path
from statistics import median

from tests.bench.acks import Acks
from tests.bench.town import Server, a_server, told_by

FILED, WARM_UP, TIMES = 80, 20, 2
EACH = 2  # cards of a filing: the requester's and the approver's
AIM = 2.0  # ms of CPU; docs/performance.md says what is reached
QUIET = 0.5  # seconds after which nothing more of what was filed is under way


def card_lines(acks: Acks) -> list[tuple[bool, str]]:
    """Return whether the aim holds, and a line that says so; nothing if the system doesn't report CPU as Linux does."""
    if not Path("/proc/self/stat").exists():
        return []
    with_cards, without = (median(_spent(acks, mode) for _ in range(TIMES)) for mode in ("ours", "ours_held"))
    each = 1000 * (with_cards - without) / (FILED * EACH)
    filing = 1000 * without / FILED
    return [(each < AIM, f"a delivered card: {each:.2f} ms of CPU (aim {AIM}); a filing alone: {filing:.2f}")]


def _spent(acks: Acks, mode: str) -> float:
    """Return the CPU seconds of filing at 16 connections, with everything that follows."""
    with a_server(mode, acks.folder, acks.sink) as server:
        _file(acks, server, WARM_UP, delivered=mode == "ours")
        before = _cpu(server)
        _file(acks, server, FILED, delivered=mode == "ours")
        return _cpu(server) - before


def _file(acks: Acks, server: Server, number: int, *, delivered: bool) -> None:
    before = told_by(acks.sink)["posted"]
    acks.send(server, acks.form, 16, number, 120)
    deadline = time.monotonic() + 120
    while delivered and told_by(acks.sink)["posted"] - before < number * EACH:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{told_by(acks.sink)['posted'] - before} cards of {number} filings")
        time.sleep(0.02)
    time.sleep(QUIET)


def _cpu(server: Server) -> float:
    ticks = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
