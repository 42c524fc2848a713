"""P7, P9: an approver may pass a request on to the next authority, with a reason, on record."""

from datetime import datetime

import pytest

from handlers.access import deciding
from handlers.access.room import MATTER
from handlers.acting import CLOCK
from tests.handlers.builders import CLAIM, POLICY, Company, ask, audit, away, ledger, left, refusal, stored, words_for
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.handlers.reading import detailed, home_of, labels, lines, seen, title
from tests.handlers.test_waiting import sydney

pytestmark = pytest.mark.long

WHY = "She is my sister."
WAITS = "⏳ Anna Quill wants"


async def test_p7_the_next_authority_is_asked_and_the_passer_keeps_a_copy(company: Company) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    await company.door.enter(deciding.pass_on(request, WHY), company.tara)
    assert sorted((await left(company))[before:]) == [("show", "anna"), ("show", "helena"), ("show", "tara")]
    helena = await seen(company, request, company.helena)
    assert (title(helena), labels(helena)) == (WAITS, ["Approve", "Deny", "Ask a question"])
    tara = await seen(company, request, company.tara)
    assert (title(tara), labels(tara)) == ("⏳ waiting for Helena Marsh", [])
    assert f"You passed it on, because: {WHY}" in lines(await detailed(company, request, company.tara))
    for who in (company.helena, company.anna):
        assert f"Tara Lindqvist passed it on, because: {WHY}" in lines(await detailed(company, request, who))
    assert "to do" not in title(await home_of(company, company.tara))
    assert "1 to do" in title(await home_of(company, company.helena))


async def test_p7_who_passed_it_on_decides_no_more_and_neither_do_those_beside_or_below(company: Company) -> None:
    company.door.policy = away(POLICY, "team_leader")
    request = await ask(company, company.anna)
    await company.door.enter(deciding.pass_on(request, WHY), company.deven)
    for wanted in (
        deciding.approve_request(request),
        deciding.pass_on(request, WHY),
        deciding.ask_requester(request, "Why?"),
    ):
        assert (await refusal(company, wanted, company.deven)).code == "passed_on"
    company.door.policy = POLICY
    await company.door.enter(MATTER.recheck(request), CLOCK)
    assert str(await refusal(company, deciding.approve_request(request), company.tara)) == "I can’t find this request."
    await company.door.enter(deciding.approve_request(request), company.helena)
    assert (await stored(company, request)).decided_as == "Head of Customer Success"
    assert str(await refusal(company, deciding.withdraw_request(request), company.deven)) == (
        "You passed this request on, so it is no longer yours to decide."
    )


async def test_p9_a_claim_goes_on_to_hr_and_then_to_the_last_step(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    for passer in (company.helena, company.ruth):
        await company.door.enter(deciding.pass_on(request, WHY), passer)
    assert title(await seen(company, request, company.miles)) == "⏳ Anna Quill wants"
    assert [one[3] for one in await audit(company, request)] == ["P9"] * 3


async def test_p7_with_no_one_next_a_sentence_says_so_and_nothing_changes(company: Company) -> None:
    request = await ask(company, company.ruth)
    await company.door.enter(deciding.pass_on(request, WHY), company.tara)
    before = len(await ledger(company)), (await stored(company, request)).revision
    refused = await refusal(company, deciding.pass_on(request, WHY), company.helena)
    assert (str(refused), refused.code) == (
        "There is no one to pass this on to. You can approve or deny it.", "nobody_next",
    )  # fmt: skip
    assert (len(await ledger(company)), (await stored(company, request)).revision) == before
    assert title(await seen(company, request, company.helena)) == "⏳ Ruth Adeyemi wants"
    assert "Pass on" not in labels(await detailed(company, request, company.helena))
    assert "There is no one to pass this on to." in lines(await detailed(company, request, company.helena))
    await company.door.enter(deciding.approve_request(request), company.helena)


async def coming(company: Company, request: str) -> dict[str, datetime]:
    """When the clock does what is yet to come, by kind."""
    kinds = ("access.remind", "access.deputy", "access.next", "access.lapse", "access.undecided")
    found = await company.database.read(lambda store: {kind: store.deadlines.coming(kind, request) for kind in kinds})
    return {kind: at for kind, at in found.items() if at is not None}


async def test_p7_after_passing_on_the_steps_of_silence_begin_again(company: Company) -> None:
    request = await ask(company, company.anna)
    await delivered(company)
    lapses = (await coming(company, request))["access.lapse"]
    await pass_until(company, sydney("2026-11-27", 16))
    await company.door.enter(deciding.pass_on(request, WHY), company.tara)
    await delivered(company)
    assert await coming(company, request) == {
        "access.remind": sydney("2026-11-30", 17), "access.deputy": sydney("2026-12-01", 17),
        "access.next": sydney("2026-12-02", 17), "access.lapse": lapses,
    }  # fmt: skip
    await pass_until(company, sydney("2026-12-01", 10))
    assert await words_for(company, company.ruth) == []
    assert request in str(await digests(company, company.helena))
