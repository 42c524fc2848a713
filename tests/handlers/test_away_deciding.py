"""P7, P9 and “Away”: what waits goes to whoever decides now, and back, and nobody steers it."""

from datetime import timedelta
from itertools import count

from handlers import away, journal
from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK, Actor
from handlers.rules.access import company_day
from storage.database.store import Store
from storage.records import Party
from tests.handlers.builders import POLICY, Company, ask, ledger, left, refusal, stored, words_for
from tests.handlers.reading import seen, title

_forms = count(1)
WAITS = "⏳ waiting for you"


async def goes(company: Company, who: Actor, first: int = 0, last: int = 0) -> None:
    """Away from so many days from now, until so many days from now."""
    today = company_day(POLICY, company.clock.now)
    wanted = away.enter_absence(today + timedelta(days=first), today + timedelta(days=last), f"V{next(_forms)}")
    await company.door.enter(wanted, who)


async def returns(company: Company, who: Actor) -> None:
    today = company_day(POLICY, company.clock.now)
    [one] = await company.database.read(lambda store: store.entered.of(who.person_id or 0, today))
    await company.door.enter(away.take_back(one.id), who)


async def looked(company: Company, request: str) -> list[tuple[str, str]]:
    """What the clock's look at who decides leaves, and for whom."""
    before = len(await ledger(company))
    await company.door.enter(MATTER.recheck(request), CLOCK)
    return (await left(company))[before:]


async def parts(company: Company, request: str) -> dict[str, tuple[str, str]]:
    """By first name: as what each takes part, and because of what."""
    names = {one.person_id: short for short, one in company.people.items()}

    def read(store: Store) -> list[Party]:
        return store.matters.parties(request)

    return {names[one.person_id]: (one.part, one.because) for one in await company.database.read(read)}


async def test_p7_an_absence_brings_the_deputy_in_beside_the_holder(company: Company) -> None:
    request = await ask(company, company.anna)
    await goes(company, company.tara, last=1)
    assert await looked(company, request) == [("show", "anna"), ("show", "tara"), ("show", "deven")]
    assert title(await seen(company, request, company.deven)) == WAITS
    assert await parts(company, request) == {"tara": ("approver", ""), "deven": ("approver", "away")}
    company.clock.pass_(days=2)
    assert await looked(company, request) == [], "whoever was asked stays asked"
    assert title(await seen(company, request, company.tara)) == WAITS
    await company.door.enter(deciding.approve_request(request), company.deven)
    assert (await refusal(company, deciding.deny_request(request, "No."), company.tara)).code == "already_approved"


async def test_p7_what_was_asked_during_an_absence_goes_to_the_holder_as_well(company: Company) -> None:
    await goes(company, company.tara)
    request = await ask(company, company.anna)
    assert await parts(company, request) == {"deven": ("approver", "away")}
    await returns(company, company.tara)
    assert ("show", "tara") in await looked(company, request)
    assert await parts(company, request) == {"deven": ("approver", "away"), "tara": ("approver", "")}
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).decided_by == company.tara.person_id


async def test_p7_what_was_passed_on_does_not_come_back_with_the_holder(company: Company) -> None:
    await goes(company, company.tara)
    request = await ask(company, company.anna)
    await company.door.enter(deciding.pass_on(request, "My aunt."), company.deven)
    await returns(company, company.tara)
    assert await looked(company, request) == []
    assert await parts(company, request) == {"deven": ("passed", "away"), "helena": ("approver", "")}
    await company.door.enter(deciding.approve_request(request), company.helena)


async def test_a_break_of_the_log_goes_to_the_deputies_of_a_witness_who_is_away(company: Company) -> None:
    await goes(company, company.helena)
    await company.door.enter(journal.tell_of_break(1, "4711abcd"), CLOCK)
    assert await words_for(company, company.helena) == []
    assert len(await words_for(company, company.henrik)) == len(await words_for(company, company.ruth)) == 1


async def test_p7_with_everybody_away_it_is_stuck_and_somebody_who_can_fix_it_hears(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.deven, company.henrik, company.helena, company.ruth, company.tara):
        await goes(company, who, last=3)
        await looked(company, request)
    assert (await stored(company, request)).state == "stuck"
    assert f"No one may decide request {request}" in str(await words_for(company, company.miles))
    assert await looked(company, request) == []
    await returns(company, company.tara)
    await looked(company, request)
    assert (await stored(company, request)).state == "waiting"
    await company.door.enter(deciding.approve_request(request), company.tara)
    assert (await stored(company, request)).state == "approved"
