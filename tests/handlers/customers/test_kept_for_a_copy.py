"""P12: a call that reaches its twelve months stays for a link until it was fetched, twenty working days at most, and then goes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import WEB
from handlers.customers import links, serving, steps
from tests.handlers.builders import Company, audit
from tests.handlers.customers.acts import a_request
from tests.handlers.customers.releasing import accepted, passcode, release
from tests.handlers.holds.acts import asked_to_delete, at, close, keeps, kept, old_call, tick

pytestmark = pytest.mark.long

SYDNEY = ZoneInfo("Australia/Sydney")


async def _asked(company: Company) -> tuple[int, str]:
    """A request for a call whose moment comes in a day."""
    recording = await old_call(company)
    return recording, await a_request(company, recordings=[str(recording)])


async def _keep(company: Company, recording: int) -> tuple[str, datetime]:
    [one] = await keeps(company, recording)
    return one.why, one.ends_at


async def test_p12_an_open_request_keeps_its_call_for_itself_alone(company: Company) -> None:
    recording, request = await _asked(company)
    erasure = await close(company, recording)
    assert await kept(company, recording)
    # Twenty working days from Wednesday, 25 November, after hours, by the line's calendar, with its holidays.
    assert await _keep(company, recording) == ("request", datetime(2026, 12, 24, 17, tzinfo=SYDNEY).astimezone(UTC))
    assert not await asked_to_delete(company, erasure)
    [entry] = [one[4] for one in await audit(company, f"recording:{recording}") if one[1] == "retention.close"]
    assert entry["kept_by"] == [request]


async def test_p12_a_call_that_reaches_its_moment_meanwhile_stays_for_the_link(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    erasure = await close(company, recording)
    assert (await _keep(company, recording))[0] == "copy"
    assert await kept(company, recording)
    assert not await asked_to_delete(company, erasure)


async def test_p12_fetched_it_goes_within_the_hour(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    code = (await accepted(company)).written.link.partition("#")[2]
    erasure = await close(company, recording)
    entered = await company.door.enter(links.open_link(code, (await passcode(company, request)).passcode), WEB)
    await company.door.enter(serving.note_downloaded(entered.link, entered.secret, (recording,)), WEB)
    await company.door.enter(serving.heard_to_end(entered.link, entered.secret, recording), WEB)
    assert not await kept(company, recording)
    await tick(company)
    assert (await keeps(company, recording))[0].ended_at == company.clock.now
    assert await asked_to_delete(company, erasure)


async def test_p12_when_the_link_ends_it_goes(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    erasure = await close(company, recording)
    await at(company, (await _keep(company, recording))[1])
    assert not await kept(company, recording)
    assert await asked_to_delete(company, erasure)
    assert request


async def test_p12_twenty_working_days_at_most(company: Company) -> None:
    company.door.policy = company.door.policy.model_copy(
        update={"customers": company.door.policy.customers.model_copy(update={"link_days": 60})}
    )
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    await close(company, recording)
    until = datetime(2026, 12, 24, 17, tzinfo=SYDNEY).astimezone(UTC)
    assert await _keep(company, recording) == ("copy", until)
    await at(company, until)
    assert not await kept(company, recording)
    assert request


async def test_p12_after_a_bounce_it_is_kept_for_the_request_and_can_be_released_again(company: Company) -> None:
    recording, request = await _asked(company)
    await release(company, request)
    await accepted(company)
    await close(company, recording)
    await company.door.enter(steps.note_bounced(request), company.tara)
    assert (await _keep(company, recording))[0] == "request"
    await release(company, request)
    assert (await _keep(company, recording))[0] == "copy"
