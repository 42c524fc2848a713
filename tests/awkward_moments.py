"""`python -m tests.awkward_moments`: run what reads a clock in `make test` at each moment that is awkward for clocks
and calendars. At the first moment every test runs, and this plugin notes whose code reads the clock; the other moments
make no difference to the rest. Rules, policy, storage and handlers take the moment as an argument, so their tests are
left out.
"""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from time_machine import Traveller

ROOT = Path(__file__).parents[1]
OURS = tuple(f"{ROOT}/{one}/" for one in ("bot", "handlers", "storage", "tests"))
NO_CLOCK = ("tests/rules", "tests/policy", "tests/storage", "tests/handlers")
NOTED = "CLOCK_READERS"
"""The folder for the names of tests that read the clock."""
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
    """Run pytest at each moment, with more `words` for it; return 1 if any run fails, after all of them."""
    failed, readers = [], list[str]()
    for name, at in MOMENTS.items():
        print(f"--- {name}: {at:%a %d %b %Y, %H:%M} {at.tzinfo}", flush=True)
        with TemporaryDirectory() as folder:
            tests = readers or ["-p", "tests.awkward_moments", *(f"--ignore={one}" for one in NO_CLOCK)]
            pytest_ = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--at", at.isoformat()]
            if subprocess.run([*pytest_, *tests, *words], check=False, env={**os.environ, NOTED: folder}).returncode:
                failed.append(name)
            readers = readers or [one for path in Path(folder).iterdir() for one in path.read_text("utf-8").split("\n")]
    print(f"{len(MOMENTS) - len(failed)} moments passed, {len(failed)} failed", *failed, sep="\n  ")
    return int(bool(failed))


def pytest_configure() -> None:
    """Note each test whose code, ours or its own, reads the clock that `tests/conftest.py` sets."""
    worker = Path(os.environ[NOTED], os.environ.get("PYTEST_XDIST_WORKER", "main"))
    readers, read = set[str](), Traveller.time_ns

    def read_and_note(self: Traveller) -> int:
        frame = sys._getframe(1)
        while frame.f_back and frame.f_globals["__name__"].startswith("time_machine"):
            frame = frame.f_back
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
        if frame.f_code.co_filename.startswith(OURS) and test not in readers:
            readers.add(test)
            worker.write_text("\n".join(readers), "utf-8")
        return read(self)

    Traveller.time_ns = read_and_note  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
