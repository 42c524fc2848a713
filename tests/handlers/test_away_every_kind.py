"""P7 and “Away”: whatever is decided, everyone who was asked stays asked."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from handlers.access import deciding as access_deciding
from handlers.acting import CLOCK, Intent
from handlers.declined import deciding as declined_deciding
from handlers.digest import steps
from handlers.holds import steps as hold_steps
from handlers.holds.state import HoldForm
from handlers.matters.reminding import CARD
from handlers.matters.showing import kind_of
from handlers.policy import Policy
from handlers.policy.terms import Period
from handlers.policy_review import steps as policy_review_deciding
from storage.matters import Reminder
from tests.each import each
from tests.handlers.builders import CLAIM, POLICY, Company, ask, with_role
from tests.handlers.declined.acts import afterwards
from tests.handlers.digest.acts import digest_of_the_week
from tests.handlers.notices.acts import answering, begun
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.policy_review.acts import held, opened
from tests.handlers.test_away import parts
from tests.moments import NOW

pytestmark = pytest.mark.long

Begun = tuple[str, Intent[Any]]


async def _investigation(company: Company) -> Begun:
    request = await ask(company, company.anna, **CLAIM)
    return request, access_deciding.approve_request(request)


async def _hold(company: Company) -> Begun:
    form = HoldForm.read({"recordings": [str(company.calls[0])], "case": "Case 7", "reason": "A claim is coming."})
    hold = (await company.door.enter(hold_steps.ask_for_hold(form, "H1"), company.anna)).hold
    return hold, hold_steps.confirm_hold(hold)


async def _declined(company: Company) -> Begun:
    matter = await afterwards(company)
    return matter, declined_deciding.decide_to_erase(matter)


async def _review(company: Company) -> Begun:
    review = await opened(company)
    return review, policy_review_deciding.complete_review(review, held())


async def _week(company: Company) -> Begun:
    card = await digest_of_the_week(company)
    return card.id, steps.mark_seen(card.id)


async def _notice(company: Company) -> Begun:
    matter = (await begun(company))["website"]
    return matter, await answering(company, matter)


KINDS: Mapping[str, Callable[[Company], Awaitable[Begun]]] = {
    "an investigation": _investigation, "a hold": _hold, "a call whose customer declined": _declined,
    "the review of the policy": _review, "the weekly digest": _week, "a notice": _notice,
}  # fmt: skip


def _without_the_head() -> Policy:
    """The company's policy while the Head is away, for as long as any of these takes."""
    period = Period.model_validate({"from": NOW.date(), "to": date(2030, 1, 1)})
    return with_role(POLICY, "head_of_customer_success", away=(period,))


@each("kind", KINDS)
async def test_p7_a_deputy_who_was_asked_stays_asked_once_the_holder_is_back(company: Company, kind: str) -> None:
    company.door.policy = _without_the_head()
    matter, decision = await KINDS[kind](company)
    assert (await parts(company, matter))["henrik"] == ("approver", "away")
    company.door.policy = POLICY
    await company.door.enter(kind_of(matter).recheck(matter), CLOCK)
    there = await parts(company, matter)
    assert (there["helena"][0], there["henrik"][0]) == ("approver", "approver")
    await company.door.enter(decision, company.henrik)


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "the weekly digest"])
async def test_p7_a_deputy_who_was_asked_is_reminded_like_the_holder(company: Company, kind: str) -> None:
    company.door.policy = _without_the_head()
    matter, _ = await KINDS[kind](company)
    company.door.policy = POLICY
    await company.door.enter(kind_of(matter).recheck(matter), CLOCK)
    await delivered(company)
    await pass_until(company, company.clock.now + timedelta(days=40))
    rows = await company.database.read(lambda store: store.rows(Reminder, Reminder.matter_id == matter))
    helena, henrik = (
        {(one.step, one.tell_at) for one in rows if one.person_id == who.person_id and one.step != CARD}
        for who in (company.helena, company.henrik)
    )
    assert helena == henrik != set()
