"""P8: a link that nobody opens, a link whose days are over, and a call that becomes another one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.acting import CLOCK, WEB
from handlers.customers.intents import Arrived, Bounced, LinkEnds, OpenLink
from tests.handlers.builders import Company, audit, call, email, ledger, register
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    late,
    links,
    mails,
    not_known,
    passcode,
    release,
    tells,
)
from tests.handlers.passing_time import delivered, digests, pass_until
from tests.moments import NOW

pytestmark = pytest.mark.long

OVER = "has ended, and nobody opened it"
SYDNEY = ZoneInfo("Australia/Sydney")


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SYDNEY).astimezone(UTC)


async def _told(company: Company, who: str) -> list[str]:
    """All reminders of somebody, by the morning, as lines."""
    return [line for one in await digests(company, company.people[who]) for line in one]


async def _mornings(company: Company, who: str) -> list[datetime]:
    """When somebody was told that a link has ended."""
    rows = [one for one in await ledger(company, company.people[who]) if one.kind == "digest"]
    return [
        row.queued_at
        for row, told in zip(rows, await digests(company, company.people[who]), strict=True)
        if OVER in "".join(told)
    ]


async def _sent(company: Company) -> tuple[str, str]:
    """A request whose link has gone out, and the link's code."""
    request = await a_request(company)
    await release(company, request)
    return request, (await accepted(company)).written.link.partition("#")[2]


async def test_p8_the_links_days_end(company: Company) -> None:
    request, _ = await _sent(company)
    await pass_until(company, NOW + timedelta(days=14))
    assert (await links(company, request))[0].state == "ended"
    assert (await stored(company, request)).state == "answered"
    await company.door.enter(LinkEnds(request), CLOCK)
    assert [one[1] for one in await audit(company, request)].count("customer.link_ends") == 1


async def test_p8_that_nobody_opened_it_is_told_once_in_the_morning_to_who_filed_and_who_released_it(
    company: Company,
) -> None:
    """Released on Friday evening, so that its days are over on a Friday evening, too."""
    company.clock.now = at(27, 20, 45, month=11)
    request, _ = await _sent(company)
    await delivered(company)
    before = len(await tells(company, company.anna))
    await pass_until(company, at(14, 8))
    assert not [one for who in ("anna", "tara") for one in await _told(company, who) if OVER in one]
    await pass_until(company, at(18, 18))
    [filed] = [one for one in await _told(company, "anna") if OVER in one]
    [released] = [one for one in await _told(company, "tara") if OVER in one]
    assert (await stored(company, request)).state == "answered"
    assert "The customer can ask again." in filed
    assert "Press Details to send a new link" in released
    assert await _mornings(company, "anna") == await _mornings(company, "tara") == [at(14, 9)]
    assert len(await tells(company, company.anna)) == before


@pytest.mark.soak
async def test_p8_of_one_that_was_released_anew_before_the_morning_nothing_is_said(company: Company) -> None:
    company.clock.now = at(27, 20, 45, month=11)
    request, _ = await _sent(company)
    await delivered(company)
    await pass_until(company, at(13, 12))
    await company.door.enter(Bounced(request), company.tara)
    await pass_until(company, at(14, 12))
    assert not [one for who in ("anna", "tara") for one in await _told(company, who) if OVER in one]


async def test_p8_of_one_that_was_opened_nothing_is_said(company: Company) -> None:
    request, code = await _sent(company)
    digits = (await passcode(company, request)).passcode
    await company.door.enter(OpenLink(code, digits), WEB)
    await pass_until(company, NOW + timedelta(days=14))
    assert (await links(company, request))[0].state == "ended"
    assert not any("has ended" in words for words, _ in await tells(company, company.anna))


@pytest.mark.soak
async def test_p8_where_nobody_ever_learned_whether_it_arrived_it_is_open_again(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.tara)
    await accepted(company)
    await release(company, request)
    await not_known(company)
    await pass_until(company, NOW + timedelta(days=14))
    row, letters = await stored(company, request), {one.kind: one.state for one in await mails(company, request)}
    assert (row.state, letters) == ("waiting", {"copy": "dropped", "late": "accepted"})
    assert (await links(company, request))[0].state == "ended"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"


async def test_p8_a_mail_that_settled_before_is_left_as_it_is(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await not_known(company)
    await company.door.enter(Arrived(request), company.tara)
    await pass_until(company, NOW + timedelta(days=14))
    assert (await mails(company, request))[0].state == "accepted"


async def test_p8_whoever_was_on_the_call_before_it_changed_stays_out(company: Company) -> None:
    request = await a_request(company)
    await register(company.door, call(1, stamp="2", operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    view = await viewed(company, request)
    assert {email("Bram Tolliver"), email("Deven Okafor")} <= view.operators
