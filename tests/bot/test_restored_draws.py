"""P10, P12: a restore while a draw waits for lines lets nobody choose what is drawn by a number that is known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.acting import CLOCK
from handlers.random_review import intents
from handlers.random_review.forms import LineForm
from handlers.rules.samples import contradictions
from storage.database.store import Database
from storage.tables.draws import Draw
from tests.handlers.builders import Company, refusal, words_for
from tests.handlers.passing_time import fall, pass_until
from tests.handlers.random_review.acts import MONTH, OPENS, a_month, contribute, drawn, file_of, opened, the_draw
from tests.handlers.reading import lines, seen
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    found = await a_program(database, tmp_path)
    await a_month(found.company)
    return found


async def _draws(company: Company) -> list[Draw]:
    return await company.database.read(lambda store: store.draws.of_month(MONTH))


async def test_p10_a_draw_that_a_restore_brings_back_ends_and_is_frozen_anew_with_another_number(
    program: Program, database_url: str
) -> None:
    """Its number was told to everybody after the copy was made, so one line that is typed now would choose."""
    company = program.company
    draw = await opened(company)
    before = await copied(company.database)
    await contribute(company, draw, company.quinn, "Seven grey herons")
    await contribute(company, draw, company.miles, "half past two")
    await pass_until(company, OPENS + timedelta(minutes=6))
    known = await file_of(company, draw)
    await program.leave()
    await put_back(company.database, before)

    after = await program.again(database_url)
    company = after.company
    assert (after.restoring.state, after.restoring.found) == ("", True)
    assert (
        await refusal(company, intents.Contribute(draw, LineForm(line="Seven grey herons 1")), company.quinn)
    ).code == "already"
    await fall(company)
    first, second = await _draws(company)
    assert (first.id, first.state, first.number, first.sealed) == (draw, "restored", "", b"")
    assert (second.state, second.again_of) == ("waiting", draw)
    assert second.number_hash != first.number_hash == known.number_hash
    for who in (company.quinn, company.miles, company.helena):
        told = [one for one in await words_for(company, who) if "restored from a copy while the random review" in one]
        assert (len(told), draw in told[0], who.person_id in await _asked(company, second.id)) == (1, True, True)
    card = "\n".join(lines(await seen(company, draw, company.miles)))
    assert known.number_hash in card
    assert f"In its place: {second.id}." in card
    assert await findings(company.database) == []
    await after.leave()


async def _asked(company: Company, draw: str) -> set[int]:
    found = await company.database.read(lambda store: store.matters.parties(draw))
    return {one.person_id for one in found}


async def test_p10_the_file_of_what_is_drawn_in_its_place_says_so(program: Program, database_url: str) -> None:
    draw = await opened(program.company)
    before = await copied(program.company.database)
    await contribute(program.company, draw, program.company.quinn, "a line")
    await program.leave()
    await put_back(program.company.database, before)
    after = await program.again(database_url)
    company = after.company
    await fall(company)
    second = (await the_draw(company, 2)).id
    await contribute(company, second, company.quinn, "other")
    await contribute(company, second, company.miles, "words")
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    sample = await file_of(company, second)
    assert sample.again is not None
    assert sample.again.of == draw
    assert "restored from a copy" in sample.again.reason
    assert list(contradictions(sample)) == []
    assert await findings(company.database) == []
    await after.leave()


async def test_p10_each_restore_is_told_and_takes_another_number(program: Program, database_url: str) -> None:
    """Whoever restores until it suits is told of each time, by a message of each draw that nothing takes back."""
    draw = await opened(program.company)
    before = await copied(program.company.database)
    await contribute(program.company, draw, program.company.quinn, "a line")
    numbers, database = set(), program.company.database
    for again in range(3):
        await program.leave()
        await put_back(database, before)
        program = await program.again(database_url)
        await fall(program.company)
        numbers.add((await the_draw(program.company, 2)).number_hash)
        assert len(program.lines("restored")) == again + 1
    assert len(numbers) == 3
    await program.leave()


async def test_p10_what_was_decided_before_the_copy_was_made_stays(program: Program, database_url: str) -> None:
    """Lists, number and lines are fixed by then: to draw it anew would be the choice."""
    company = program.company
    draw = await opened(company)
    await contribute(company, draw, company.quinn, "Seven grey herons")
    await contribute(company, draw, company.miles, "half past two")
    before = await copied(company.database)
    await pass_until(company, OPENS + timedelta(minutes=6))
    known = await file_of(company, draw)
    await program.leave()
    await put_back(company.database, before)
    after = await program.again(database_url)
    company = after.company
    await fall(company)
    [only] = await _draws(company)
    assert (only.id, only.state) == (draw, "drawn")
    assert (await file_of(company, draw)).drawn == known.drawn
    await after.leave()


async def test_p10_a_draw_that_is_lost_as_a_whole_leaves_its_trace_on_the_next(
    program: Program, database_url: str
) -> None:
    """The copy was made before the lists were frozen: nothing in it knows of a draw, and the one that comes late says so."""
    company = program.company
    await company.door.enter(intents.Schedule(), CLOCK)
    before = await copied(company.database)
    await drawn(company)
    await program.leave()
    await put_back(company.database, before)
    after = await program.again(database_url)
    company = after.company
    await fall(company)
    only = await the_draw(company)
    told = "\n".join(lines(await seen(company, only.id, company.quinn)))
    assert "that draw is lost" in told
    await contribute(company, only.id, company.quinn, "one")
    await contribute(company, only.id, company.miles, "two")
    await pass_until(company, company.clock.now + timedelta(minutes=6))
    sample = await file_of(company, only.id)
    assert sample.again is not None
    assert (sample.again.of, "that draw is lost" in sample.again.reason) == ("", True)
    assert await findings(company.database) == []
    await after.leave()
