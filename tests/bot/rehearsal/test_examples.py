"""Whoever tries what README and help say in the sample company finds a call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.rehearsal.calls import scripts
from handlers import COMMANDS, finding
from storage.database.store import Database
from tests.handlers.builders import Clock, a_company, call, register
from tests.handlers.reading import looking
from tests.moments import NOW

README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
HELP = COMMANDS["recording-request"].help("/recording-request")
EXAMPLES = sorted(set(re.findall(r"/recording-request ((?:[A-Z]{2}-)?\d[\d ]*\d)", f"{README}\n{HELP}")))


def test_there_are_examples_and_readme_has_those_of_the_help() -> None:
    assert len(EXAMPLES) == 2
    [number] = re.findall(r"/recording-request ([\d ]+\d)", HELP)
    assert f"`/recording-request {number}`" in README


@pytest.mark.parametrize("words", EXAMPLES)
async def test_p7_an_example_finds_one_call_in_the_sample_company(database: Database, words: str) -> None:
    company = await a_company(database, Clock())
    told = [
        call(
            number, native_id=one.id, line=one.line.replace(" ", ""), caller=one.caller.replace(" ", ""), crm=one.crm,
            operator_key=one.operator.email, operator_name=one.operator.name, department=one.department,
            started=one.started(NOW.date()),
        )
        for number, one in enumerate(scripts())
    ]  # fmt: skip
    calls = await register(company.door, *told)
    found = await looking(company, company.anna, lambda act: finding.find(act, words))
    assert [int(one.value) in calls for one in found].count(True) == 1
