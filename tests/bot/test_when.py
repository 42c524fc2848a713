"""P8, P12: `recording-steward when due` and `when erased`: the moment with its sum, and what is wrong in a sentence."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.bot.environment import Environment
from tests.each import each

ROOT = Path(__file__).parents[2]
SYDNEY, LONDON = "+61 2 8197 9000", "+44 20 3695 3777"
EXAMPLE = ("--line", SYDNEY, "--received", "2027-04-22T17:20")
Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def run(environment: Environment, typed: Run) -> Run:
    environment(POLICY_FILE=str(ROOT / "policy.yaml"))
    return partial(typed, "when", "due")


@pytest.fixture
def erased(environment: Environment, typed: Run) -> Run:
    environment(POLICY_FILE=str(ROOT / "policy.yaml"))
    return partial(typed, "when", "erased")


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_p8_the_moment_is_first_and_the_whole_sum_below(run: Run) -> None:
    code, printed, _ = run(*EXAMPLE)
    rows = printed.splitlines()
    assert code == 0
    assert rows[:4] == [
        "Due          Wed 5 May 2027, 17:00 Sydney",
        "Received     Thu 22 Apr 2027, 17:20 Sydney",
        "Day 0        Fri 23 Apr 2027, as it came after 17:00 Sydney",
        "Counted      Tue 27 Apr 2027, working day 1",
    ]
    assert rows[9:14] == [
        "             Wed 5 May 2027, working day 7",
        "Not counted  Sat 24 Apr 2027, weekend",
        "             Sun 25 Apr 2027, weekend",
        "             Mon 26 Apr 2027, public holiday, ANZAC Day (observed)",
        "             Sat 1 May 2027, weekend",
    ]
    assert rows[-1] == "Note         The public holidays of 2027 may not all be declared yet."


def test_p8_the_number_of_days_is_the_policy_s_or_the_one_that_is_typed(run: Run, environment: Environment) -> None:
    _, printed, _ = run(*EXAMPLE, "--json", "--days", "1000")
    assert len(objects(printed)[0]["working"]) == 1000
    policy = (ROOT / "policy.yaml").read_text(encoding="utf-8").replace("working_days: 7", "working_days: 3")
    closed = policy.replace("closure_days: []", f'closure_days: [{{date: 2027-04-27, lines: ["{SYDNEY}"]}}]')
    Path("other.yaml").write_text(closed, encoding="utf-8")
    environment(POLICY_FILE="other.yaml")
    _, printed, _ = run(*EXAMPLE)
    assert "             Tue 27 Apr 2027, closure day\n" in printed
    assert printed.startswith("Due          Fri 30 Apr 2027, 17:00 Sydney")


@each(
    ("moment", "told"),
    [("2026-04-05T02:30+11:00", "Sun 5 Apr 2026, 02:30 +11:00 Sydney"), ("2026-04-05T02:30+10:00", "Sun 5 Apr 2026, 02:30 +10:00 Sydney")],
)  # fmt: skip
def test_p12_a_time_that_comes_twice_has_its_offset(erased: Run, moment: str, told: str) -> None:
    _, printed, _ = erased("--line", SYDNEY, "--started", moment)
    assert f"Began        {told}\n" in printed


@each(
    ("words", "sentence"),
    [
        ([], "--line: This is missing. Write the line and the time."),
        (["--line", SYDNEY], "--received: This is missing. Write the line and the time."),
        (["--line", "+61 2 8197 9001", "--received", "2027-04-22T17:20"],
         f"--line: “+61 2 8197 9001” isn't one of the lines. Write one of: {SYDNEY}, {LONDON}."),
        (["--line", SYDNEY, "--received", "yesterday"],
         "--received: “yesterday” isn't a date and a time. Write it like 2027-04-22T17:20, or 2027-04-22T17:20+10:00."),
        (["--line", SYDNEY, "--received", "2026-10-04 02:30"],
         "--received: 02:30 on 2026-10-04 doesn't exist in Australia/Sydney, where clocks go forward. Write a time that does."),
        (["--line", SYDNEY, "--received", "2100-12-30 12:00"],
         "--received: The public holidays of 2101 in AU aren’t known. Write a date from 1801 to 2100."),
        ([*EXAMPLE, "--days", "0"], "--days: “0” isn't a number of days. Write one from 1 to 1000, such as 7."),
        ([*EXAMPLE, "--days", "1001"], "--days: “1001” isn't a number of days. Write one from 1 to 1000, such as 7."),
        ([*EXAMPLE, "--days", "seven"], "--days: “seven” isn't a number of days. Write one from 1 to 1000, such as 7."),
        ([*EXAMPLE, "--days", "٧"], "--days: “٧” isn't a number of days. Write one from 1 to 1000, such as 7."),
        ([*EXAMPLE, "--file", "x.csv"], "--file: the file has the lines and times. Leave out --line and --received."),
        (["--file", "x.csv"], "--file: x.csv can't be read (no such file or directory)."),
        (["--file", "."], "--file: . can't be read (is a directory)."),
    ],
)  # fmt: skip
def test_p8_what_is_wrong_is_told_by_option_with_the_remedy(run: Run, words: list[str], sentence: str) -> None:
    assert run(*words) == (f"recording-steward: {sentence}", "", "")


FILE = f"""\
line,received,note
{SYDNEY},2027-04-22T17:20,"over
two lines"
{SYDNEY},nonsense,
{LONDON},2027-04-22T17:00+01:00

,2027-04-22T17:00,
,,
+1 212 555 0100,2027-04-22T17:00,
{LONDON}
{LONDON},2026-11-24 12:00,x,y,z
"""


def test_p8_each_row_of_a_file_is_answered_and_a_bad_one_stops_no_other(run: Run) -> None:
    Path("moments.csv").write_text(FILE, encoding="utf-8")
    code, printed, said = run("--file", "moments.csv")
    assert (code, said) == (1, "4 of 7 rows have errors.\n")
    starts = [
        "line 3: Received Thu 22 Apr 2027, 17:20 Sydney, after 17:00 Sydney, so it counts as Fri 23 Apr 2027. Mon 26",
        "line 4, column received: “nonsense” isn't a date and a time. Write it like",
        "line 5: Received Thu 22 Apr 2027, 17:00 London. Mon 3 May 2027 is a public holiday, May Day. Due Tue 4 May 2027",
        "line 7, column line: This is missing. Write the line and the time.",
        "line 9, column line: “+1 212 555 0100” isn't one of the lines. Write one of:",
        "line 10, column received: This is missing.",
        "line 11: Received Tue 24 Nov 2026, 12:00 London. Due Thu 3 Dec 2026, 17:00 London, on working day 7.",
    ]
    assert [row.startswith(start) for row, start in zip(printed.splitlines(), starts, strict=True)] == [True] * 7


def test_p12_the_moment_is_first_and_what_it_rests_on_below(erased: Run) -> None:
    code, printed, _ = erased("--line", SYDNEY, "--started", "2028-02-29T10:30")
    assert (code, printed.splitlines()) == (
        0,
        [
            "Erased       Thu 1 Mar 2029, 00:00 Sydney",
            "Began        Tue 29 Feb 2028, 10:30 Sydney",
            "Kept         12 calendar months from its start, in the line's time zone",
            "Then         locked at once; its audio is erased within 60 minutes, unless something keeps it",
        ],
    )
