"""D4: every card that asks something says why it came to this person, as what; Withdraw says what will happen."""

from handlers.access import deciding
from handlers.acting import WEB, Actor
from handlers.listening import describe_page
from handlers.policy import Policy
from tests.handlers.builders import POLICY, Company, approved, ask, call, email, missed, player_of, register
from tests.handlers.reading import detailed, home_of, lines, looking

LEADER = POLICY.role("team_leader").title
HEAD = POLICY.role("head_of_customer_success").title


async def _why(company: Company, request: str, who: Actor) -> str:
    [told] = [one for one in lines(await detailed(company, request, who)) if one.startswith("You’re asked as")]
    return told.partition(" Approve gives")[0]


async def test_d4_out_of_reach_asks_herself_was_on_the_call_and_passed_it_on(company: Company) -> None:
    request = await ask(company, company.anna)
    await missed(company, request, company.tara)
    assert f"deputy of the {LEADER}, who can’t be reached." in await _why(company, request, company.deven)
    own = await ask(company, company.tara)
    assert f"You’re asked as {HEAD}, since the {LEADER} asks for it." in await _why(company, own, company.helena)
    [hers] = await register(company.door, call(5, operator_name="Tara Lindqvist", operator_key=email("Tara Lindqvist")))
    on_it = await ask(company, company.anna, calls=[hers])
    assert f"since the {LEADER} was on one of these calls." in await _why(company, on_it, company.helena)
    passed = await ask(company, company.bram, calls=company.calls[1:2])
    await company.door.enter(deciding.pass_on(passed, "I know her."), company.tara)
    assert f"since the {LEADER} passed it on." in await _why(company, passed, company.helena)


LABEL = "Complaint (no longer in the policy)"


def without(*reasons: str) -> Policy:
    """The policy that has these reasons no more."""
    return POLICY.model_copy(
        update={"reasons": {key: one for key, one in POLICY.reasons.items() if key not in reasons}}
    )


async def told(company: Company, request: str, who: Actor) -> list[str]:
    return lines(await detailed(company, request, who))


async def test_p6_cards_and_homes_of_before_are_drawn(company: Company) -> None:
    waiting, decided = await ask(company, company.anna), await approved(company, crm="CS-2")
    denied = await ask(company, company.anna, crm="CS-3")
    await company.door.enter(deciding.deny_request(denied, "No."), company.tara)
    company.door.policy = without("complaint")
    for request in (waiting, decided, denied):
        for who in (company.anna, company.tara):
            assert f"Reason: {LABEL}" in await told(company, request, who)
    for who in (company.anna, company.tara, company.helena):
        assert await home_of(company, who)
    assert f"{LABEL} · CS-10442" in str(lines(await home_of(company, company.anna)))
    assert f"For: {LABEL}" in str(await told(company, waiting, company.tara))


async def test_p7_what_waits_is_decided_and_heard_with_a_word_of_caution(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = without("complaint")
    caution = "⚠️ The policy no longer has this reason. You may still approve."
    assert caution in await told(company, request, company.tara)
    assert caution not in await told(company, request, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which one?"), company.tara)
    await company.door.enter(deciding.approve_request(request), company.tara)
    opened = await player_of(company, request)
    page = await looking(company, WEB, lambda ctx: describe_page(ctx, opened.grant, opened.secret))
    assert page["reason"] == LABEL
