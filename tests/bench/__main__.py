"""`make bench`: speed and size, each figure beside a peer or a limit from the same run."""

import sys
import tempfile
from pathlib import Path

from tests.bench.acks import CONNECTIONS, Acks, a_client
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
    """Measure and print; return 1 if an aim is missed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        lay_calls(folder / "calls")
        with a_sink() as sink, a_client() as client:
            acks = Acks(folder, sink, client)
            for number in range(ROUNDS):
                print(f"round {number + 1} of {ROUNDS} …", file=sys.stderr, flush=True)
                acks.round()
            lines = _told(_aims(acks)) + _told(journey_lines(acks)) + _told(card_lines(acks))
            lines += _told(starting_lines(folder, sink))
        lines += _told(tick_lines(folder)) + _told(verify_lines(folder)) + _told(register_lines(folder))
    return int(not all(holds for holds, _ in lines))


def _told(lines: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Print what was measured, at once."""
    for holds, line in lines:
        print(f"{'holds ' if holds else 'MISSED'}  {line}", flush=True)
    return lines


def _aims(acks: Acks) -> list[tuple[bool, str]]:
    ours, sample = acks.found["ours"], acks.found["sample"]
    lines = list[tuple[bool, str]]()
    for number in CONNECTIONS:
        rate, bare = ours.rate(number), sample.rate(number)
        told = f"forms at {number} connections: {rate:.0f} a second, {rate / bare:.2f} times Bolt with one ORM row (aim {AIMS[number]})"
        lines.append((rate >= AIMS[number] * bare, told))
    worst, theirs = ours.p99(16), sample.p99(16)
    told = f"p99 at 16 connections: {worst:.1f} ms (aim 15; Bolt's sample {theirs:.1f}), {ours.errors} not acknowledged (aim 0)"
    return [*lines, (worst <= 15 and not ours.errors, told)]


if __name__ == "__main__":
    sys.exit(main())
