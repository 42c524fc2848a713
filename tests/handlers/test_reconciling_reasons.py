"""C1, “Away”: why and as what somebody was asked stands in the log, so nobody makes a deputy's turn a lasting one by hand, or ends it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from handlers.access.intents import Approve, AskDeputy, Deny, PassOn, Question, Recheck, Reroute
from handlers.acting import CLOCK, DELIVERY
from handlers.away.steps import Back
from handlers.policy_review.forms import DeclareForm
from handlers.policy_review.intents import Declare, Disagree
from handlers.reconciling import Gap
from storage.database.store import Store
from storage.records import Party
from storage.tables.log import AuditEntry
from tests.handlers.builders import POLICY, Company, ask, audit, away, ledger
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.test_away_deciding import goes, parts
from tests.handlers.test_waiting import sydney
from tests.moments import NOW
from tests.reconciled import findings, results

pytestmark = pytest.mark.soak


async def told(company: Company, matter: str) -> dict[str, Any]:
    """What the last entry about it says."""
    detail: dict[str, Any] = (await audit(company, matter))[-1][-1]
    return detail


async def changed(company: Company, person: int | None, because: str) -> list[str]:
    """What is found once somebody has written another cause into the database."""
    statement = update(Party).where(Party.person_id == person).values(because=because)
    await company.database.write(lambda store: store.session.execute(statement) and None)
    return await findings(company.database)


async def test_c1_the_entry_that_asks_somebody_says_why(company: Company) -> None:
    request = await ask(company, company.anna)
    assert (await told(company, request))["because"] == ""
    await goes(company, company.tara, last=1)
    await company.door.enter(Recheck(request), CLOCK)
    assert (await told(company, request))["because"] == "away"
    other = await ask(company, company.anna, crm="CS-2")
    assert (await told(company, other))["because"] == "away"


@pytest.mark.parametrize("act", [Approve, Deny, Question, PassOn])
async def test_c1_so_does_the_entry_of_whoever_steps_in_before_being_asked(company: Company, act: Any) -> None:
    request = await ask(company, company.anna)
    await goes(company, company.tara, last=1)
    words = () if act is Approve else ("Because.",)
    await company.door.enter(act(request, *words), company.deven)
    assert (await told(company, request))["stepped_in"] == "away"
    assert (await parts(company, request))["deven"][1] == "away"
    assert await findings(company.database) == []


async def test_c1_whoever_was_asked_steps_in_nowhere(company: Company) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(Question(request, "Which one?"), company.tara)
    assert "stepped_in" not in await told(company, request)


async def test_c1_silence_and_a_shut_way_are_no_absence(company: Company) -> None:
    request, other = await ask(company, company.anna), await ask(company, company.bram, crm="CS-2")
    [card, _] = await ledger(company, company.tara)
    await company.door.enter(Reroute(request, company.tara.person_id or 0, "user_disabled", card.id), DELIVERY)
    assert (await told(company, request))["because"] == ""
    await delivered(company)
    await pass_until(company, sydney("2026-11-26", 18))
    asked = [one for one in await audit(company, other) if one[1] == AskDeputy.action]
    assert asked[-1][-1]["because"] == ""


@pytest.mark.by_hand
async def test_c1_a_turn_that_was_made_a_lasting_one_by_hand_is_found(company: Company) -> None:
    await goes(company, company.tara)
    request = await ask(company, company.anna)
    deven = company.deven.person_id
    assert await changed(company, deven, "") == [
        f"request {request}: why person {deven} was asked is stored as nothing, but the log says “away”"
    ]


@pytest.mark.by_hand
async def test_c1_a_lasting_one_that_was_made_a_borrowed_one_is_found_too(company: Company) -> None:
    request, tara = await ask(company, company.anna), company.tara.person_id
    assert await changed(company, tara, "away") == [
        f"request {request}: why person {tara} was asked is stored as “away”, but the log says nothing"
    ]


async def test_c1_a_second_turn_is_told_by_its_own_entry(company: Company) -> None:
    request = await ask(company, company.anna)
    await goes(company, company.tara)
    await company.door.enter(Recheck(request), CLOCK)
    [absence] = await company.database.read(lambda store: store.absences.of(company.tara.person_id or 0, NOW.date()))
    await company.door.enter(Back(absence.id), company.tara)
    await company.door.enter(Recheck(request), CLOCK)
    assert await parts(company, request) == {"tara": ("approver", ""), "deven": ("former", "away")}
    assert await findings(company.database) == []


@pytest.mark.by_hand
async def test_c1_p14_of_the_policys_review_as_well(company: Company) -> None:
    company.door.policy = away(POLICY, "head_of_customer_success")
    answers = {"what": "Another telephone system.", "changed": "2026-12-01", "significant": "no"}
    declared = await company.door.enter(Declare(DeclareForm.read(answers), "V1"), company.tara)
    assert (await told(company, declared.review))["because"] == "away"
    await company.door.enter(Disagree(declared.review), company.henrik)
    assert await findings(company.database) == []
    assert len(await changed(company, company.henrik.person_id, "")) == 1


@pytest.mark.by_hand
@pytest.mark.parametrize("act", [None, Question, PassOn])
async def test_c1_as_whom_somebody_was_asked_stepped_in_or_passed_on_is_found(company: Company, act: Any) -> None:
    """P7: silence brings in whoever was not asked yet, by role, so that a role that was changed takes a turn away."""
    request, whose = await ask(company, company.anna), company.tara
    if act is not None:
        await goes(company, company.tara, last=1)
        whose = company.deven
        await company.door.enter(act(request, "Because."), whose)
    statement = update(Party).where(Party.person_id == whose.person_id).values(role="head_of_customer_success")
    await company.database.write(lambda store: store.session.execute(statement) and None)
    assert await findings(company.database) == [
        f"request {request}: as what person {whose.person_id} was asked is stored as “head_of_customer_success”, but the log says “team_leader”"
    ]


@pytest.mark.by_hand
async def test_c1_so_is_a_part_that_somebody_was_given_who_is_only_told(company: Company) -> None:
    request = await ask(company, company.helena)
    statement = update(Party).where(Party.part == "copy").values(role="team_leader")
    await company.database.write(lambda store: store.session.execute(statement) and None)
    [found] = await findings(company.database)
    assert found.startswith(f"request {request}: as what person") and found.endswith("but the log says nothing")


@pytest.mark.by_hand
async def test_c1_an_entry_of_an_earlier_version_says_nothing_and_is_no_break(company: Company) -> None:
    await goes(company, company.tara)
    await ask(company, company.anna)

    def as_before(store: Store) -> None:
        for entry in store.session.query(AuditEntry):
            entry.detail = {name: value for name, value in entry.detail.items() if name != "because"}

    await company.database.write(as_before)
    found = await company.database.read(results)
    assert found == [Gap("why somebody was asked")]
