"""A7: what was used, left or is over stays so, whatever the clock said meanwhile, and whatever it says next (P7)."""

from __future__ import annotations

import pytest

from handlers.acting import CLOCK, WEB
from handlers.figures.intents import Exchange, Leave, Open
from handlers.figures.passes import stands
from handlers.tidying import Tidy
from storage.tables.figures import FigurePass
from tests.clocks import a_tick
from tests.handlers.builders import Company, refusal
from tests.handlers.reading import looking

MONTH = "2026-10"


async def _code(company: Company) -> str:
    return (await company.door.enter(Open(MONTH), company.helena)).code


async def _session(company: Company) -> str:
    return await company.door.enter(Exchange(await _code(company)), WEB)


async def _open(company: Company, session: str) -> bool:
    return await looking(company, WEB, lambda act: stands(act, "session", session))


async def _rows(company: Company) -> int:
    return await company.database.read(lambda store: store.session.query(FigurePass).count())


async def test_a7_a_code_that_was_over_by_a_clock_ahead_stays_so(company: Company) -> None:
    company.clock.pass_(hours=3)
    code = await _code(company)
    company.clock.pass_(minutes=2)
    assert (await refusal(company, Exchange(code), WEB)).code == "code_spent"
    await a_tick(company)
    company.clock.pass_(minutes=-1, seconds=-30)
    assert (await refusal(company, Exchange(code), WEB)).code == "code_spent"


async def test_a7_a_used_code_stays_so_though_a_wrong_clock_tidied(company: Company) -> None:
    code = await _code(company)
    await company.door.enter(Exchange(code), WEB)
    company.clock.pass_(days=4)
    await a_tick(company)
    company.clock.pass_(days=-4, seconds=30)
    assert (await refusal(company, Exchange(code), WEB)).code == "code_spent"


async def test_a7_a_page_that_was_left_stays_so_though_a_wrong_clock_tidied(company: Company) -> None:
    session = await _session(company)
    await company.door.enter(Leave(session), WEB)
    company.clock.pass_(days=4)
    await company.door.enter(Tidy(), CLOCK)
    company.clock.pass_(days=-4, minutes=5)
    assert not await _open(company, session)


@pytest.mark.soak
async def test_a7_a_clock_that_is_put_right_by_seconds_closes_nothing(company: Company) -> None:
    session, code = await _session(company), await _code(company)
    company.clock.pass_(seconds=-30)
    await a_tick(company)
    company.clock.pass_(seconds=40)
    assert await _open(company, session)
    assert await _open(company, await company.door.enter(Exchange(code), WEB))


async def test_what_opens_nothing_any_more_is_not_kept(company: Company) -> None:
    session = await _session(company)
    await _code(company)
    assert await _rows(company) == 2
    await company.door.enter(Leave(session), WEB)
    company.clock.pass_(minutes=1)
    await a_tick(company)
    assert await _rows(company) == 0
