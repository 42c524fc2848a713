"""What only helped for a while is thrown away: keys after two days, codes and sessions 30 days after their end."""

from datetime import datetime

from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from handlers.keeping import has_leftovers
from storage.records import Pass, Seen
from tests.clocks import a_tick
from tests.handlers.builders import Company, approved, audit, refusal


async def _kept(company: Company) -> tuple[list[str], list[str]]:
    """Which keys are remembered, and which kinds of passes."""
    return await company.database.read(
        lambda store: (
            sorted(one.key for one in store.session.query(Seen)),
            sorted(one.kind for one in store.session.query(Pass)),
        )
    )


async def _untidy(company: Company) -> bool:
    now: datetime = company.clock.now
    return await company.database.read(lambda store: has_leftovers(store, now))


async def _pressed(company: Company, key: str) -> None:
    await company.door.enter(deciding.withdraw_request(await approved(company)), company.anna, key=key)


async def test_a_key_is_known_for_two_days_and_thrown_away_after_the_third(company: Company) -> None:
    await _pressed(company, "first")
    company.clock.pass_(days=1)
    await _pressed(company, "second")
    company.clock.pass_(days=2)
    assert not await _untidy(company)
    await a_tick(company)
    assert (await _kept(company))[0] == ["first", "second"]
    company.clock.pass_(seconds=1)
    assert await _untidy(company)
    await a_tick(company)
    assert (await _kept(company))[0] == []
    assert not await _untidy(company)


async def test_p7_codes_and_sessions_are_kept_for_thirty_days_after_their_end(company: Company) -> None:
    """P7: a code ends after a minute, a session with the access; how it all went stays in the audit log."""
    request = await approved(company)
    spent = await company.door.enter(listening.make_listen_code(request), company.anna)
    await company.door.enter(listening.exchange_code(spent), WEB)
    before = await audit(company)
    company.clock.pass_(days=31, seconds=60)
    await a_tick(company)
    assert (await _kept(company))[1] == ["code", "session"]
    company.clock.pass_(seconds=1)
    await a_tick(company)
    assert (await _kept(company))[1] == ["session"]
    assert (await refusal(company, listening.exchange_code(spent), WEB)).code == "code_unknown"
    company.clock.pass_(days=7)
    await a_tick(company)
    assert (await _kept(company))[1] == []
    kept = [one for one in await audit(company) if one in before]
    assert kept == before
