"""`python -m tests.stand_ins`: test the stand-ins for the chats, and record that they passed, so that they needn't run
until they change.
"""

import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = ("tests/bot/rehearsal",)
NOTED = ROOT / "tests/bot/rehearsal/passed.sha256"


def have_changed() -> bool:
    """Return True if the stand-ins or their tests are not those that passed last."""
    return not NOTED.exists() or NOTED.read_text(encoding="utf-8").strip() != _digest()


def _digest() -> str:
    files = [
        file
        for folder in ("bot/rehearsal", *TESTS)
        for file in sorted((ROOT / folder).rglob("*"))
        if file.is_file() and file != NOTED and not {"__pycache__", "node_modules", "build"}.intersection(file.parts)
    ]
    told = [f"{file.relative_to(ROOT).as_posix()} {sha256(file.read_bytes()).hexdigest()}" for file in files]
    return sha256("\n".join(told).encode()).hexdigest()


def main() -> int:
    """Run their tests; the exit code is pytest's."""
    code = int(pytest.main(["-q", "-n", "2", "--stand-ins", "-m", "not pbx", *TESTS]))
    if code == 0:
        NOTED.write_text(_digest() + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
