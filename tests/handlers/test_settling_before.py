"""P7: somebody has another address since, and an account that the bot never met has the one of before."""

from dataclasses import replace

from handlers import people
from handlers.access import deciding
from handlers.acting import COMMAND
from tests.handlers.addresses import NEW, OLD, TARA, ambiguous, anew, approvers, led_by, moves, settled, standing_of
from tests.handlers.builders import Company, ask, meet, person, refusal


async def test_p7_is_hers_where_that_is_settled(company: Company) -> None:
    await moves(company)
    company.door.policy = led_by(NEW)
    told = anew("TTARA", OLD, TARA, "teams")
    await meet(company.door, told)
    [one] = await ambiguous(company)
    assert (one.accounts, one.known, one.waiting) == (
        ("slack:UTARA", "teams:TTARA"), ("known first", "waits to be settled"), ("teams:TTARA",),
    )  # fmt: skip
    teams = await settled(company, people.keep_account("teams:TTARA"), told)
    assert (teams.person_id, teams.standing) == (company.tara.person_id, "member")
    assert await standing_of(company, company.tara) == "member"
    request = await ask(company, teams)
    assert await approvers(company, request) == {company.helena.person_id}
    assert (await refusal(company, deciding.approve_request(request), company.tara)).code == "requester"
    await company.door.enter(deciding.approve_request(await ask(company, company.anna)), teams)


async def test_p7_but_neither_of_them_decides_what_the_other_one_asks_for(company: Company) -> None:
    """Whoever settled it may have been wrong, or have an account of his or her own in mind."""
    await moves(company)
    told = replace(anew("TNEW", OLD, platform="teams"), zone="")
    await meet(company.door, told)
    new = await settled(company, people.settle_newcomer("teams:TNEW"), told)
    assert (await person(company, new)).zone == "Australia/Sydney"
    for asker, address in ((company.tara, OLD), (new, NEW)):
        company.door.policy = led_by(address)
        request = await ask(company, asker)
        assert await approvers(company, request) == {company.helena.person_id}


async def test_p7_goes_to_nobody_while_somebody_has_it_who_was_met(company: Company) -> None:
    """A third one: it may be an account of either."""
    await moves(company)
    await meet(company.door, anew("UNEW", OLD))
    new = await settled(company, people.settle_newcomer("slack:UNEW"), anew("UNEW", OLD))
    third = await meet(company.door, anew("TNEW", OLD, platform="teams"))
    assert (third.standing, await standing_of(company, company.tara)) == ("ambiguous", "ambiguous")
    refused = await refusal(company, people.settle_newcomer("teams:TNEW"), COMMAND)
    assert (str(refused), refused.code) == (
        "Nia Newcomer has the address of teams:TNEW now. Keep that account, or have its e-mail address or the account of the other one fixed.",
        "address_taken",
    )
    third = await settled(company, people.keep_account("teams:TNEW"), anew("TNEW", OLD, platform="teams"))
    assert (third.person_id, third.standing) == (new.person_id, "member")
    assert await standing_of(company, company.tara) == "member"
