"""P8: nobody knows whether a mail arrived, and whoever released it is gone: somebody who is there is asked, and reminded (12.3, 12.4)."""

from __future__ import annotations

import pytest

from handlers.customers.intents import deciding as intents
from handlers.policy import Policy
from tests.handlers.builders import Company, audit
from tests.handlers.customers.acts import a_request, correcting, stored, viewed
from tests.handlers.customers.gone import (
    ALONE,
    LEFT,
    NOT_KNOWN,
    at,
    buttons_of,
    in_doubt,
    leaves,
    reminders_of,
)
from tests.handlers.customers.releasing import (
    accepted,
    not_known,
    nothing_to_collect,
    refusing,
    release,
    tells,
)
from tests.handlers.passing_time import delivered, pass_until
from tests.handlers.reading import card_of

pytestmark = pytest.mark.long


@pytest.fixture
def policy() -> Policy:
    return ALONE


async def test_p8_a_mail_in_doubt_is_asked_of_whoever_stands_in(company: Company) -> None:
    request = await in_doubt(company)
    await leaves(company, "tara")
    assert await buttons_of(company, request, "deven") == NOT_KNOWN
    told, button = (await tells(company, company.deven))[-1]
    assert told == (
        f"{LEFT.format(request)} Nobody knows whether its mail arrived. "
        "Press Details, and say whether it is to be sent again."
    )
    assert button == "details"
    await company.door.enter(intents.Arrived(request), company.deven)
    assert (await stored(company, request)).state == "answered"


@pytest.mark.soak
async def test_p8_a_mail_in_doubt_is_overdue_with_whoever_stands_in_and_with_the_head(company: Company) -> None:
    request = await in_doubt(company)
    await leaves(company, "tara")
    await pass_until(company, at(1, 12))
    assert await buttons_of(company, request, "helena") == []
    assert any("is not answered yet" in one for one in await reminders_of(company, "deven"))
    await pass_until(company, at(2, 12))
    assert await buttons_of(company, request, "helena") == NOT_KNOWN
    await delivered(company)
    await pass_until(company, at(7, 12))
    for who in ("deven", "helena"):
        told = [one for one in await reminders_of(company, who) if request in one]
        assert any("is due today" in one for one in told)
        assert sum("is overdue" in one for one in told) == 2
    [missed] = [one[4] for one in await audit(company, request) if "missed" in one[4]]
    assert {company.deven.person_id, company.helena.person_id} <= set(missed["reminded"])


@pytest.mark.soak
async def test_p8_the_head_hears_of_a_mail_in_doubt_though_nobody_left(company: Company) -> None:
    request = await in_doubt(company)
    await pass_until(company, at(2, 12))
    assert await buttons_of(company, request, "helena") == NOT_KNOWN


async def test_p8_a_mail_on_its_way_comes_to_whoever_stands_in(company: Company) -> None:
    """Released, and gone before the mail server took it: whoever stands in is told to ring once it did."""
    request = await a_request(company)
    await release(company, request)
    await leaves(company, "tara")
    told, button = (await tells(company, company.deven))[-1]
    assert (told, button) == (f"{LEFT.format(request)} Its mail is on its way. Press Details to see it.", "details")
    await accepted(company)
    words = f"The link of {request} has gone out. Ring the customer now, and read out the passcode: press Passcode."
    assert (words, "customer_passcode") in await tells(company, company.deven)
    assert words not in [one for one, _ in await tells(company, company.tara)]


async def test_p8_a_mail_that_gets_lost_later_is_asked_of_whoever_is_there(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await leaves(company, "tara")
    await not_known(company)
    assert any("never said whether it keeps it" in words for words, _ in await tells(company, company.deven))
    assert await nothing_to_collect(company)


async def test_p8_who_released_it_and_wrote_into_it_is_out_of_it_and_another_is_asked(company: Company) -> None:
    """Nobody acts for a superior in that one's own case: what keeps the team leader from it keeps the deputy."""
    request = await in_doubt(company)
    company.clock.now = at(25, 10, month=11)
    await company.door.enter(correcting(request, "2026-11-23", "15:00"), company.tara)
    assert "Send again" not in await buttons_of(company, request, "tara")
    assert await buttons_of(company, request, "helena") == NOT_KNOWN
    assert any("may do so no longer, so it came to you" in words for words, _ in await tells(company, company.helena))


async def test_p8_after_the_answer_of_a_refusal_nobody_is_asked(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    await accepted(company)
    await leaves(company, "tara")
    assert await card_of(company, request, company.deven) is None
    assert (await viewed(company, request)).link is None
