"""C1, C2: what the program does by itself, at start and each day: checkpoints, the journal, verification; and nothing of it stops it."""

import asyncio
import fcntl
import json
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.journal import Journal
from bot.measures import JOURNAL_NOTED, LOG_BREAKS, LOG_VERIFIED
from bot.proof import journalling
from bot.proof.journalling import Noting, Patiently
from bot.proof.verification import Proof
from storage.database.store import Database
from storage.records import Grant
from storage.tables.log import AuditEntry
from tests.bot.log.shell import SEAL, rechained
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company, approved, ask, audit, words_for


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def company(database: Database, clock: Clock) -> Company:
    made = await a_company(database, clock)
    await approved(made)
    return made


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def proof(company: Company, tmp_path: Path, seconds: Seconds) -> AsyncIterator[Proof]:
    made = _a_proof(company, tmp_path, seconds)
    yield made
    await made.stop()


def _a_proof(company: Company, folder: Path, seconds: Seconds | None = None) -> Proof:
    seconds, patiently = seconds or Seconds(), Patiently(Journal(folder, SEAL))
    return Proof(company.door, patiently, Noting(company.door, patiently, seconds), seconds)


async def _tick(proof: Proof) -> None:
    await proof.tick()
    await proof.finish()


def _lines(proof: Proof) -> list[dict[str, Any]]:
    file = proof.patiently.journal.file
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def _value(gauge: Any) -> float:
    return float(gauge._value.get())


async def _move_the_end(company: Company) -> None:
    grant = await company.database.read(lambda store: store.session.query(Grant).one())
    late = grant.ends_at.replace(year=2030)
    await company.database.write(lambda store: store.session.execute(update(Grant).values(ends_at=late)) and None)


async def test_c2_each_entry_names_the_journals_line_by_then(company: Company, proof: Proof, tmp_path: Path) -> None:
    replica = _a_proof(company, tmp_path)
    for one in (proof, replica, proof):
        await _tick(one)
        await ask(company, company.bram)
        await one.noting.note(at_once=True)
    held = await company.database.read(lambda store: [one.journal for one in store.session.query(AuditEntry)])
    heads = [one["entries"] for one in _lines(proof)]
    assert (sorted({0, *heads[:-1]}), held[-1]) == (sorted(set(held)), heads[-2])
    assert all(SEAL.fits(one) for one in _lines(proof))
    assert await words_for(company, company.helena) == await words_for(company, company.ruth) == []
    assert (_value(JOURNAL_NOTED), _value(LOG_BREAKS)) == (company.clock.now.timestamp(), 0)


async def test_c1_a_break_is_counted_logged_by_id_and_told_to_both_once_a_day(company: Company, proof: Proof) -> None:
    await _move_the_end(company)
    with capture_logs() as logs:
        for one in (proof, proof, _a_proof(company, proof.patiently.journal.folder)):  # and after a start
            await _tick(one)
    broken = [one for one in logs if one["event"] == "log.broken"]
    grant = await company.database.read(lambda store: store.session.query(Grant).one())
    assert [(one["log_level"], one["number"], grant.id in one["faults"][0]) for one in broken] == [
        ("error", 1, True)
    ] * 2
    assert (_value(LOG_BREAKS), _value(LOG_VERIFIED)) == (1, company.clock.now.timestamp())
    for days in (1, 2):
        for who in (company.helena, company.ruth):
            told = [one for one in await words_for(company, who) if "not match" in one]
            assert (len(told), [one for one in told if grant.id in one]) == (days, [])
        company.clock.pass_(days=1)
        await _tick(proof)


async def test_c2_a_rewritten_log_is_found_by_the_journal_alone(company: Company, proof: Proof) -> None:
    await _tick(proof)

    def change(entry: AuditEntry) -> None:
        entry.clause = "P9" if entry.action == "access.approve" else entry.clause

    await company.database.write(lambda store: rechained(store, change))
    company.clock.pass_(days=1)
    with capture_logs() as logs:
        await _tick(proof)
    [broken] = [one for one in logs if one["event"] == "log.broken"]
    rewritten, unsealed = (one in "\n".join(broken["faults"]) for one in ("the log was rewritten", "the bot's seal"))
    assert rewritten
    assert unsealed


async def test_c2_a_journal_that_is_away_is_tried_again_and_stops_nothing(
    company: Company, tmp_path: Path, seconds: Seconds
) -> None:
    folder = tmp_path / "away"
    LOG_VERIFIED.set(0)
    proof = _a_proof(company, folder, seconds)
    with capture_logs() as logs:
        for _ in range(3):
            await _tick(proof)
    whys = {one["event"]: one["why"] for one in logs if "why" in one}
    assert whys == dict.fromkeys(("journal.not_read", "proof.later"), f"there is no folder {folder}")
    assert _value(LOG_VERIFIED) == 0
    assert proof.last is not None
    assert (proof.last.faults, proof.last.at, proof.last.compared) == (0, company.clock.now, False)
    folder.mkdir()
    seconds.now += 31
    await _tick(proof)
    assert (len(_lines(proof)), _value(LOG_VERIFIED)) == (1, company.clock.now.timestamp())
    await proof.stop()


async def test_c2_a_journal_that_never_answers_holds_up_neither_a_tick_nor_the_end(
    company: Company, proof: Proof, monkeypatch: pytest.MonkeyPatch, seconds: Seconds
) -> None:
    LOG_VERIFIED.set(0)
    monkeypatch.setattr(journalling, "PATIENCE", 0.05)
    held = os.open(proof.patiently.journal.file, os.O_CREAT | os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    with capture_logs() as logs:
        await _tick(proof)
        seconds.now += 31
        await _tick(proof)
    assert {one["event"]: one["why"] for one in logs if "why" in one} == {
        "journal.not_read": f"{proof.patiently.journal.file} didn't answer within 0 s",
        "proof.later": "the last attempt hasn't finished yet",
    }
    assert proof.last is not None
    assert (proof.last.at, proof.last.compared, _value(LOG_VERIFIED)) == (company.clock.now, False, 0)
    os.close(held)


@pytest.mark.parametrize("left", [0, 1])
async def test_p12_a_journal_that_was_cut_off_is_told_to_both_within_the_minute_and_written_again(
    company: Company, proof: Proof, seconds: Seconds, left: int
) -> None:
    for _ in range(2):
        await proof.noting.note(at_once=True)
        await ask(company, company.bram)
    await proof.noting.note(at_once=True)
    whole = _lines(proof)
    file = proof.patiently.journal.file
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:left]))
    seconds.now += 60
    for one in (proof.noting, proof.noting, _a_proof(company, file.parent, seconds).noting):
        await one.note()
    assert [one["entries"] for one in _lines(proof)][:-1] == [one["entries"] for one in whole][:left]
    for who in (company.helena, company.ruth):
        assert sum("is gone, cut off or out of date" in one for one in await words_for(company, who)) == 1
    [lost] = [one[4] for one in await audit(company) if one[1] == "log.journal_lost"]
    assert lost == {"entries": whole[-1]["entries"], "left": whole[0]["entries"] if left else 0}


async def test_c2_work_that_was_cancelled_at_its_end_keeps_nothing_else_out(proof: Proof) -> None:
    """At a stop the journal's last line follows on a checkpoint that was being written."""
    written, patiently = threading.Event(), proof.patiently
    first = asyncio.create_task(patiently.do(written.wait))
    await asyncio.sleep(0)
    first.cancel()
    second = asyncio.create_task(patiently.do(lambda: "the end"))
    for _ in range(3):
        await asyncio.sleep(0)
    written.set()
    assert await second == "the end"
