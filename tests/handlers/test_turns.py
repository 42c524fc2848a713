"""D4: every card that asks something says why it came to this person, as what; Withdraw says what will happen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from handlers import listening
from handlers.access import deciding
from handlers.access import forms as filling
from handlers.access import waiting as access_waiting
from handlers.acting import CLOCK, DELIVERY, WEB, Visitor
from handlers.listening import described
from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.rules.reasons import reason_of
from tests.each import each
from tests.handlers.builders import (
    CLAIM,
    POLICY,
    Company,
    also_asked,
    approved,
    ask,
    away,
    call,
    email,
    ledger,
    refusal,
    register,
    stored,
    without_deputies,
)
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import buttons, home_of, labels, lines, looking, seen
from tests.handlers.test_waiting import sydney

LEADER = POLICY.role("team_leader").title
HEAD = POLICY.role("head_of_customer_success").title


async def _why(company: Company, request: str, who: Visitor) -> str:
    [told] = [one for one in lines(await seen(company, request, who)) if one.startswith("You’re asked as")]
    return told


async def test_d4_the_holder_reads_as_what(company: Company) -> None:
    request = await ask(company, company.anna)
    assert await _why(company, request, company.tara) == f"You’re asked as {LEADER}."
    told = lines(await seen(company, request, company.anna))
    assert f"Tara Lindqvist decides, as {LEADER}. This card tells you the outcome." in told


async def test_d4_whoever_is_away_later_in_the_chain_is_no_reason(company: Company) -> None:
    """The leader goes away after being asked, and so does the Head: neither brought it to the leader."""
    request = await ask(company, company.anna)
    alone = without_deputies(POLICY, "team_leader", "head_of_customer_success")
    company.door.policy = away(alone, "team_leader", "head_of_customer_success")
    assert await _why(company, request, company.tara) == f"You’re asked as {LEADER}."


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
        assert await _why(company, request, company.deven) == f"You’re asked as deputy of the {LEADER}, who is away."

    async def test_d4_a_deputy_whose_role_is_over_reads_no_reason_any_more(self, company: Company) -> None:
        """Until the next look at who decides, the card still asks; nothing false stands on it."""
        request = await ask(company, company.anna)
        company.door.policy = without_deputies(POLICY, "team_leader")
        assert not [one for one in lines(await seen(company, request, company.deven)) if "You’re asked as" in one]
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
        assert await _why(company, request, company.helena) == (f"You’re asked as {HEAD}, since the {LEADER} is away.")


async def test_d4_out_of_reach_asks_herself_was_on_the_call_and_passed_it_on(company: Company) -> None:
    request = await ask(company, company.anna)
    [card] = await ledger(company, company.tara)
    await company.door.enter(
        access_waiting.reroute(request, company.tara.person_id or 0, "user_disabled", card.id), DELIVERY
    )
    assert f"deputy of the {LEADER}, who can’t be reached." in await _why(company, request, company.deven)
    own = await ask(company, company.tara)
    assert f"You’re asked as {HEAD}, since the {LEADER} asks for it." in await _why(company, own, company.helena)
    [hers] = await register(company.door, call(5, operator_name="Tara Lindqvist", operator_key=email("Tara Lindqvist")))
    on_it = await ask(company, company.anna, calls=[hers])
    assert f"since the {LEADER} was on one of these calls." in await _why(company, on_it, company.helena)
    passed = await ask(company, company.bram, calls=company.calls[1:2])
    await company.door.enter(deciding.pass_on(passed, "I know her."), company.tara)
    assert f"since the {LEADER} passed it on." in await _why(company, passed, company.helena)


async def test_d4_whoever_decides_no_more_reads_no_reason(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    assert not [one for one in lines(await seen(company, request, company.tara)) if "You’re asked as" in one]


@each("question", [False, True])
async def test_d4_withdraw_asks_once_and_says_what_will_happen(company: Company, *, question: bool) -> None:
    request = await ask(company, company.anna)
    if question:
        await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    [withdraw] = [one for one in buttons(await seen(company, request, company.anna)) if one.label == "Withdraw"]
    assert withdraw.confirm == (
        "Your request will be closed, and no one will be asked about it any more. You can ask again at any time."
    )


@pytest.mark.parametrize("end", ["denied", "taken back", "given back", "taken away", "over"])
async def test_d4_a_closed_card_offers_to_ask_again_to_whoever_asked(company: Company, end: str) -> None:
    request = await (ask(company, company.anna) if end in ("denied", "taken back") else approved(company))
    if end == "denied":
        await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    elif end == "over":
        company.clock.pass_(days=8)
    else:
        await company.door.enter(
            deciding.withdraw_request(request), company.tara if end == "taken away" else company.anna
        )
    [again] = buttons(await seen(company, request, company.anna))
    assert (again.action, again.label, again.value) == ("again", "Ask again", request)
    assert "Ask again" not in labels(await seen(company, request, company.tara))


LABEL = "Complaint (no longer in the policy)"


def without(*reasons: str) -> Policy:
    """The policy that has these reasons no more."""
    return POLICY.model_copy(
        update={"reasons": {key: one for key, one in POLICY.reasons.items() if key not in reasons}}
    )


async def told(company: Company, request: str, who: Visitor) -> list[str]:
    return lines(await seen(company, request, who))


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
    opened = await company.door.enter(
        listening.exchange(await company.door.enter(listening.listen(request), company.anna)), WEB
    )
    page = await looking(company, WEB, lambda act: described(act, opened.grant, opened.secret))
    assert page["reason"] == LABEL


async def test_p7_silence_brings_what_it_would_have_brought(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = without("complaint")
    await company.door.enter(access_waiting.recheck(request), CLOCK)
    await delivered(company)
    await pass_until(company, sydney("2026-11-30", 9))
    assert labels(await seen(company, request, company.helena)) == ["Approve", "Deny", "Ask a question"]
    assert any(request in str(one) for one in await digests(company, company.tara))
    await pass_until(company, sydney("2026-12-09", 9))
    assert (await stored(company, request)).state == "lapsed"


async def test_p9_an_investigation_stays_one(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    company.door.policy = without("legal_claim")
    card = await told(company, request, company.helena)
    assert {"Reason: Legal claim (no longer in the policy)", "Matter: Claim 12"} <= set(card)
    assert str(await refusal(company, deciding.approve_request(request), company.tara)) == "I can't find this request."
    await company.door.enter(deciding.pass_on(request, "He is my uncle."), company.helena)
    assert "waiting for you" in (await told(company, request, company.ruth))[0]


async def test_d4_ask_again_keeps_what_was_typed_and_asks_for_another_reason(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    company.door.policy = without("legal_claim")
    sheet, filled = await looking(company, company.anna, lambda act: filling.again(act, request))
    assert sheet.intro.endswith("The policy no longer has its reason, so please choose another.")
    assert (filled.values["reason"], filled.values["purpose"]) == ("", "The customer complains.")
    assert filled.values["matter"] == "Claim 12"


@each(("key", "label"), [("", ""), ("x" * 500, "X" + "x" * 39), ("odd__key ", "Odd key")])
def test_p6_whatever_stands_in_a_row_has_a_label(key: str, label: str) -> None:
    found: Any = reason_of(POLICY, key, longer=True)
    assert (found.label, found.route) == (f"{label} (no longer in the policy)", "investigation")
