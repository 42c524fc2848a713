"""A7 of the first trial: what is over stays over, also when the wall clock steps back (P7)."""

from __future__ import annotations

from bot.web.listening import forget_late_codes
from handlers import listening
from handlers.access import deciding
from handlers.acting import CLOCK, WEB, Act
from handlers.listening import code_stands, session_stands
from tests.each import each
from tests.handlers.builders import Company, approved, audit, refusal
from tests.handlers.reading import looking


async def a_code(company: Company) -> str:
    return await company.door.enter(listening.listen(await approved(company)), company.anna)


async def stands(company: Company, code: str) -> str:
    def ask(act: Act) -> str:
        return code_stands(act, code)

    return await looking(company, WEB, ask)


async def test_a7_a_spent_code_stays_spent(company: Company) -> None:
    code = await a_code(company)
    await company.door.enter(listening.exchange(code), WEB)
    company.clock.pass_(hours=-3)
    assert (await refusal(company, listening.exchange(code), WEB)).code == "code_spent"


async def test_a7_a_code_that_was_too_late_once_stays_so(company: Company) -> None:
    code = await a_code(company)
    company.clock.pass_(seconds=61)
    assert await stands(company, code) == "over"
    await forget_late_codes(company.door)
    company.clock.pass_(seconds=-31)
    assert await stands(company, code) == "unknown"
    assert (await refusal(company, listening.exchange(code), WEB)).code == "code_unknown"


async def test_a7_codes_that_can_still_be_used_and_sessions_are_left_alone(company: Company) -> None:
    session = await company.door.enter(listening.exchange(await a_code(company)), WEB)
    code = await company.door.enter(listening.listen(await _request(company)), company.anna)
    before = len(await audit(company))
    company.clock.pass_(seconds=59)
    await forget_late_codes(company.door)
    assert (await stands(company, code), len(await audit(company))) == ("open", before)
    company.clock.pass_(days=6)
    await forget_late_codes(company.door)
    found = await looking(company, WEB, lambda act: session_stands(act, session.grant, session.secret))
    assert (found, len(await audit(company))) == ("open", before + 1)  # the code that nobody used


async def _request(company: Company) -> str:
    [grant] = await company.database.read(lambda store: store.grants.in_force(company.clock.now))
    return grant.matter_id


@each("way", ["withdrawn", "ended"])
async def test_a7_access_that_is_over_stays_over(company: Company, way: str) -> None:
    request = await approved(company)
    session = await company.door.enter(
        listening.exchange(await company.door.enter(listening.listen(request), company.anna)), WEB
    )
    if way == "withdrawn":
        await company.door.enter(deciding.withdraw_request(request), company.tara)
    else:
        company.clock.pass_(days=7)
        await company.door.enter(deciding.expire_access(request), CLOCK, due=f"access.end:{request}")
    company.clock.pass_(days=-3)
    assert (await refusal(company, listening.listen(request), company.anna)).code == way
    assert session.grant


async def test_b7_a_session_that_is_unknown_or_over_is_told_before_the_door(company: Company) -> None:
    session = await company.door.enter(listening.exchange(await a_code(company)), WEB)

    async def stands_now(secret: str) -> str:
        return await looking(company, WEB, lambda act: session_stands(act, session.grant, secret))

    assert (await stands_now("guessed"), await stands_now(session.secret)) == ("unknown", "open")
    company.clock.pass_(days=8)
    assert await stands_now(session.secret) == "over"
