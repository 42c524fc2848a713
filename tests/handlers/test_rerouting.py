"""P7, P9: whoever can't be reached is passed over: the deputy, then the next authority with an alarm, then nobody."""

from handlers.access import deciding
from tests.handlers.builders import Company, ask, audit, ledger, left, missed, stored, words_for
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import seen, title
from tests.handlers.test_waiting import sydney


async def _parties(company: Company, request: str) -> list[tuple[int, str, str]]:
    parties = await company.database.read(lambda store: store.matters.parties(request))
    return [(one.person_id, one.part, one.unreachable) for one in parties]


async def test_p7_the_deputy_is_asked_without_an_alarm(company: Company) -> None:
    request = await ask(company, company.anna)
    company.clock.pass_(minutes=1)
    await missed(company, request, company.tara)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "deven")]
    tara, deven = company.tara.person_id, company.deven.person_id
    assert await _parties(company, request) == [(tara, "approver", "user_disabled"), (deven, "approver", "")]
    [card] = await ledger(company, company.tara)
    assert (card.state, card.code, card.done_at) == ("failed", "user_disabled", company.clock.now)
    roles = {str(deven): "team_leader"}
    detail = {"person": tara, "code": "user_disabled", "asked": [deven], "told": [], "because": "", "roles": roles}
    assert (await audit(company, request))[-1] == ("delivery", "access.reroute", "done", "P7", detail)
    assert (await stored(company, request)).revision == 2


async def test_p7_then_the_next_authority_with_an_alarm(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    await missed(company, request, company.deven)
    assert (await left(company))[4:] == [("warn", "ruth"), ("show", "anna"), ("show", "helena")]
    assert await words_for(company, company.ruth) == [
        f"Tara Lindqvist and Deven Okafor can’t be reached, so Helena Marsh was asked about request {request}."
    ]
    await company.door.enter(deciding.approve_request(request), company.helena)
    assert (await stored(company, request)).decided_as == "Head of Customer Success"


async def test_p7_the_last_step_is_human_resources_and_with_nobody_left_it_is_stuck(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.tara, company.deven, company.helena, company.henrik):
        await missed(company, request, who)
    assert (await stored(company, request)).state == "waiting"
    assert title(await seen(company, request, company.ruth)) == "⏳ waiting for you"
    await missed(company, request, company.ruth)
    assert (await stored(company, request)).state == "stuck"
    assert (await words_for(company, company.miles))[-1] == (
        f"No one may decide request {request} at the moment. Tara Lindqvist, Deven Okafor, Helena Marsh, Henrik Solberg "
        "and Ruth Adeyemi can’t be reached. Please see who can."
    )
    assert (await audit(company, request))[-1][4]["asked"] == []
    sent = [(one.kind, one.person_id, str(one.payload)) for one in await ledger(company)]
    assert len(set(sent)) == len(sent)


async def test_p7_where_silence_brought_in_the_head_the_deputy_is_asked_instead(company: Company) -> None:
    """With nobody there either the request stays with those who were asked before."""
    request = await ask(company, company.anna)
    await pass_until(company, sydney("2026-11-30"))
    await missed(company, request, company.helena)
    henrik = company.henrik.person_id
    assert (henrik, "approver", "") in await _parties(company, request)
    assert (await audit(company, request))[-1][4]["asked"] == [henrik]
    await missed(company, request, company.henrik)
    assert (await audit(company, request))[-1][4]["asked"] == []
    assert (await stored(company, request)).state == "waiting"
    await company.door.enter(deciding.approve_request(request), company.tara)


async def test_a_requester_who_can_not_be_reached_needs_no_other_approver(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.anna)
    assert await left(company) == [("show", "anna"), ("show", "tara")]
    assert (await stored(company, request)).state == "waiting"
