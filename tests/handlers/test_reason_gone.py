"""P6: a reason that the policy has no more hides no card, holds up no home, and sends no investigation down the chain."""

from __future__ import annotations

from typing import Any

from handlers.access import forms as filling
from handlers.access.intents import Approve, Deny, PassOn, Question, Recheck
from handlers.acting import CLOCK, WEB, Visitor
from handlers.listening import Exchange, Listen
from handlers.playing import described
from handlers.policy import Policy
from handlers.rules.reasons import reason_of
from tests.each import each
from tests.handlers.builders import CLAIM, POLICY, Company, approved, ask, refusal, stored
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import home_of, labels, lines, looking, seen
from tests.handlers.test_waiting import sydney

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
    await company.door.enter(Deny(denied, "No."), company.tara)
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
    await company.door.enter(Question(request, "Which one?"), company.tara)
    await company.door.enter(Approve(request), company.tara)
    opened = await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)
    page = await looking(company, WEB, lambda act: described(act, opened.grant, opened.secret))
    assert page["reason"] == LABEL


async def test_p7_silence_brings_what_it_would_have_brought(company: Company) -> None:
    request = await ask(company, company.anna)
    company.door.policy = without("complaint")
    await company.door.enter(Recheck(request), CLOCK)
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
    assert str(await refusal(company, Approve(request), company.tara)) == "I can't find this request."
    await company.door.enter(PassOn(request, "He is my uncle."), company.helena)
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
