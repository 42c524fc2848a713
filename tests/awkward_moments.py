"""`python -m tests.awkward_moments`: `make test` again, started at each moment that clocks and calendars make awkward.

Rules, policy, storage and handlers take the moment as an argument and never read a clock, so their tests are left out.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

NO_CLOCK = ("tests/rules", "tests/policy", "tests/storage", "tests/handlers")
SYDNEY, LONDON = ZoneInfo("Australia/Sydney"), ZoneInfo("Europe/London")
MOMENTS = {
    "Monday before midnight in Sydney": datetime(2026, 11, 23, 23, 55, tzinfo=SYDNEY),
    "Tuesday after midnight in Sydney": datetime(2026, 11, 24, 0, 5, tzinfo=SYDNEY),
    "Tuesday before midnight in London": datetime(2026, 11, 24, 23, 55, tzinfo=LONDON),
    "Wednesday after midnight in London": datetime(2026, 11, 25, 0, 5, tzinfo=LONDON),
    "Wednesday before midnight in Sydney": datetime(2026, 11, 25, 23, 55, tzinfo=SYDNEY),
    "Thursday after midnight in Sydney": datetime(2026, 11, 26, 0, 5, tzinfo=SYDNEY),
    "Thursday before midnight in London": datetime(2026, 11, 26, 23, 55, tzinfo=LONDON),
    "Friday after midnight in London": datetime(2026, 11, 27, 0, 5, tzinfo=LONDON),
    "Friday before midnight in Sydney": datetime(2026, 11, 27, 23, 55, tzinfo=SYDNEY),
    "Monday after midnight in London": datetime(2026, 11, 30, 0, 5, tzinfo=LONDON),
    "the last day of a month and a year": datetime(2026, 12, 31, 23, 55, tzinfo=SYDNEY),
    "29 February": datetime(2028, 2, 29, 10, 0, tzinfo=SYDNEY),
    "the night when clocks go forward": datetime(2026, 10, 4, 1, 55, tzinfo=SYDNEY),
    "the night when clocks go back": datetime(2026, 10, 25, 0, 55, tzinfo=LONDON),
}


def main(words: list[str]) -> int:
    """Run pytest, with more `words` for it, at each moment; return 1 if any run fails, once all are over."""
    failed = []
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]
    pytest += [f"--ignore={one}" for one in NO_CLOCK]
    for name, at in MOMENTS.items():
        print(f"--- {name}: {at:%a %d %b %Y, %H:%M} {at.tzinfo}", flush=True)
        if subprocess.run([*pytest, "--at", at.isoformat(), *words], check=False).returncode:
            failed.append(name)
    print(f"{len(MOMENTS) - len(failed)} moments passed, {len(failed)} failed", *failed, sep="\n  ")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
