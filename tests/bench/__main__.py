"""`make bench`: how fast and how large, each figure beside a peer or a limit of the same run."""

import sys
import tempfile
from pathlib import Path

from tests.bench.acks import CONNECTIONS, MODES, ROWS, Acks, Found, a_client
from tests.bench.cards import card_lines
from tests.bench.journeys import journey_lines
from tests.bench.register import register_lines
from tests.bench.starting import starting_lines
from tests.bench.ticks import tick_lines
from tests.bench.town import a_sink, lay_calls
from tests.bench.verifying import verify_lines

ROUNDS = 2
AIMS = {1: 0.75, 16: 2}
"""Times the sample's rate, by connections; docs/performance.md says what is reached."""


def main() -> int:
    """Measure, print, and say whether the aims hold; 1 if one doesn't."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        lay_calls(folder / "calls")
        with a_sink() as sink, a_client() as client:
            acks = Acks(folder, sink, client)
            for number in range(ROUNDS):
                print(f"round {number + 1} of {ROUNDS} …", file=sys.stderr, flush=True)
                acks.round()
            print(_table(acks.found))
            lines = _told(_aims(acks.found)) + _told(journey_lines(acks)) + _told(card_lines(acks))
            lines += _told(starting_lines(folder, sink))
        lines += _told(tick_lines(folder)) + _told(verify_lines(folder)) + _told(register_lines(folder))
    return int(not all(holds for holds, _ in lines))


def _told(lines: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """What was measured, printed at once."""
    for holds, line in lines:
        print(f"{'holds ' if holds else 'MISSED'}  {line}", flush=True)
    return lines


def _table(found: dict[str, Found]) -> str:
    cells = "".join(f"{f'{number} conn: /s':>14}{'p50':>7}{'p99 ms':>8}" for number in CONNECTIONS)
    rows = [_row(label, found[mode]) + f"{found[mode].errors:>8}" for mode, label in MODES.items()]
    return "\n".join([f"{'forms acknowledged':<38}{cells}{'errors':>8}", *rows])


def _row(label: str, one: Found) -> str:
    cells = (
        f"{one.rate(number):>14.0f}{one.quantile(number, 0.5):>7.1f}{one.quantile(number, 0.99):>8.1f}"
        for number in CONNECTIONS
    )
    return f"{label:<38}" + "".join(cells)


def _aims(found: dict[str, Found]) -> list[tuple[bool, str]]:
    ours, sample, lines = found["ours"], found["sample"], list[tuple[bool, str]]()
    for number in CONNECTIONS:
        times = ours.rate(number) / sample.rate(number)
        told = f"forms at {number} connections: {times:.2f} times Bolt with one ORM row (aim {AIMS[number]})"
        lines.append((times >= AIMS[number], told))
    worst = ours.quantile(16, 0.99)
    lines.append((worst <= 15, f"p99 at 16 connections: {worst:.1f} ms (aim 15)"))
    for mode in ROWS:
        one = found[mode]
        # What could not be stored in the seconds that Slack waits is not acknowledged, and is stored all the same.
        stored = one.acks <= one.rows <= one.acks + one.errors
        lines.append((stored, f"{mode}: {one.rows} rows for {one.acks} acks and {one.errors} errors"))
    lines.append((max(ours.peaks) < 400, f"peak memory of the bot: {max(ours.peaks):.0f} MB (limit 400)"))
    return lines


if __name__ == "__main__":
    sys.exit(main())
