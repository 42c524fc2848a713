"""P7, P9: `recording-steward route`, as an operator types it: who decides, who is away, and what is wrong in a sentence."""

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.commands.looking import START
from bot.commands.route import ALONE, print_route
from handlers import away
from storage.database.store import Database
from tests.bot.environment import Environment, with_database
from tests.each import each
from tests.handlers.builders import Clock, a_company
from tests.moments import NOW

ROOT = Path(__file__).parents[2]
ANNA, TARA, HELENA = (f"{name}@fernhill.example" for name in ("anna.quill", "tara.lindqvist", "helena.marsh"))
RUTH, MILES = "ruth.adeyemi@fernhill.example", "miles.fairweather@fernhill.example"
HENRIK, DEVEN = "henrik.solberg@fernhill.example", "deven.okafor@fernhill.example"
Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def run(environment: Environment, typed: Run) -> Run:
    """No database is there."""
    environment(POLICY_FILE=str(ROOT / "policy.yaml"), DATABASE_URL="sqlite:////nowhere/at/all.db")
    return partial(typed, "route")


def test_p7_it_says_who_is_asked_who_next_and_when_it_lapses(run: Run) -> None:
    code, printed, _ = run("--asker", ANNA, "--reason", "complaint", "--day", "2026-11-24")
    assert code == 0
    assert printed.splitlines() == [
        "On           Tue 24 Nov 2026",
        "Reason       Facts of feedback or a complaint by a customer or staff (P7)",
        f"Asked        {TARA}, Customer Success Specialist Team Leader.",
        "Next         deven.okafor@fernhill.example, deputy of the Customer Success Specialist Team Leader.",
        "Lapses       Tue 8 Dec 2026, 17:00 Sydney, if no one decides.",
        f"Note         {ALONE} DATABASE_URL: there is no file /nowhere/at/all.db. {START}",
    ]


def test_p9_people_who_are_passed_over_are_listed_with_the_cause(run: Run) -> None:
    words = ("--asker", ANNA, "--reason", "Defence of a legal claim", "--operator", HELENA, "--concerns", RUTH, MILES)
    _, printed, _ = run(*words)
    assert printed.splitlines()[2:] == [
        "Asked        No one may decide it. It would stay open, and someone who can fix that would be told.",
        f"Passed over  {HELENA} was on one of these calls.",
        f"             {HENRIK} deputises for someone who was passed over, and no one decides for a superior.",
        f"             {RUTH} is named in it.",
        f"             {MILES} is named in it.",
        "Lapses       Never: an investigation stays open until it is decided.",
        f"Note         {ALONE} DATABASE_URL: there is no file /nowhere/at/all.db. {START}",
    ]


@each(
    ("words", "told"),
    [
        ((), "--asker: This is missing."),
        (("--asker", ANNA), "--reason: This is missing."),
        (("--asker", "anna", "--reason", "complaint"), "--asker: “anna” isn't an e-mail address."),
        (("--asker", ANNA, "--reason", "fun"), "--reason: “fun” isn't one of the reasons."),
        (("--asker", ANNA, "--reason", "crime", "--operator", "x"), "--operator: “x” isn't an e-mail address."),
        (("--asker", ANNA, "--reason", "crime", "--concerns", "x"), "--concerns: “x” isn't an e-mail address."),
        (("--asker", ANNA, "--reason", "crime", "--day", "May"), "--day: “May” isn't a day."),
        (("--asker", ANNA, "--reason", "complaint", "--day", "2200-01-01"), "--day: The public holidays of 2200"),
    ],
)
def test_p7_a_sentence_names_the_wrong_option(run: Run, words: tuple[str, ...], told: str) -> None:
    code, printed, _ = run(*words)
    assert str(code).startswith(f"recording-steward: {told}")
    assert str(code).endswith(".")
    assert printed == ""


def test_p7_a_program_reads_whom_else_it_goes_to(run: Run) -> None:
    told = json.loads(run("--asker", HELENA, "--reason", "complaint", "--day", "2026-11-24", "--json")[1])
    assert (told["told"], [one["email"] for one in told["next"]]) == ([RUTH], [DEVEN])
    assert told["lapses"] == "2026-12-08T06:00:00+00:00"


async def _away(database: Database) -> None:
    company = await a_company(database, Clock())
    await company.door.enter(away.enter_absence(date(2026, 11, 24), date(2026, 11, 26), "k"), company.tara)


def _asked(capsys: pytest.CaptureFixture[str], day: str = "", now: datetime = NOW) -> tuple[list[str], bool]:
    assert print_route(ANNA, "complaint", (), (), day, as_json=True, now=now) == 0
    told = json.loads(capsys.readouterr().out)
    return [one["email"] for one in told["asked"]], told["entered"]


def test_p7_an_approver_who_is_away_by_the_home_is_passed_over_meanwhile(
    database_url: str, environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    environment(POLICY_FILE=str(ROOT / "policy.yaml"), DATABASE_URL=database_url)
    with_database(database_url, _away)
    for day, asked in (("", DEVEN), ("2026-11-26", DEVEN), ("2026-11-27", TARA)):
        assert _asked(capsys, day) == ([asked], True)
    print_route(ANNA, "complaint", (), (), "", as_json=False, now=NOW)
    assert ALONE not in capsys.readouterr().out
