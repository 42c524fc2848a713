"""P12: `recording-steward when erased`, as somebody types it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from tests.bot.environment import Environment
from tests.each import each

ROOT = Path(__file__).parents[2]
SYDNEY = "+61 2 8197 9000"
Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def run(environment: Environment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit code (or the sentence with which it ended), and what was printed."""
    environment(POLICY_FILE=str(ROOT / "policy.yaml"))

    def typed(*words: str) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["recording-steward", "when", "erased", *words])
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return left.value.code, printed.out, printed.err

    return typed


def test_p12_the_moment_stands_first_and_what_it_rests_on_below(run: Run) -> None:
    code, printed, _ = run("--line", SYDNEY, "--started", "2028-02-29T10:30")
    assert (code, printed.splitlines()) == (
        0,
        [
            "Erased       Thu 1 Mar 2029, 00:00 Sydney",
            "Began        Tue 29 Feb 2028, 10:30 Sydney",
            "Kept         12 calendar months from its start, in the time of the line",
            "At the moment it is closed to everybody; the audio goes within 60 minutes of it, unless something keeps it.",
        ],
    )


def test_p12_many_at_once_and_a_bad_row_stops_no_other(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "moments.csv"
    file.write_text("line,started\n+61281979000,2026-11-24T14:00\n+1555,2026-11-24T14:00\n+442036953777,2027-02-29\n")
    code, printed, told = run("--file", str(file))
    assert (code, told) == (1, "2 of 3 rows could not be answered.\n")
    first, second, third = printed.splitlines()
    assert first == "line 2: erased Wed 24 Nov 2027, 14:00 Sydney"
    assert second.startswith("line 3, column line: “+1555” isn't one of the lines.")
    assert third.startswith("line 4, column started: “2027-02-29”")


@each(
    ("typed", "told"),
    [
        (("--started", "2027-01-01T10:00"), "--line: This is missing. Write the line and the moment."),
        (("--line", SYDNEY), "--started: This is missing. Write the line and the moment."),
        (
            ("--line", SYDNEY, "--file", "x.csv"),
            "--file: its rows name lines and moments. Leave out --line and --started.",
        ),
    ],
)
def test_what_is_missing_is_named(run: Run, typed: tuple[str, ...], told: str) -> None:
    code, _, _ = run(*typed)
    assert str(code).removeprefix("recording-steward: ") == told
