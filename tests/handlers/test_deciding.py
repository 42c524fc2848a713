"""P7, P9: the first decision wins, access begins with it, and it is withdrawn, taken away or ends by itself; questions and answers."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers import listening
from handlers.access import deciding
from handlers.acting import CLOCK, Intent
from storage.records import Grant, Request
from tests.each import each
from tests.handlers.builders import (
    Company,
    also_asked,
    approved,
    ask,
    audit,
    grant_of,
    ledger,
    left,
    quiet,
    refusal,
    stored,
    words_for,
    written,
)
from tests.handlers.reading import card_of, seen, title


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
    until = "Tue 1 Dec, 16:00 Sydney"  # so that the words stay true when access has ended
    heard = f"Tara Lindqvist approved your request to hear a call, until {until}."
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
    why = "Tara Lindqvist denied your request to hear a call."
    assert await words_for(company, company.anna) == [why]
    assert (await audit(company, request))[-1][1::3] == ("access.deny", {})


async def test_p7_a_title_counts_the_people_asked_when_they_are_many(company: Company) -> None:
    request = await ask(company, company.anna)
    for who in (company.deven, company.helena, company.henrik):
        await also_asked(company, request, who)
    assert title(await seen(company, request, company.anna)).endswith("Tara Lindqvist, Deven Okafor or 2 others")


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


MINE: dict[str, Callable[[str], Intent[None]]] = {
    "approve": deciding.approve_request, "deny": lambda request: deciding.deny_request(request, "No."),
    "withdraw": deciding.withdraw_request,
}  # fmt: skip


@pytest.mark.parametrize("press", MINE)
async def test_my_own_click_again_is_quiet(company: Company, press: str) -> None:
    request = await ask(company, company.anna)
    wanted, who = MINE[press](request), company.anna if press == "withdraw" else company.tara
    await company.door.enter(wanted, who, key="slack:1.0")
    done = await audit(company)
    for key in ("slack:1.0", "slack:2.0", ""):
        await quiet(company, wanted, who, key=key)
    assert await audit(company) == done


@each(
    ("name", "why"), [("bram", "operator"), *((name, "not_approver") for name in ("deven", "helena", "henrik", "ruth"))]
)
async def test_p7_a_person_who_is_not_the_approver_does_not_even_learn_of_it(
    company: Company, name: str, why: str
) -> None:
    request = await ask(company, company.anna)
    who = company.people[name]
    for wanted in (deciding.approve_request(request), deciding.deny_request(request, "No.")):
        refused = await refusal(company, wanted, who)
        assert (str(refused), refused.code) == ("I can’t find this request.", why)
    assert (await audit(company, request))[-1] == (
        f"person:{who.person_id}", "access.deny", "refused", "P7", {"why": why},
    )  # fmt: skip
    assert await card_of(company, request, who) is None


async def test_p7_no_one_approves_a_request_of_the_own(company: Company) -> None:
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


async def _grant(company: Company, request: str) -> Grant:
    grant = await company.database.read(lambda store: store.grants.of(request))
    assert grant is not None
    return grant


async def _next(company: Company) -> str | None:
    deadline = await company.database.read(lambda store: store.deadlines.next())
    return deadline.subject if deadline else None


async def test_p7_the_requester_takes_a_waiting_request_back(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    taken = await stored(company, request)
    assert (taken.state, taken.decided_by, taken.closed_at) == ("withdrawn", company.anna.person_id, company.clock.now)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara")]
    assert (await audit(company, request))[1:] == [
        (f"person:{company.anna.person_id}", "access.withdraw", "done", "P7", {})
    ]


async def test_p7_the_requester_gives_access_back(company: Company) -> None:
    request = await approved(company)
    before = len(await ledger(company))
    await company.door.enter(deciding.withdraw_request(request), company.anna)
    grant = await _grant(company, request)
    assert (grant.ended_at, grant.ended_by) == (company.clock.now, company.anna.person_id)
    assert (await stored(company, request)).state == "approved"
    assert await _next(company) is None
    assert await left(company, before) == [("show", "anna"), ("show", "tara")]
    assert (await audit(company, request))[-1][4] == {"grant": grant.id}


@each("name", ["tara", "helena"])
async def test_p7_an_approver_takes_access_away_at_once(company: Company, name: str) -> None:
    request, who = await approved(company), company.people[name]
    if name == "helena":
        await also_asked(company, request, who)
    before = len(await ledger(company))
    await company.door.enter(deciding.withdraw_request(request), who)
    assert (await _grant(company, request)).ended_by == who.person_id
    assert ("tell", "anna") in await left(company, before)
    full = {"tara": "Tara Lindqvist", "helena": "Helena Marsh"}[name]
    assert (await words_for(company, company.anna))[-1] == f"{full} withdrew your access to a call."
    assert (await refusal(company, listening.make_listen_code(request), company.anna)).code == "withdrawn"


@each("name", ["bram", "deven", "helena", "henrik", "ruth"])
async def test_p7_no_one_else_does(company: Company, name: str) -> None:
    request = await approved(company)
    refused = await refusal(company, deciding.withdraw_request(request), company.people[name])
    assert str(refused) == "I can’t find this request."
    assert (await _grant(company, request)).ended_at is None


@pytest.mark.parametrize("late", [0, 2 * 86_400 + 5])
async def test_p7_access_ends_by_itself_and_in_time_though_it_was_slept_through(company: Company, late: int) -> None:
    request = await approved(company)
    before = len(await ledger(company))
    company.clock.pass_(days=7, seconds=late)
    await company.door.enter(deciding.expire_access(request), CLOCK, due=f"access.end:{request}")
    grant = await _grant(company, request)
    assert (grant.ended_at, grant.ended_by) == (grant.ends_at, None)
    assert await left(company, before) == [("show", "anna"), ("show", "tara")]
    assert await _next(company) is None
    detail = {"grant": grant.id, "late_seconds": late}
    assert (await audit(company, request))[-1] == ("clock", "access.expire", "done", "P7", detail)


@pytest.mark.parametrize("closed", [False, True])
async def test_p7_access_that_ended_by_itself_was_not_withdrawn(company: Company, *, closed: bool) -> None:
    request = await approved(company)
    company.clock.pass_(days=8)
    if closed:
        await company.door.enter(deciding.expire_access(request), CLOCK)
    refused = await refusal(company, listening.make_listen_code(request), company.anna)
    told = "Your access ended by itself on Tue 1 Dec, 14:00 Sydney. If you still need the calls, please ask again."
    assert (refused.code, str(refused)) == ("ended", told)


async def _remarks(company: Company, request: str) -> list[tuple[str, int, str]]:
    remarks = await company.database.read(lambda store: store.session.get_one(Request, request).remarks)
    said = await written(company, request)
    return [(one.kind, one.person_id, said.remarks[one.id]) for one in remarks]


async def test_p7_a_question_reaches_the_requester_and_the_answer_the_approver(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    assert (await left(company))[2:] == [("show", "anna"), ("show", "tara"), ("tell", "anna")]
    company.clock.pass_(minutes=1)
    await company.door.enter(deciding.answer_question(request, "Ticket 9."), company.anna)
    assert (await left(company))[5:] == [("show", "anna"), ("show", "tara"), ("tell", "tara")]
    anna, tara = company.anna.person_id, company.tara.person_id
    assert await _remarks(company, request) == [("question", tara, "Which complaint?"), ("answer", anna, "Ticket 9.")]
    assert await words_for(company, company.anna) == [
        "Tara Lindqvist asked a question about your request to hear a call."
    ]
    assert await words_for(company, company.tara) == [
        "Anna Quill answered the question about their request to hear a call."
    ]
    assert (await stored(company, request)).revision == 3
    told = [(one[0], one[1], one[2], one[4]["remark"]) for one in (await audit(company, request))[1:]]
    assert told == [
        (f"person:{tara}", "access.question", "done", f"{request}.000001"),
        (f"person:{anna}", "access.answer", "done", f"{request}.000002"),
    ]


async def test_p7_only_the_requester_answers(company: Company) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    for who in (company.tara, company.helena):
        refused = await refusal(company, deciding.answer_question(request, "I know it."), who)
        assert (str(refused), refused.code) == ("Only the requester can answer this.", "not_requester")
    refused = await refusal(company, deciding.answer_question(request, "I know it."), company.deven)
    assert str(refused) == "I can’t find this request."


@each("outcome", ["approved", "denied", "withdrawn"])
async def test_p7_after_the_decision_there_is_nothing_to_ask_or_answer(company: Company, outcome: str) -> None:
    request = await ask(company, company.anna)
    await also_asked(company, request, company.helena)
    await company.door.enter(deciding.ask_requester(request, "Which complaint?"), company.tara)
    decision = {
        "approved": (deciding.approve_request(request), company.tara),
        "denied": (deciding.deny_request(request, "No."), company.tara),
        "withdrawn": (deciding.withdraw_request(request), company.anna),
    }[outcome]
    await company.door.enter(*decision)
    for wanted, who in (
        (deciding.ask_requester(request, "And?"), company.helena),
        (deciding.answer_question(request, "So."), company.anna),
    ):
        assert (await refusal(company, wanted, who)).code == f"already_{outcome}"
