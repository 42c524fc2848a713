"""P12: the holder reads which calls are erased before the access ends, the approver which are kept for the request alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.access.intents import Approve
from handlers.acting import CLOCK, WEB
from handlers.listening import Exchange, Listen
from handlers.playing import described
from handlers.retention.intents import Close
from tests.handlers.builders import Company, ask, call, register
from tests.handlers.reading import lines, looking, seen
from tests.moments import NOW

A_YEAR_AGO = NOW.replace(year=2025)


@pytest.fixture
async def old(company: Company) -> list[int]:
    """Three calls: one ends in two days, one in three, and one when access that is given now would."""
    started = [A_YEAR_AGO + timedelta(days=days) for days in (2, 3, 7)]
    told = [call(4 + place, started=one) for place, one in enumerate(started)]
    return await register(company.door, *told)


async def _warned(company: Company, request: str) -> list[str]:
    return [
        one
        for one in lines(await seen(company, request, company.tara))
        if one[0] == "⚠" and ("erased" in one or "alone" in one)
    ]


async def _told(company: Company, request: str) -> list[str]:
    return [one for one in lines(await seen(company, request, company.anna)) if "erased" in one]


async def _played(company: Company, request: str) -> dict[str, object]:
    """What the player shows of it."""
    opened = await company.door.enter(Exchange(await company.door.enter(Listen(request), company.anna)), WEB)
    return await looking(company, WEB, lambda act: described(act, opened.grant, opened.secret))


async def test_p12_a_call_that_ends_sooner_than_the_access_is_said_to(company: Company, old: list[int]) -> None:
    request = await ask(company, company.anna, calls=old[:1])
    assert "erased" not in str(lines(await seen(company, request, company.anna)))
    await company.door.enter(Approve(request), company.tara)
    assert await _warned(company, request) == []
    assert await _told(company, request) == [
        "⚠️ This call is erased <26 Nov 03:00 Australia/Sydney>, and can be heard until then."
    ]


async def test_p12_whoever_may_hear_calls_reads_which_of_them_end_sooner_on_the_card_and_in_the_player(
    company: Company, old: list[int]
) -> None:
    request = await ask(company, company.anna, calls=[*old[:2], company.calls[0]])
    await company.door.enter(Approve(request), company.tara)
    assert await _told(company, request) == [
        "⚠️ 2 of these calls are erased, the first <26 Nov 03:00 Australia/Sydney>, and can be heard until then."
    ]
    played = await _played(company, request)
    assert (played["until_told"], played["erased"]) == ("Tue 1 Dec, 14:00 Sydney", False)
    calls = played["recordings"]
    assert isinstance(calls, list)
    ends = ["Thu 26 Nov, 14:00 Sydney", "Fri 27 Nov, 14:00 Sydney", ""]
    assert [one["until_told"] for one in calls] == ends
    both = await ask(company, company.anna, calls=old[:2], crm="CS-2")
    await company.door.enter(Approve(both), company.tara)
    played = await _played(company, both)
    assert (played["until_told"], played["erased"]) == ("Fri 27 Nov, 14:00 Sydney", True)


async def test_p12_whoever_may_hear_a_call_that_is_kept_reads_when_that_ends(company: Company, old: list[int]) -> None:
    request = await ask(company, company.anna, calls=old[:1])
    company.clock.pass_(days=3)
    await company.door.enter(Close(old[0]), CLOCK)
    company.clock.now = datetime(2026, 12, 22, tzinfo=UTC)
    await company.door.enter(Approve(request), company.tara)
    assert await _told(company, request) == [
        "⚠️ This call is erased <24 Dec 06:00 Australia/Sydney>, and can be heard until then."
    ]
    played = await _played(company, request)
    assert played["recordings"]


async def test_p12_what_is_kept_for_the_request_alone_is_said_with_its_end(company: Company, old: list[int]) -> None:
    one, both = [await ask(company, company.anna, calls=old[:number]) for number in (1, 2)]
    company.clock.pass_(days=3)
    await company.door.enter(Close(old[0]), CLOCK)
    kept = "been kept as long as the policy allows, and stays for this request alone until <24 Dec 06:00 Australia/Sydney>."
    assert await _warned(company, one) == [f"⚠️ This call has {kept}"]
    await company.door.enter(Close(old[1]), CLOCK)
    assert await _warned(company, both) == [f"⚠️ 2 of these calls have {kept.replace('stays', 'stay')}"]
