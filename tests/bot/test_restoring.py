"""P12: a database behind the journal is a restore, and is found at the start; a crash never is one."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from handlers.access.intents import Approve, Withdraw
from handlers.acting import WEB, Act
from handlers.listening import Exchange, Listen, hear
from handlers.rules.refusal import Refused
from storage.store import Database
from tests.handlers.builders import NOW, POLICY, ask, audit, refusal, words_for
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
        hear(Act(store, POLICY, company.clock(), WEB), opened.grant, opened.secret)  # type: ignore[arg-type]

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
