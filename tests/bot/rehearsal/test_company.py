"""The sample company: calls that a recorder reads, and searches that find one."""

import asyncio
import re
from datetime import date, datetime
from pathlib import Path

import pytest
import soundfile

from bot.ports import Problem, Sighting
from bot.recorders.folder import FolderRecorder
from bot.rehearsal.calls import lay_out, scripts
from bot.retention.recording_sync import CallsInMemory
from handlers import COMMANDS, finding
from storage.database.store import Database
from tests.handlers.builders import Clock, a_company, call, register
from tests.handlers.reading import looking
from tests.moments import NOW

TODAY = date(2026, 11, 24)
CALLS = scripts()


def recorded(folder: Path) -> list[Sighting]:
    async def look() -> list[object]:
        return [finding async for finding in FolderRecorder(folder).changes(CallsInMemory({}))]

    found = asyncio.run(look())
    assert not [finding for finding in found if isinstance(finding, Problem)]
    return [finding for finding in found if isinstance(finding, Sighting)]


def test_they_lie_within_the_past_year_newest_first() -> None:
    """P12: none is due for erasure on the first day, and the last two within the first week: one to see go, one to hold."""
    ages = [script.days_ago for script in CALLS]
    assert ages == sorted(ages)
    assert (ages[0], max(ages) < 364, sum(age > 357 for age in ages), ages[-3] < 300) == (1, True, 2, True)


def test_the_recorder_reads_every_call(tmp_path: Path) -> None:
    assert lay_out(tmp_path / "calls", TODAY) == 36
    found = {sighting.native_id: sighting for sighting in recorded(tmp_path / "calls")}
    assert len(found) == 36
    latest = found["pendant-complaint.mp3"]
    assert latest.started == datetime.fromisoformat("2026-11-23T10:15:00+11:00")
    assert (latest.line, latest.caller, latest.crm) == ("+61281979000", "+61491570156", "CS-10442")
    assert latest.duration == pytest.approx(soundfile.info(CALLS[0].audio).duration, abs=0.1)
    assert found["abusive-caller.mp3"].caller == found["new-bank-details.mp3"].caller == ""


README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
HELP = COMMANDS["recording-request"].help("/recording-request")
EXAMPLES = sorted(set(re.findall(r"/recording-request ((?:[A-Z]{2}-)?\d[\d ]*\d)", f"{README}\n{HELP}")))


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
    found = await looking(company, company.anna, lambda ctx: finding.find_calls(ctx, words))
    assert [int(one.value) in calls for one in found].count(True) == 1
