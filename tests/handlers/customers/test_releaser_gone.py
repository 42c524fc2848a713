"""P8: whoever released a request is gone: those who were asked beside hear of it, and a link that nobody opens finds somebody."""

from __future__ import annotations

import pytest

from handlers.policy import Policy
from tests.handlers.builders import POLICY, Company
from tests.handlers.customers.acts import a_request, viewed
from tests.handlers.customers.gone import (
    ALONE,
    NOT_KNOWN,
    at,
    buttons_of,
    in_doubt,
    leaves,
)
from tests.handlers.customers.releasing import (
    accepted,
    refusing,
    release,
    tells,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import card_of

pytestmark = pytest.mark.long


@pytest.fixture
def policy() -> Policy:
    return ALONE


@pytest.mark.soak
async def test_p8_the_head_hears_of_a_mail_in_doubt_though_nobody_left(company: Company) -> None:
    request = await in_doubt(company)
    await pass_until(company, at(2, 12))
    assert await buttons_of(company, request, "helena") == NOT_KNOWN


async def test_p8_after_the_answer_of_a_refusal_nobody_is_asked(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    await accepted(company)
    await leaves(company, "tara")
    assert await card_of(company, request, company.deven) is None
    assert (await viewed(company, request)).link is None


async def test_p8_those_who_were_asked_as_well_hear_of_it_once_the_releaser_is_gone(company: Company) -> None:
    company.door.policy = POLICY
    request = await a_request(company)
    await release(company, request)
    await leaves(company, "tara")
    await accepted(company)
    words = f"The link of {request} has gone out. Ring the customer now, and read out the passcode: press Passcode."
    assert (words, "customer_passcode") in await tells(company, company.cora)
    assert words not in [one for one, _ in await tells(company, company.tara)]
