"""P11, P12: no copy of the database brings back what people wrote once it was erased, whatever came back with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

import handlers
from bot.journal import JournalDown
from bot.retention.returned import PARTS
from handlers.acting import Act, Done
from handlers.forgetting import EraseWordsAgain
from storage.database.store import Database
from tests.handlers.builders import Company, audit, written
from tests.handlers.forgetting.customers import a_customers_request
from tests.handlers.forgetting.words import GOES, WORDS, erase, key_of, talked
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    return await a_program(database, tmp_path)


async def _company_with_words(program: Program) -> tuple[Company, list[str]]:
    company = program.company
    company.calls = [await program.record("one")]
    return company, [await talked(company), await a_customers_request(company)]


async def test_p12_what_was_erased_is_so_again_before_anybody_is_let_in(program: Program, database_url: str) -> None:
    company, matters = await _company_with_words(program)
    await program.noting.note()
    traces = [key.trace for one in matters if (key := await key_of(company, one))]
    yesterday = await copied(company.database)
    for one in matters:
        await erase(company, one)
    await program.noting.note()
    assert [(one["kind"], one["id"]) for one in program.lines("words_erased")] == [
        ("words_erased", one) for one in traces
    ]
    await program.leave()
    await put_back(company.database, yesterday)
    assert (await written(company, matters[0])).decision == WORDS[-1]

    company.clock.now = GOES - timedelta(days=1)  # by the clock alone it would be too early
    after = await program.again(database_url)
    assert (after.restoring.state, after.restoring.found) == ("", True)
    assert [await key_of(after.company, one) for one in matters] == [None, None]
    assert [(await audit(after.company, one))[-1][1] for one in matters] == ["words.erase_again"] * 2
    assert await findings(after.company.database) == []
    await after.leave()


async def test_p12_what_was_not_erased_yet_comes_back_whole(program: Program, database_url: str) -> None:
    company, matters = await _company_with_words(program)
    await program.noting.note()
    yesterday = await copied(company.database)
    await erase(company, matters[1])
    await program.noting.note()
    await program.leave()
    await put_back(company.database, yesterday)
    after = await program.again(database_url)
    assert (await written(after.company, matters[0])).decision == WORDS[-1]
    assert await key_of(after.company, matters[1]) is None
    await after.leave()


async def test_p12_nobody_is_let_in_before_it_is_done(
    program: Program, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, matters = await _company_with_words(program)
    await program.noting.note()
    yesterday = await copied(company.database)
    await erase(company, matters[0])
    await program.noting.note()
    await program.leave()
    await put_back(company.database, yesterday)

    def fails(act: Act, intent: EraseWordsAgain) -> Done[None]:
        raise JournalDown("away")

    with monkeypatch.context() as patched:
        patched.setitem(handlers.HANDLERS, EraseWordsAgain, fails)
        after = await program.again(database_url)
        assert after.restoring.state == "journal_away"
    assert await after.restoring.known()
    assert await key_of(after.company, matters[0]) is None
    await after.leave()


async def test_p12_a_copy_from_before_the_words_were_sealed_is_erased_by_its_time(
    program: Program, database_url: str
) -> None:
    """Its keys are new, and no journal knows them; with the first look all goes whose time has come."""
    company, matters = await _company_with_words(program)
    await program.noting.note()
    yesterday = await copied(company.database)
    company.clock.now = GOES
    await program.forgetting.tick()
    await program.noting.note()
    assert [await key_of(company, one) for one in matters] == [None, None]
    await program.leave()
    for row in yesterday["matter_keys"]:
        row["trace"] += "anew"
    await put_back(company.database, yesterday)
    after = await program.again(database_url)
    assert after.restoring.found
    assert PARTS[0] == "words"
    await after.forgetting.tick()
    assert [await key_of(after.company, one) for one in matters] == [None, None]
    await after.leave()
