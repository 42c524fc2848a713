"""P7: who said at home to be away is away for the command line, too, where a database can be asked."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.commands.looking import START
from bot.commands.route import ALONE, print_route
from storage.database.store import Database, Store
from storage.records import Person
from storage.tables.reviews import Absence
from tests.bot.environment import Environment
from tests.databases import run
from tests.moments import NOW

ROOT = Path(__file__).parents[2]
ANNA, TARA, DEVEN = (f"{name}@fernhill.example" for name in ("anna.quill", "tara.lindqvist", "deven.okafor"))


async def _filled(url: str, *absences: tuple[str, date, date]) -> None:
    def fill(store: Store) -> None:
        for number, (email, first, last) in enumerate(absences):
            person = Person(email_key=email, email=email, name="Somebody", zone="UTC", checked_at=NOW)
            store.session.add(person)
            store.session.flush()
            row = Absence(id=f"W-{number}", person_id=person.id, first=first, last=last, entered_at=NOW, ended_at=None)
            store.entered.add(row)

    database = Database(url)
    await database.write(fill)
    await database.close()


def _asked(capsys: pytest.CaptureFixture[str], day: str = "", now: datetime = NOW) -> tuple[list[str], bool]:
    assert print_route(ANNA, "complaint", (), (), day, as_json=True, now=now) == 0
    told = json.loads(capsys.readouterr().out)
    return [one["email"] for one in told["asked"]], told["entered"]


def _printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_route(ANNA, "complaint", (), (), "", as_json=False, now=NOW)
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def url(database_url: str, environment: Environment) -> str:
    environment(POLICY_FILE=str(ROOT / "policy.yaml"), DATABASE_URL=database_url)
    return database_url


def test_p7_an_approver_who_is_away_by_the_home_is_passed_over_meanwhile(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(_filled(url, (TARA, date(2026, 11, 24), date(2026, 11, 26))))
    assert _asked(capsys) == ([DEVEN], True)
    assert _asked(capsys, "2026-11-26") == ([DEVEN], True)
    assert _asked(capsys, "2026-11-27") == ([TARA], True)
    assert not any(ALONE in line for line in _printed(capsys))


def test_without_a_database_a_line_says_so_and_none_is_made(
    environment: Environment, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "steward.db"
    environment(POLICY_FILE=str(ROOT / "policy.yaml"), DATABASE_URL=f"sqlite:///{file}")
    assert _asked(capsys) == ([TARA], False)
    assert _printed(capsys)[-1] == f"Note         {ALONE} DATABASE_URL: there is no file {file}. {START}"
    assert list(tmp_path.iterdir()) == []
