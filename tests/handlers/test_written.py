"""What is kept: what people wrote is sealed with its own key (P7, P11), and what only helped for a while is thrown away."""

from datetime import datetime

import pytest
from sqlalchemy import update

from handlers import listening
from handlers.access import deciding
from handlers.acting import CLOCK, WEB, Context
from handlers.keeping import has_leftovers
from handlers.sealing import Seal, Unopened
from storage.records import Pass, Seen
from tests.clocks import a_tick
from tests.handlers.builders import Company, approved, ask, audit, refusal, stored, written
from tests.handlers.forgetting.words import erase
from tests.handlers.reading import looking, seen
from tests.tables import MATTERS


async def test_p11_the_longest_words_in_any_script_come_back_as_they_were(company: Company) -> None:
    told = "ä\u2028𝄞 \t\n" * 150
    request = await ask(company, company.anna, purpose=told)
    await company.door.enter(deciding.ask_requester(request, "多謝" * 300), company.tara)
    said = await written(company, request)
    assert (said.purpose, list(said.remarks.values())) == (told.strip(), ["多謝" * 300])


@pytest.mark.by_hand
async def test_p7_no_one_decides_by_words_that_cannot_be_read_and_nothing_overwrites_them(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.database.write(lambda store: store.session.execute(update(MATTERS).values(sealed=b"x" * 60)) and None)
    before = await audit(company)
    with pytest.raises(Unopened):
        await seen(company, request, company.tara)
    for intent in (
        deciding.approve_request(request),
        deciding.deny_request(request, "No."),
        deciding.ask_requester(request, "Why?"),
    ):
        with pytest.raises(Unopened):
            await company.door.enter(intent, company.tara)
    assert ((await stored(company, request)).sealed, await audit(company)) == (b"x" * 60, before)
    assert (await stored(company, request)).state == "waiting"


async def test_p8_without_its_key_nothing_is_sealed_opened_or_marked(company: Company) -> None:
    request = await approved(company)
    await erase(company, request)

    def without(ctx: Context) -> bytes | None:
        seal = Seal(ctx)
        with pytest.raises(Unopened):
            seal.sealed(request, b"words", "known")
        with pytest.raises(Unopened):
            seal.mark(request, "address", "mara@customer.example")
        return seal.opened(request, b"whatever", "known")

    assert await looking(company, CLOCK, without) is None


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
