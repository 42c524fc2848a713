"""C2: a day on which the journal can't be read, or is gone, is no day on which the log was verified; it is made up for, and both hear of a loss."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from structlog.testing import capture_logs

from bot.journal import Journal
from bot.measures import LOG_VERIFIED
from bot.proof.daily_proof import Proof
from bot.proof.journal_lines import CHECKPOINT, HEAD
from storage.database.store import Database, DatabaseDown
from storage.tables.log import AuditEntry, Checkpoint
from tests.bot.log.shell import SEAL, rechained
from tests.clocks import Seconds
from tests.handlers.builders import Clock, Company, a_company, approved, audit, words_for

pytestmark = pytest.mark.soak

GONE = "is gone, or an older one stands in its place"


@pytest.fixture
async def company(database: Database) -> Company:
    made = await a_company(database, Clock())
    await approved(made)
    LOG_VERIFIED.set(0)
    return made


@pytest.fixture
async def proof(company: Company, tmp_path: Path, seconds: Seconds) -> AsyncIterator[Proof]:
    """The first day's work is done."""
    (tmp_path / "journal").mkdir()
    made = Proof(company.door, Journal(tmp_path / "journal", SEAL), seconds)
    await _tick(made)
    assert _verified(made)
    yield made
    await made.stop()


async def _tick(proof: Proof) -> list[MutableMapping[str, Any]]:
    with capture_logs() as logs:
        await proof.tick()
        await proof.finish()
    return logs


def _verified(proof: Proof) -> bool:
    """By the program's own word and by the metric that an alarm looks at."""
    assert proof.last is not None
    now = proof.door.now()
    told = float(LOG_VERIFIED._value.get()) == now.timestamp()
    assert (proof.last.at, proof.last.compared) == (now, told)
    return told


def _events(logs: list[MutableMapping[str, Any]]) -> list[str]:
    return [one["event"] for one in logs]


@contextmanager
def _away(proof: Proof) -> Iterator[None]:
    elsewhere = proof.journal.folder.rename(proof.journal.folder.with_name("elsewhere"))
    yield
    elsewhere.rename(proof.journal.folder)


async def _losses(company: Company) -> list[int]:
    """How often it is in the log that the journal is lost, and how often each of both was told."""
    told = [sum(GONE in one for one in await words_for(company, who)) for who in (company.helena, company.ruth)]
    return [sum(one[1] == "log.journal_lost" for one in await audit(company)), *told]


async def test_c2_a_journal_that_can_not_be_read_is_compared_with_as_soon_as_it_can(
    company: Company, proof: Proof, seconds: Seconds
) -> None:
    """Whoever makes the log anew takes away what the database itself holds of its checkpoints, too."""

    def change(entry: AuditEntry) -> None:
        entry.clause = "P9" if entry.action == "access.approve" else entry.clause
        entry.action = "test.note" if entry.action == "log.checkpoint" else entry.action

    await company.database.write(lambda store: rechained(store, change))
    await company.database.write(lambda store: store.session.execute(delete(Checkpoint)) and None)
    company.clock.pass_(days=1)
    with _away(proof):
        logs = await _tick(proof)
        assert {"journal.not_read", "log.verified", "log.broken"}.intersection(_events(logs)) == {"journal.not_read"}
        assert not _verified(proof)
        again = await _tick(proof)
        assert [one["why"] for one in again] == [f"there is no folder {proof.journal.folder}"]
        assert _events(await _tick(proof)) == []
    seconds.now += 31
    [broken] = [one for one in await _tick(proof) if one["event"] == "log.broken"]
    assert broken["faults"][0].endswith("the log was rewritten there or before")
    assert _verified(proof)
    assert (_events(await _tick(proof)), await _losses(company)) == ([], [0, 0, 0])


async def test_c2_a_journal_in_whose_place_something_else_stands_is_one_that_can_not_be_read(proof: Proof) -> None:
    proof.journal.file.unlink()
    proof.journal.file.mkdir()
    again = Proof(proof.door, proof.journal, Seconds())
    assert _events(await _tick(again)) == ["journal.not_read"]
    assert not (again.last and again.last.compared)


async def test_p12_a_journal_that_is_gone_is_told_to_both_once_and_no_day_is_verified_without_it(
    company: Company, proof: Proof, seconds: Seconds
) -> None:
    LOG_VERIFIED.set(0)
    proof.journal.file.unlink()
    again = Proof(company.door, proof.journal, seconds)
    assert "journal.lost" in _events(await _tick(again))
    assert not _verified(again)
    assert "checkpoints.later" in _events(await _tick(again))
    assert await _losses(company) == [1, 1, 1]
    company.clock.pass_(days=1)
    await _tick(again)
    assert _verified(again)
    assert await _losses(company) == [1, 1, 1]


async def test_p12_a_journal_that_was_begun_anew_since_is_seen_before_the_next_checkpoint_is_written(
    company: Company, proof: Proof
) -> None:
    """Lines of other kinds are written each minute, and make a new file where there is none."""
    written = await company.database.read(lambda store: store.checkpoints.newest_written())
    assert written is not None
    proof.journal.file.unlink()
    line: dict[str, object] = {
        "kind": HEAD,
        "entries": written.entries,
        "hash": written.hash,
        "at": written.at.isoformat(),
    }
    other = line | {"kind": CHECKPOINT, "entries": written.entries + 1, "day": written.day}
    proof.journal.add([line, other])
    company.clock.pass_(days=1)
    assert "journal.lost" in _events(await _tick(proof))
    assert await _losses(company) == [1, 1, 1]


async def test_c2_a_database_that_is_down_is_waited_for_as_well(
    company: Company, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.clock.pass_(days=1)
    with _away(proof):
        await _tick(proof)

    async def down(_: object) -> None:
        raise DatabaseDown("locked")

    with monkeypatch.context() as broken:
        broken.setattr(proof, "_noted", lambda: down(None))
        assert "checkpoints.later" in _events(await _tick(proof))
    assert not _verified(proof)
