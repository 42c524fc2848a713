"""P12: a database behind the journal is a restore, and is found at the start; a crash never is one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import pytest_asyncio

from bot.proof import checkpoint_files
from bot.proof.daily_proof import Proof
from bot.proof.restoring import Restoring
from bot.proof.verification import verify
from handlers.access.intents import Approve, Withdraw
from handlers.acting import WEB, Act
from handlers.listening import Exchange, Listen, hear
from handlers.rules.refusal import Refused
from storage.database.store import Database
from tests.bot.log.shell import rechained
from tests.handlers.builders import KEYS, POLICY, ask, audit, refusal, words_for
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _approved(program: Program, name: str = "one") -> str:
    company = program.company
    request = await ask(company, company.anna, calls=[await program.record(name)])
    await company.door.enter(Approve(request), company.tara)
    return request


async def test_p12_all_access_of_a_restored_database_ends_before_anybody_is_let_in(
    program: Program, database_url: str
) -> None:
    """Whatever was pressed, withdrawn or opened since yesterday: nobody gets back what had ended."""
    company, request = program.company, await _approved(program)
    code = await company.door.enter(Listen(request), company.anna)
    opened = await company.door.enter(Exchange(code), WEB)
    unspent = await company.door.enter(Listen(request), company.anna)
    await program.noting.note()
    yesterday = await copied(company.database)
    await company.door.enter(Withdraw(request), company.tara)
    await program.leave()
    await put_back(company.database, yesterday)

    after = await program.again(database_url)
    company = after.company
    assert (after.restoring.state, after.restoring.found) == ("", True)
    told = await refusal(company, Listen(request), company.anna)
    assert (told.code, "restored from a copy" in str(told)) == ("restored", True)
    assert (await refusal(company, Exchange(unspent), WEB)).code == "restored"

    def heard(store: object) -> None:
        hear(Act(store, POLICY, company.clock(), WEB, KEYS), opened.grant, opened.secret)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="restored"):
        await company.database.read(heard)
    assert "has ended: my database had to be restored" in (await words_for(company, company.anna))[-1]
    for who in (company.helena, company.ruth):
        assert [one for one in await words_for(company, who) if one.startswith("My database was restored from a copy.")]
    assert await findings(company.database) == []
    await after.leave()


async def test_p12_it_is_told_once_and_the_next_start_finds_nothing(program: Program, database_url: str) -> None:
    await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    await program.leave()
    await put_back(program.company.database, yesterday)
    first = await program.again(database_url)
    await first.leave()
    second = await program.again(database_url)
    assert (second.restoring.state, second.restoring.found) == ("", False)
    assert [one[1] for one in await audit(second.company)].count("log.restored") == 1
    assert len(program.lines("restored")) == 1
    await second.leave()


async def test_p12_a_crash_is_never_taken_for_a_restore(program: Program, database_url: str) -> None:
    """The journal lags behind the database: what was committed and not written is written after the next start."""
    company, request = program.company, await _approved(program)
    await program.noting.note(last=True)
    await company.door.enter(Withdraw(request), company.tara)
    await company.database.close()  # killed, with nothing written
    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found) == ("", False)
    await after.noting.note()
    [ended] = after.lines("access_ended")
    grant = await after.company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    assert (ended["grant"], ended["at"]) == (grant.id, NOW.isoformat())
    await after.leave()


async def test_p12_a_crash_in_the_middle_of_what_follows_a_restore_loses_nothing_of_it(
    program: Program, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    await program.leave()
    await put_back(program.company.database, yesterday)
    with monkeypatch.context() as patched:
        patched.setattr(Restoring, "_end_access", _cut_off)
        first = await program.again(database_url)
        assert first.restoring.state == "restored"
        await first.company.database.close()
    second = await program.again(database_url)
    assert (second.restoring.state, second.restoring.found) == ("", True)
    assert (await refusal(second.company, Listen(request), second.company.anna)).code == "restored"
    assert [one[1] for one in await audit(second.company)].count("log.restored") == 1
    await second.leave()


async def _cut_off(self: Restoring) -> None:
    raise RuntimeError("the power went")


async def test_p12_two_replicas_that_start_at_once_do_it_once(program: Program, database_url: str) -> None:
    await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    await program.leave()
    await put_back(program.company.database, yesterday)
    first, second = await asyncio.gather(program.again(database_url), program.again(database_url))
    assert (first.restoring.state, second.restoring.state) == ("", "")
    assert [one[1] for one in await audit(first.company)].count("log.restored") == 1
    await first.leave()
    await second.leave()
    third = await program.again(database_url)
    assert (third.restoring.state, third.restoring.found) == ("", False)
    await third.leave()


async def test_p12_what_was_noted_of_what_is_lost_breaks_no_later_verification(
    program: Program, database_url: str
) -> None:
    """Both were told of the restore; the log that counts now is the one that is there."""
    await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    await _checkpoint(program)
    await program.leave()
    await put_back(program.company.database, yesterday)
    after = await program.again(database_url)
    notes = checkpoint_files.read(after.journal.file, after.journal.seal)
    outcome = await verify(after.company.database, notes)
    assert (outcome.faults, len(notes.restores), notes.noted) == ([], 1, {})
    await after.leave()


def _move(folder: Path, name: str) -> None:
    folder.rename(folder.with_name(name))


async def _checkpoint(program: Program) -> None:
    proof = Proof(program.company.door, program.journal, program.seconds)
    await proof.tick()
    await proof.finish()


async def test_p12_a_log_that_was_made_anew_is_no_crash_either(program: Program, database_url: str) -> None:
    """As long as before, and another: whoever did that gets no access back by it."""
    request = await _approved(program)
    await program.leave()
    await program.company.database.write(
        lambda store: rechained(store, lambda entry: setattr(entry, "at", f"{entry.at} "))
    )
    after = await program.again(database_url)
    assert after.restoring.found
    assert (await refusal(after.company, Listen(request), after.company.anna)).code == "restored"
    await after.leave()


async def test_p12_a_journal_that_is_away_lets_nobody_in_until_it_is_back(
    program: Program, database_url: str, tmp_path: Path
) -> None:
    await _approved(program)
    await program.leave()
    _move(tmp_path, "away")
    after = await program.again(database_url)
    assert after.restoring.state == "journal_away"
    assert not await after.restoring.known()
    _move(tmp_path.with_name("away"), tmp_path.name)
    assert await after.restoring.known()
    assert (after.restoring.state, after.restoring.found) == ("", False)
    await after.leave()


async def test_p12_a_journal_that_was_lost_is_told_to_both_and_a_new_one_begins(
    program: Program, database_url: str
) -> None:
    """It is not believed: nothing can be said of a restore, and access goes on."""
    request = await _approved(program)
    await _checkpoint(program)
    await program.leave()
    program.journal.file.unlink()
    for _ in range(2):
        after = await program.again(database_url)
        assert (after.restoring.state, after.restoring.found) == ("", False)
        await after.company.door.enter(Listen(request), after.company.anna)
        await after.leave()
    for who in (program.company.helena, program.company.ruth):
        told = await words_for(program.company, who)
        assert len([one for one in told if one.startswith("The journal that I keep outside my database is gone")]) == 1
    await program.company.database.close()


async def test_p12_lines_of_another_key_count_only_where_the_log_bears_them_out(
    program: Program, database_url: str
) -> None:
    """With another key nothing tells which calls were erased; so nobody is let in until the right one is there."""
    await _approved(program)
    yesterday = await copied(program.company.database)
    await program.noting.note(last=True)
    other = await program.again(database_url, key=bytes(32))
    assert (other.restoring.state, other.restoring.found) == ("", False)
    await other.company.database.close()
    await _approved(program, "two")
    await program.leave()
    await put_back(program.company.database, yesterday)
    wrong = await program.again(database_url, key=bytes(32))
    assert wrong.restoring.state == "journal_key"
    await wrong.company.database.close()
    right = await program.again(database_url)
    assert right.restoring.found
    await right.leave()


async def test_p12_a_key_that_was_changed_on_purpose_keeps_nobody_out_after_a_restore(
    program: Program, database_url: str
) -> None:
    """Where our own lines tell more than those of the key before, the restore is seen to by them."""
    request = await _approved(program)
    yesterday = await copied(program.company.database)
    await _approved(program, "two")
    await program.leave()
    changed = await program.again(database_url, key=bytes(32))
    await _approved(changed, "three")
    await changed.leave()
    await put_back(program.company.database, yesterday)
    after = await program.again(database_url, key=bytes(32))
    assert (after.restoring.state, after.restoring.found) == ("", True)
    assert (await refusal(after.company, Listen(request), after.company.anna)).code == "restored"
    await after.leave()


async def test_p12_a_line_that_somebody_else_wrote_makes_no_restore(program: Program, database_url: str) -> None:
    await _approved(program)
    await program.leave()
    forged = {"kind": "head", "entries": 10_000, "hash": "0" * 64, "key": program.journal.seal.key_id, "seal": "0" * 64}
    with program.journal.file.open("a") as file:
        file.write(json.dumps(forged) + "\nno line\n" + json.dumps(forged)[:40])
    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found) == ("", False)
    await after.leave()


async def test_p12_where_the_log_ends_is_noted_once_a_minute_at_most_and_at_a_clean_end(program: Program) -> None:
    for number in range(3):
        await _approved(program, f"call {number}")
        await program.noting.note()
        await program.noting.note()
    assert len(program.lines("head")) == 1
    program.seconds.now += 60
    await program.noting.note()
    assert len(program.lines("head")) == 2
    await _approved(program, "last")
    await program.leave()
    [*_, last] = program.lines("head")
    assert [last["entries"], last["hash"]] == list(
        await program.company.database.read(lambda store: store.audit.head())
    )
    await program.company.database.close()
