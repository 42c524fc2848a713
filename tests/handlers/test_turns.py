"""D4: every card that asks something says why it came to this person, as what; Withdraw says what will happen."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.access.intents import Deny, PassOn, Question, Reroute, Withdraw
from handlers.acting import DELIVERY, Visitor
from handlers.policy import Policy
from handlers.policy.terms import Period
from tests.each import each
from tests.handlers.builders import (
    POLICY,
    Company,
    also_asked,
    approved,
    ask,
    away,
    call,
    email,
    ledger,
    register,
    without_deputies,
)
from tests.handlers.reading import buttons, labels, lines, seen

LEADER = POLICY.role("team_leader").title
HEAD = POLICY.role("head_of_customer_success").title


async def _why(company: Company, request: str, who: Visitor) -> str:
    [told] = [one for one in lines(await seen(company, request, who)) if one.startswith("It came to you")]
    return told


async def test_d4_the_holder_reads_as_what(company: Company) -> None:
    request = await ask(company, company.anna)
    assert await _why(company, request, company.tara) == f"It came to you as {LEADER}."
    told = lines(await seen(company, request, company.anna))
    assert f"Tara Lindqvist decides, as {LEADER}. This card tells you the outcome." in told


async def test_d4_whoever_is_away_later_in_the_chain_is_no_reason(company: Company) -> None:
    """The leader goes away after being asked, and so does the Head: neither brought it to the leader."""
    request = await ask(company, company.anna)
    alone = without_deputies(POLICY, "team_leader", "head_of_customer_success")
    company.door.policy = away(alone, "team_leader", "head_of_customer_success")
    assert await _why(company, request, company.tara) == f"It came to you as {LEADER}."


async def test_d4_who_decides_in_several_roles_is_given_none_of_them(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    told = lines(await seen(company, request, company.anna))
    assert any(one.startswith("Tara Lindqvist or Helena Marsh decides. ") for one in told)


class TestWhileTheLeaderIsAway:
    @pytest.fixture
    def policy(self) -> Policy:
        return away(POLICY, "team_leader")

    async def test_d4_the_deputy_reads_for_whom(self, company: Company) -> None:
        request = await ask(company, company.anna)
        assert await _why(company, request, company.deven) == f"It came to you as deputy of the {LEADER}, who is away."

    async def test_d4_a_deputy_whose_role_is_over_reads_no_reason_any_more(self, company: Company) -> None:
        """Until the next look at who decides, the card still asks; nothing false stands on it."""
        request = await ask(company, company.anna)
        company.door.policy = without_deputies(POLICY, "team_leader")
        assert not [one for one in lines(await seen(company, request, company.deven)) if "It came to you" in one]
        told = lines(await seen(company, request, company.anna))
        assert "Deven Okafor decides. This card tells you the outcome." in told


async def test_d4_where_no_absence_ends_no_day_is_promised(company: Company) -> None:
    forever = Period.model_validate({"from": "2026-11-24", "to": date.max})
    leader = POLICY.role("team_leader").model_copy(update={"away": (forever,)})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})
    request = await ask(company, company.anna)
    assert f"deputy of the {LEADER}, who is away." in await _why(company, request, company.deven)


class TestWhileTheLeaderIsAwayWithoutDeputies:
    @pytest.fixture
    def policy(self) -> Policy:
        return without_deputies(away(POLICY, "team_leader"), "team_leader")

    async def test_d4_the_next_authority_reads_who_was_passed_over(self, company: Company) -> None:
        request = await ask(company, company.anna)
        assert await _why(company, request, company.helena) == (
            f"It came to you as {HEAD}, since the {LEADER} is away."
        )


async def test_d4_out_of_reach_asks_herself_was_on_the_call_and_passed_it_on(company: Company) -> None:
    request = await ask(company, company.anna)
    [card] = await ledger(company, company.tara)
    await company.door.enter(Reroute(request, company.tara.person_id or 0, "user_disabled", card.id), DELIVERY)
    assert f"deputy of the {LEADER}, who can’t be reached." in await _why(company, request, company.deven)
    own = await ask(company, company.tara)
    assert f"It came to you as {HEAD}, since the {LEADER} asks for it." in await _why(company, own, company.helena)
    [hers] = await register(company.door, call(5, operator_name="Tara Lindqvist", operator_key=email("Tara Lindqvist")))
    on_it = await ask(company, company.anna, calls=[hers])
    assert f"since the {LEADER} was on one of these calls." in await _why(company, on_it, company.helena)
    passed = await ask(company, company.bram, calls=company.calls[1:2])
    await company.door.enter(PassOn(passed, "I know her."), company.tara)
    assert f"since the {LEADER} passed it on." in await _why(company, passed, company.helena)


async def test_d4_whoever_decides_no_more_reads_no_reason(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Deny(request, "No."), company.tara)
    assert not [one for one in lines(await seen(company, request, company.tara)) if "It came to you" in one]


@each("question", [False, True])
async def test_d4_withdraw_asks_once_and_says_what_will_happen(company: Company, *, question: bool) -> None:
    request = await ask(company, company.anna)
    if question:
        await company.door.enter(Question(request, "Which complaint?"), company.tara)
    [withdraw] = [one for one in buttons(await seen(company, request, company.anna)) if one.label == "Withdraw"]
    assert withdraw.confirm == (
        "Your request will be closed, and nobody will be asked about it any more. You can ask again at any time."
    )


@pytest.mark.parametrize("end", ["denied", "taken back", "given back", "taken away", "over"])
async def test_d4_a_closed_card_offers_to_ask_again_to_whoever_asked(company: Company, end: str) -> None:
    request = await (ask(company, company.anna) if end in ("denied", "taken back") else approved(company))
    if end == "denied":
        await company.door.enter(Deny(request, "No."), company.tara)
    elif end == "over":
        company.clock.pass_(days=8)
    else:
        await company.door.enter(Withdraw(request), company.tara if end == "taken away" else company.anna)
    [again] = buttons(await seen(company, request, company.anna))
    assert (again.action, again.label, again.value) == ("again", "Ask again", request)
    assert "Ask again" not in labels(await seen(company, request, company.tara))
