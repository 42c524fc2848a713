"""The card of a customer's request for each reader while it waits: what it says, and to whom (P8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.cards import Actions
from handlers.customers.cards import mask_address
from handlers.policy.terms import Period
from storage.records import Alarm
from tests.each import each
from tests.handlers.builders import Company, call, email, ledger, register
from tests.handlers.customers.acts import (
    a_request,
    addressing,
    identify,
    remarked,
    viewed,
    withdrawing,
)
from tests.handlers.customers.drawing import SECRETS, at, pressed
from tests.handlers.holds.acts import about, hold
from tests.handlers.reading import card_of, labels, lines, seen, title, whole_of
from tests.moments import NOW

pytestmark = pytest.mark.long

NB = "\N{NO-BREAK SPACE}"
CALL_LINE = (
    f"📞 <23 Nov 03:00 Australia/Sydney> · incoming call · 1{NB}min{NB}1{NB}s · with Bram Tolliver"
    f" · caller ••••{NB}671 · Australia and New Zealand · CS-10443"
)
WHY = (
    "You are the Customer Success Specialist Team Leader: you confirm who asks, that the call is theirs, and the address."
    " If it runs late, that stays on record."
)


async def test_p8_whoever_releases_it_reads_who_asks_for_what_since_and_until_when(company: Company) -> None:
    request = await a_request(company, said="It was about the invoice of March.")
    told = lines(await seen(company, request, company.tara))
    assert told[:11] == [
        "⏳ Customer’s request · waiting for you",
        "Who asks: The customer: Mara Ellis",
        "What: A copy to keep, one call",
        "First asked: <23 Nov 23:00 Australia/Sydney>",
        "Due: <03 Dec 06:00 Australia/Sydney>",
        "Filed: Anna Quill, <24 Nov 03:00>",
        "Identity: Called back on the number that the CRM has, Tue 24 Nov · Anna Quill",
        "Mail goes to: mara.ellis@customer.example",
        CALL_LINE,
        "What they know about the call: It was about the invoice of March.",
        WHY,
    ]
    assert told[11] == "[Release] [Refuse] [Ask a question]"
    assert told[13] == f"({request} · P8 · also seen by Anna Quill, Cora Bellamy)"


async def test_p8_the_days_that_are_left_stand_always_on_the_card(company: Company) -> None:
    request = await a_request(company)
    for hours, left in (
        (0, "in 7 working days"),
        (19, "in 6 working days"),
        (9 * 24, "today"),
        (9 * 24 + 4, "late since today"),
    ):
        company.clock.now = NOW + timedelta(hours=hours)
        facts = next(part for part in (await seen(company, request, company.anna)).parts if hasattr(part, "rows"))
        assert dict(facts.rows)["Due"].left == left
    assert any(
        "It is late, and that stays on record." in one for one in lines(await seen(company, request, company.anna))
    )


async def test_p8_a_handler_reads_why_it_came_and_a_deputy_as_whom(company: Company) -> None:
    request = await a_request(company)
    assert any(
        "one of those who confirm customers’ requests" in one
        for one in lines(await seen(company, request, company.cora))
    )
    view = await viewed(company, request)
    deputy = replace(view.parties[0], person_id=company.deven.person_id or 0)
    people = view.people | {
        company.deven.person_id or 0: await company.database.read(
            lambda store: store.people.get(company.deven.person_id or 0)
        )
    }
    away = view.policy.absent([("tara.lindqvist@fernhill.example", _today())])
    told = at(view, company.deven, parties=[deputy], people=people, policy=away)
    assert any("You stand in for the Customer Success Specialist Team Leader" in one for one in told)


def _today() -> Period:
    return Period.model_validate({"from": NOW.date(), "to": NOW.date()})


async def test_p8_whoever_filed_it_reads_for_whom_it_waits(company: Company) -> None:
    request = await a_request(company)
    told = lines(await seen(company, request, company.anna))
    assert told[0] == "⏳ Customer’s request · waiting for Tara Lindqvist or Cora Bellamy"
    assert "Mail goes to: mara.ellis@customer.example" in told
    assert "It waits for Tara Lindqvist or Cora Bellamy. If it runs late, that stays on record." in told
    assert pressed(told) == "[Another address] [Withdraw]"


async def test_p8_not_identified_it_waits_for_the_customer(company: Company) -> None:
    request = await a_request(company, check="none", address="")
    told = lines(await seen(company, request, company.tara))
    assert told[0] == "⏳ Customer’s request · waiting for the customer"
    assert {"Identity: not identified yet", "Mail goes to: none named yet"} <= set(told)
    assert any(
        "The customer has yet to be identified and to name an e-mail address. Until then it can’t be released." in one
        for one in told
    )
    assert pressed(told) == "[Identified] [Release] [Refuse]"
    assert pressed(lines(await seen(company, request, company.anna))) == "[Identified] [Another address] [Withdraw]"
    await identify(company, request, company.anna)
    told = lines(await seen(company, request, company.tara))
    assert any("has yet to name an e-mail address." in one for one in told)
    await company.door.enter(addressing(request, "mara@customer.example"), company.anna)
    assert title(await seen(company, request, company.tara)).endswith("waiting for you")


async def test_p8_details_have_every_button_and_the_sum(company: Company) -> None:
    request = await a_request(company)
    whole = await whole_of(company, request, company.tara)
    assert whole is not None
    assert labels(whole) == [
        "Release", "Refuse", "Ask a question", "Tell the customer", "Another address", "Withdraw",
    ]  # fmt: skip
    assert any("on working day 7." in one for one in lines(whole))
    assert not any("on working day" in one for one in lines(await seen(company, request, company.tara)))
    values = {one.label: one.value for part in whole.parts if isinstance(part, Actions) for one in part.buttons}
    view = await viewed(company, request)
    assert values["Release"] == f"{request}:{view.shown_mark}"
    assert values["Refuse"] == values["Tell the customer"] == values["Release"]
    assert all(len(one) <= 200 for one in values.values())


async def test_p8_what_finds_no_place_on_the_card_is_one_press_away(company: Company) -> None:
    request = await a_request(company)
    more = "More actions are in Details. [Details]"
    told = lines(await seen(company, request, company.tara))
    assert told[told.index("[Release] [Refuse] [Ask a question]") + 1] == more
    assert more not in lines(await seen(company, request, company.anna))
    whole = await whole_of(company, request, company.tara)
    assert whole is not None
    assert more not in lines(whole)


async def test_p8_no_notification_says_who_asks_or_where_to(company: Company) -> None:
    request = await a_request(company, said="It was about the invoice of March.")
    for who in (company.tara, company.anna, company.cora):
        summary = (await seen(company, request, who)).summary
        assert summary.startswith(f"Customer’s request {request}: waiting for")
        assert not any(secret in summary for secret in SECRETS)
    for one in await ledger(company):
        assert not any(secret in str(one.payload) for secret in SECRETS)


async def test_p8_whoever_only_holds_a_copy_reads_no_name_and_no_address(company: Company) -> None:
    """Somebody who was asked while others were away, and may not release it any more."""
    request = await a_request(company, said="It was about the invoice of March.", asker="authority")
    view = await viewed(company, request)
    former = [replace(one, part="former", person_id=company.ruth.person_id or 0) for one in view.parties[:1]]
    people = view.people | {company.ruth.person_id or 0: view.people[company.anna.person_id or 0]}
    told = at(view, company.ruth, parties=[*view.parties, *former], people=people)
    assert not any(secret in line for line in told for secret in SECRETS)
    assert {
        "Who asks: Somebody with the customer’s written authority",
        "Authority: shown by a letter",
        "Mail goes to: m•••@•••.example",
    } <= set(told)
    assert any("CS-10443" in one for one in told)


@each(("address", "masked"), [("mara@customer.example", "m•••@•••.example"), ("m@b.co.uk", "m•••@•••.uk")])
def test_p8_an_address_is_masked(address: str, masked: str) -> None:
    assert mask_address(address) == masked


async def test_p8_somebody_else_has_no_copy(company: Company) -> None:
    request = await a_request(company)
    assert await card_of(company, request, company.bram) is None
    assert await whole_of(company, request, company.bram) is None


@pytest.mark.by_hand
async def test_p8_whoever_heard_an_alarm_about_it_may_look_at_it(company: Company) -> None:
    request = await a_request(company)

    told = Alarm(
        id="W-1", alarm="W-1", subject=request, why="nobody_left", words="", person_id=company.miles.person_id, state="told", raised_at=NOW,
    )  # fmt: skip
    await company.database.write(lambda store: store.session.add(told))
    whole = await whole_of(company, request, company.miles)
    assert whole is not None
    assert not any(secret in line for line in lines(whole) for secret in SECRETS)
    assert labels(whole) == []


async def test_p8_five_calls_stand_on_the_card_and_all_in_details(company: Company) -> None:
    more = await register(
        company.door, *(call(n, native_id=f"m-{n}", caller="+61412345671", crm="") for n in range(4, 10))
    )
    request = await a_request(company, recordings=[f"{one}" for one in (company.calls[0], *more)])
    told = lines(await seen(company, request, company.tara))
    assert sum(one.startswith("📞") for one in told) == 5
    assert "And 2 more. They stand in Details." in told
    whole = await whole_of(company, request, company.tara)
    assert whole is not None
    assert sum(one.startswith("📞") for one in lines(whole)) == 7
    number = await a_request(company, recordings=["number:+61412345671"], asker="relative")
    assert "What: A copy to keep, all calls with ••••\N{NO-BREAK SPACE}671 (7)" in lines(
        await seen(company, number, company.anna)
    )
    assert "What: A copy to keep, 7 calls" in told


async def test_p8_without_a_call_the_card_says_so(company: Company) -> None:
    request = await a_request(company, recordings=[])
    told = lines(await seen(company, request, company.anna))
    assert "What: A copy to keep" in told
    assert "⚠️ No call is named yet. A release needs one; a refusal does not." in told


async def test_p8_warnings_stand_on_the_card_while_it_is_open(company: Company) -> None:
    await register(company.door, call(6, caller="+61412345671", crm="CS-99"))
    request = await a_request(company, said="I rang about CS-7.")
    told = lines(await seen(company, request, company.tara))
    assert "⚠️ This number is used by more than one customer. A matching number is no proof." in told
    assert "⚠️ They named CS-7, which is the reference of none of these calls." in told
    await company.door.enter(withdrawing(request), company.anna)
    assert not any("⚠️" in one for one in lines(await seen(company, request, company.tara)))


async def test_p12_a_hold_stops_nothing_and_no_card_tells_of_it_to_whom_its_case_is_about(company: Company) -> None:
    await hold(company, company.helena, concerned=about("tara"))
    request = await a_request(company)
    for one in (company.tara, company.anna):
        assert not any("hold" in line for line in lines(await seen(company, request, one)))


@pytest.mark.by_hand
async def test_p8_a_question_waits_for_whoever_can_answer_it(company: Company) -> None:
    request = await a_request(company)
    await remarked(company, request, "question", "Which invoice?", company.tara)
    told = lines(await seen(company, request, company.anna))
    assert told[0] == "⏳ Customer’s request · a question waits for an answer"
    assert "Question from Tara Lindqvist: Which invoice?" in told
    assert pressed(told) == "[Answer] [Another address] [Withdraw]"
    assert pressed(lines(await seen(company, request, company.tara))) == "[Release] [Refuse] [Ask a question]"
    await remarked(company, request, "answer", "That of March.", company.anna)
    told = lines(await seen(company, request, company.anna))
    assert "Answer from You: That of March." in told
    assert pressed(told) == "[Another address] [Withdraw]"


async def test_p8_a_colleague_is_known_here(company: Company) -> None:
    request = await a_request(
        company, company.bram, asker="operator", person="Bram Tolliver", address=email("Bram Tolliver")
    )
    told = lines(await seen(company, request, company.tara))
    assert {"Who asks: A colleague who was on the call: Bram Tolliver", "Identity: A colleague, known here"} <= set(
        told
    )
