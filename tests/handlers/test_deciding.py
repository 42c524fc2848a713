"""P7, P9: the first decision wins, whoever is entitled makes it, and access begins with it."""

import asyncio
from datetime import timedelta

import pytest

from handlers.access import deciding
from storage.records import Grant
from tests.each import each
from tests.handlers.builders import (
    Company,
    also_asked,
    ask,
    audit,
    grant_of,
    left,
    quiet,
    refusal,
    stored,
    words_for,
    written,
)
from tests.handlers.reading import card_of


async def test_p7_an_approval_gives_access_for_seven_days(company: Company) -> None:
    request = await ask(company, company.anna)
    company.clock.pass_(hours=2)
    await company.door.enter(deciding.approve_request(request), company.tara)
    now, decided, grant = company.clock.now, await stored(company, request), await grant_of(company, request)
    assert (decided.state, decided.decided_by, decided.closed_at) == ("approved", company.tara.person_id, now)
    assert (decided.decided_as, decided.revision) == ("Customer Success Specialist Team Leader", 2)
    assert grant is not None
    assert (grant.person_id, grant.starts_at, grant.ends_at) == (company.anna.person_id, now, now + timedelta(days=7))
    assert grant.ended_at is None
    ends = await company.database.read(
        lambda store: [store.deadlines.coming(one, request) for one in ("access.end", "access.ending", "access.lapse")]
    )
    assert ends == [grant.ends_at, grant.ends_at - timedelta(days=1), None]
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara"), ("tell", "anna")]
    heard = "Tara Lindqvist approved your request to hear a call. Press Details to listen."
    assert await words_for(company, company.anna) == [heard]
    told = {"grant": grant.id, "until": grant.ends_at.isoformat()}
    assert (await audit(company, request))[1:] == [
        (f"person:{company.tara.person_id}", "access.approve", "done", "P7", told)
    ]


async def test_p7_a_denial_says_why_and_gives_nothing(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.deny_request(request, "The CRM has no such complaint."), company.tara)
    denied = await stored(company, request)
    said = await written(company, request)
    assert (denied.state, said.decision) == ("denied", "The CRM has no such complaint.")
    assert await grant_of(company, request) is None
    assert await company.database.read(lambda store: store.deadlines.next()) is None
    why = "Tara Lindqvist denied your request to hear a call. Press Details to read why."
    assert await words_for(company, company.anna) == [why]
    assert (await audit(company, request))[-1][1::3] == ("access.deny", {})


@pytest.mark.parametrize(
    ("first", "second", "outcome"), [("approve", "deny", "approved"), ("deny", "approve", "denied")]
)
async def test_p7_the_first_decision_wins(company: Company, first: str, second: str, outcome: str) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    wanted = {"approve": deciding.approve_request(request), "deny": deciding.deny_request(request, "No.")}
    await company.door.enter(wanted[first], company.tara)
    company.clock.pass_(minutes=4)
    refused = await refusal(company, wanted[second], company.helena)
    told = f"This request was already {outcome} by Tara Lindqvist on Tue 24 Nov, 14:00 Sydney."
    assert (str(refused), refused.code) == (told, f"already_{outcome}")
    assert (await stored(company, request)).decided_by == company.tara.person_id
    helena = f"person:{company.helena.person_id}"
    assert (await audit(company, request))[-1] == (
        helena, f"access.{second}", "refused", "P7", {"why": f"already_{outcome}"},
    )  # fmt: skip


@pytest.mark.parametrize("decision", ["approve", "deny"])
async def test_my_own_click_again_is_quiet(company: Company, decision: str) -> None:
    request = await ask(company, company.anna)
    wanted = deciding.approve_request(request) if decision == "approve" else deciding.deny_request(request, "No.")
    await company.door.enter(wanted, company.tara, key="slack:UTARA:1.0")
    await quiet(company, wanted, company.tara, key="slack:UTARA:1.0")
    await quiet(company, wanted, company.tara, key="slack:UTARA:2.0")
    await quiet(company, wanted, company.tara)


@each(
    ("name", "why"), [("bram", "operator"), *((name, "not_approver") for name in ("deven", "helena", "henrik", "ruth"))]
)
async def test_p7_whoever_is_not_the_approver_does_not_even_learn_of_it(company: Company, name: str, why: str) -> None:
    request = await ask(company, company.anna)
    who = company.people[name]
    for wanted in (deciding.approve_request(request), deciding.deny_request(request, "No.")):
        refused = await refusal(company, wanted, who)
        assert (str(refused), refused.code) == ("I can't find this request.", why)
    assert (await audit(company, request))[-1] == (
        f"person:{who.person_id}", "access.deny", "refused", "P7", {"why": why},
    )  # fmt: skip
    assert await card_of(company, request, who) is None


async def test_p7_nobody_approves_a_request_of_the_own(company: Company) -> None:
    for who in (company.anna, company.tara, company.helena):
        request = await ask(company, who)
        refused = await refusal(company, deciding.approve_request(request), who)
        assert (str(refused), refused.code) == (
            "This is your own request, so someone else has to decide it.",
            "requester",
        )
        assert (await stored(company, request)).state == "waiting"


async def test_many_clicks_at_once_are_one_decision(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    clicks = [
        company.door.enter(
            deciding.approve_request(request) if one % 2 else deciding.deny_request(request, "No."),
            who,
            key=f"{who.account}{one}",
        )
        for one in range(10)
        for who in (company.tara, company.helena)
    ]
    results = await asyncio.gather(*clicks, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    done = [
        one for one in await audit(company, request) if one[2] == "done" and one[1] in ("access.approve", "access.deny")
    ]
    grants = await company.database.read(lambda store: store.session.query(Grant).count())
    assert len(done) == 1
    assert grants == (done[0][1] == "access.approve")
