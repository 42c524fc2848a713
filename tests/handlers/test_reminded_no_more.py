"""P7, P9: whoever decides no more when a reminder would be sent is not reminded, also before the clock has looked at it."""

from __future__ import annotations

from handlers import still_asked
from handlers.away.steps import Back, Say
from handlers.policy import Policy
from handlers.rules.access import company_day
from storage.database.store import Store
from tests.handlers.builders import CLAIM, POLICY, Company, ask
from tests.handlers.holds.acts import ask as hold
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.policy_review.acts import FIRST, opened
from tests.handlers.test_waiting import sydney, told_at


async def away_until(company: Company, day: str) -> None:
    """Tara is away from today until a day."""
    today, last = company_day(POLICY, company.clock.now), sydney(day).date()
    await company.door.enter(Say(today, last, "V-away"), company.tara)


async def back(company: Company) -> None:
    today = company_day(POLICY, company.clock.now)
    [one] = await company.database.read(lambda store: store.absences.of(company.tara.person_id or 0, today))
    await company.door.enter(Back(one.id), company.tara)


def without_role(policy: Policy, role: str) -> Policy:
    """Somebody else holds the role, and nobody of before deputises: as after a restart with another file."""
    other = policy.role(role).model_copy(update={"holder": "new.one@fernhill.example", "deputies": ()})  # type: ignore[arg-type]
    return policy.model_copy(update={"roles": policy.roles.model_copy(update={role: other})})


async def test_p9_whoever_lost_the_role_is_not_sent_the_card_that_reminds(company: Company) -> None:
    """Asked by silence the deputy would get the card itself in the morning."""
    request = await ask(company, company.anna, **CLAIM)
    await delivered(company)
    await pass_until(company, sydney("2026-11-27", 9))

    def asked(store: Store) -> bool:
        act = company.door.act(store, company.henrik)
        return still_asked(act, request, company.henrik.person_id or 0)

    assert await company.database.read(asked)
    company.door.policy = without_role(POLICY, "head_of_customer_success")
    assert not await company.database.read(asked)


async def test_p14_whoever_lost_the_role_is_not_reminded_of_a_review(company: Company) -> None:
    await opened(company)
    await delivered(company)
    company.door.policy = without_role(POLICY, "head_of_customer_success")
    await pass_until(company, FIRST.replace(month=6, day=10))
    assert (await told_at(company, company.helena), len(await told_at(company, company.ruth))) == ([], 1)


async def test_p12_whoever_lost_the_role_is_not_reminded_of_a_hold(company: Company) -> None:
    await hold(company, company.anna)
    await delivered(company)
    company.door.policy = without_role(POLICY, "head_of_customer_success")
    await pass_until(company, sydney("2026-12-02", 12))
    assert await told_at(company, company.helena) == []
