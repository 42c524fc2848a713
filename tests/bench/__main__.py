"""`make bench`: how fast and how large, each figure beside a peer or a limit of the same run."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from tests.bench.acks import CONNECTIONS, MODES, ROWS, Acks, Found, a_client
from tests.bench.cards import card_lines
from tests.bench.register import register_lines
from tests.bench.searches import search_lines
from tests.bench.starting import starting_lines
from tests.bench.teams import TeamsRounds, teams_lines, teams_table
from tests.bench.ticks import tick_lines
from tests.bench.town import a_sink, lay_calls
from tests.bench.verifying import verify_lines

ROUNDS = 3
AIMS = {
    1: 0.75,
    16: 2,
}  # times the sample's rate without its poll, by connections; docs/performance.md says what is reached


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
            started = [*card_lines(acks), *starting_lines(folder, sink)]
            teams = _in_teams(folder, client)
        print(_table(acks.found))
        print(teams_table(teams.found))
        aims = [*_aims(acks.found), *started, *teams_lines(teams.found), *register_lines(folder), *verify_lines(folder)]
        aims += [*tick_lines(folder), *search_lines(folder)]
    for holds, line in aims:
        print(f"{'holds ' if holds else 'MISSED'}  {line}")
    return int(not all(holds for holds, _ in aims))


def _in_teams(folder: Path, client: ProcessPoolExecutor) -> TeamsRounds:
    with a_sink("tests.bench.teams_sink") as sink:
        teams = TeamsRounds(folder, sink, client)
        for number in range(ROUNDS):
            print(f"Teams, round {number + 1} of {ROUNDS} …", file=sys.stderr, flush=True)
            teams.round()
    return teams


def _table(found: dict[str, Found]) -> str:
    head = f"{'forms acknowledged':<38}" + "".join(
        f"{f'{number} conn: /s':>14}{'p50':>7}{'p99 ms':>8}" for number in CONNECTIONS
    )
    rows = [_row(label, found[mode]) + (f"{found[mode].errors_in_all():>8}") for mode, label in MODES.items()]
    return "\n".join([f"{head}{'errors':>8}", *rows])


def _row(label: str, one: Found) -> str:
    cells = (
        f"{one.rate(number):>14.0f}{one.quantile(number, 0.5):>7.1f}{one.quantile(number, 0.99):>8.1f}"
        for number in CONNECTIONS
    )
    return f"{label:<38}" + "".join(cells)


def _aims(found: dict[str, Found]) -> list[tuple[bool, str]]:
    ours, sample, at_once = found["ours"], found["sample"], found["sample_at_once"]
    lines = []
    for number in CONNECTIONS:
        times, swift = ours.rate(number) / sample.rate(number), ours.rate(number) / at_once.rate(number)
        aim = AIMS.get(number, 1)
        told = f"{times:.1f} times the sample's rate, {swift:.2f} without its poll (aim {aim})"
        lines.append((swift >= aim, f"{number} connections: {told}"))
    worst = ours.quantile(16, 0.99)
    lines.append((worst < 15, f"p99 at 16 connections: {worst:.1f} ms (aim 15)"))
    for number, opened in ours.opened.items():
        lines.append(
            (
                median(opened) < 50,
                f"views.open sent {median(opened):.1f} ms after the command at {number} connections (limit 50)",
            )
        )
    lines += [
        (found[mode].rows == found[mode].acks, f"{mode}: {found[mode].rows} rows for {found[mode].acks} acks")
        for mode in ROWS
    ]
    lines.append((max(ours.peaks) < 400, f"peak memory of the bot: {max(ours.peaks):.0f} MB (limit 400)"))
    return lines


if __name__ == "__main__":
    sys.exit(main())
