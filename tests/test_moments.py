"""No test reads the machine's clock: what it finds depends on no day and no hour."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
CLOCKS = re.compile(
    r"\b(?:datetime|date)\.(?:now|today|utcnow)\(|\btime\.(?:time|time_ns|localtime|gmtime)\(|\butc_now\b"
)
ALLOWED = {
    "moments.py": "the one place that reads the clock that conftest.py sets",
    "bench/": "measures the program as it runs",
    "pbx/": "a real Asterisk has a clock of its own",
}


def test_no_test_reads_the_machines_clock() -> None:
    found = {
        f"{file.relative_to(HERE)}:{number}": line.strip()
        for file in sorted(HERE.rglob("*.py"))
        if not str(file.relative_to(HERE)).startswith(tuple(ALLOWED)) and file != Path(__file__)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if CLOCKS.search(line)
    }
    assert found == {}
