"""P9, P11, P13: an investigation, and what belongs to a report, is not there for whoever was on the call: no gap, no count, no hint."""

from collections.abc import Awaitable, Callable

import pytest

from handlers.access import deciding
from handlers.breach import steps
from handlers.policy import Policy
from handlers.policy.terms import Reason
from tests.each import each
from tests.handlers.breach.reporting import asked as asked_to_hear
from tests.handlers.breach.reporting import decided
from tests.handlers.builders import CLAIM, POLICY, Company, ask, audit, call, claim_about, register
from tests.handlers.holds.acts import hold
from tests.handlers.passing_time import delivered
from tests.handlers.whose_data.acts import (
    CLAIMED,
    LATER,
    NOTHING,
    closed,
    everything,
    hear,
    investigated,
    listened,
    opened_homes,
    reads,
    reads_of,
)
from tests.ledgers import outgoing
from tests.moments import NOW

pytestmark = pytest.mark.long

LABEL = POLICY.reasons["complaint"].label


def with_reason(key: str, route: str) -> Policy:
    """The policy once a reason goes another way."""
    changed = POLICY.reasons[key].model_dump() | {"route": route, "clause": "P6"}
    return POLICY.model_copy(update={"reasons": {**POLICY.reasons, key: Reason.model_validate(changed)}})


def without_reason(key: str) -> Policy:
    return POLICY.model_copy(update={"reasons": {one: why for one, why in POLICY.reasons.items() if one != key}})


async def _asked(company: Company) -> None:
    await ask(company, company.anna, **CLAIM)


async def _asked_back(company: Company) -> None:
    await company.door.enter(
        deciding.ask_requester(await ask(company, company.anna, **CLAIM), "Which claim?"), company.helena
    )


async def _denied(company: Company) -> None:
    await company.door.enter(deciding.deny_request(await ask(company, company.anna, **CLAIM), "No."), company.helena)


async def _heard(company: Company) -> None:
    await investigated(company)


async def _heard_about_the_operator(company: Company) -> None:
    await investigated(company, **claim_about("tara"))


async def _passed_on(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    await company.door.enter(deciding.pass_on(request, "My sister."), company.helena)
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await hear(company, request, company.anna)


async def _over(company: Company) -> None:
    await closed(company)


async def _withdrawn(company: Company) -> None:
    await company.door.enter(deciding.withdraw_request(await investigated(company)), company.helena)


async def _held(company: Company) -> None:
    await hold(company, company.helena)
    await closed(company)


async def _many(company: Company) -> None:
    for number in range(20):
        await investigated(company, crm=f"CS-{number}", matter=f"Claim {number}")


WAYS = (_asked, _asked_back, _denied, _heard, _heard_about_the_operator, _passed_on, _over, _withdrawn, _held, _many)


@pytest.mark.parametrize("way", WAYS)
async def test_p9_p11_the_operator_sees_no_trace(company: Company, way: Callable[[Company], Awaitable[None]]) -> None:
    """Home, page and ledger as they are drawn at one moment are the same with an investigation and without."""
    await opened_homes(company, company.bram)
    await listened(company, crm="CS-1")
    await delivered(company)
    before, entries = await everything(company, company.bram, NOW + LATER / 4), len(await audit(company))
    await way(company)
    await delivered(company)
    assert len(await audit(company)) > entries
    assert await everything(company, company.bram, NOW + LATER / 4) == before


@each("key", ["crime", "legal_claim"])
async def test_p9_p11_it_stays_one_whatever_the_policy_says_later(company: Company, key: str) -> None:
    await investigated(company, reason=key)
    for policy in (with_reason(key, "staff"), without_reason(key)):
        company.door.policy = policy
        assert await reads(company, company.bram) == NOTHING


async def test_p9_p11_a_staff_request_is_one_where_the_policy_has_its_reason_so_now(company: Company) -> None:
    await listened(company)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {LABEL}"]
    company.door.policy = with_reason("complaint", "investigation")
    assert await reads(company, company.bram) == NOTHING
    company.door.policy = without_reason("complaint")
    assert (await reads(company, company.bram))[-1].startswith("Anna Quill · Complaint (no longer in the policy) (Call")


async def test_p11_whoever_investigates_a_call_of_his_or_her_own_reads_you(company: Company) -> None:
    await investigated(company, company.bram)
    assert await reads_of(company, company.bram) == [f"You · {CLAIMED}"]


async def test_p11_p13_what_is_heard_for_a_report_is_nowhere(company: Company) -> None:
    """Not even in a year: it is heard on the report's own page, from a copy, and stands in the report alone."""
    mine, name = await asked_to_hear(company)
    await decided(company, mine, name, "helena")
    await mine.do(steps.hear_copy, name, 0)
    assert await reads(company, company.bram) == NOTHING
    company.clock.pass_(days=800)
    assert await reads(company, company.bram) == NOTHING


async def test_p11_the_moment_at_which_it_shows_is_no_event(company: Company) -> None:
    """Nobody is sent anything: whoever looks finds it where it belongs by its day, beneath what came since."""
    await opened_homes(company, company.bram)
    await closed(company)
    company.clock.pass_(days=360)
    await register(company.door, call(1, native_id="late", started=company.clock.now))
    ids = await company.database.read(lambda store: list(store.recordings.known("file", ["late"]).values()))
    await listened(company, calls=[ids[0].id])
    await delivered(company)
    before = await company.database.read(lambda store: len(outgoing(store, person_id=company.bram.person_id)))
    company.clock.pass_(days=30)
    assert await reads_of(company, company.bram) == [f"Anna Quill · {LABEL}", f"Anna Quill · {CLAIMED}"]
    after = await company.database.read(lambda store: len(outgoing(store, person_id=company.bram.person_id)))
    assert after == before
