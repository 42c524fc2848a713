"""What an approver needs before deciding stands on the card, and who else is told (P3, P7)."""

from datetime import timedelta

import pytest

from handlers.access import deciding
from handlers.acting import WEB, Actor
from handlers.listening import describe_page
from handlers.policy import Policy
from handlers.policy.terms import Outage
from tests.handlers.builders import AU, POLICY, Company, approved, ask, call, player_of, register
from tests.handlers.reading import card_of, detailed, labels, lines, looking, seen, title
from tests.moments import NOW


class TestWhatElseTheRequesterAskedFor:
    """P7: the approver sees 90 days of it; the requester does not need to."""

    async def _history(self, company: Company, request: str, who: Actor) -> list[str]:
        return [one for one in lines(await detailed(company, request, who)) if "in the last 90 days" in one]

    async def test_it_is_counted_by_outcome_with_its_reasons(self, company: Company) -> None:
        for reason in ("training", "performance", "abuse_protection", "process_quality"):
            await ask(company, company.anna, reason=reason)
        await approved(company)
        request = await ask(company, company.anna, crm="CS-2")
        [told] = await self._history(company, request, company.tara)
        assert told.startswith("Anna Quill sent you 5 other requests in the last 90 days: 1 approved, 4 waiting. For: ")
        assert told.count(";") == 2
        assert await self._history(company, request, company.anna) == []

    async def test_it_is_that_of_the_last_90_days(self, company: Company) -> None:
        await company.door.enter(deciding.deny_request(await ask(company, company.anna), "No."), company.tara)
        company.clock.pass_(days=90)
        request = await ask(company, company.anna)
        [told] = await self._history(company, request, company.tara)
        label = POLICY.reasons["complaint"].label
        assert told == f"Anna Quill sent you 1 other request in the last 90 days: 1 denied. For: {label}"
        company.clock.pass_(seconds=1)
        assert await self._history(company, request, company.tara) == [
            "Anna Quill has sent you no other requests in the last 90 days."
        ]


class TestWhileTheAnnouncementWasDown:
    @pytest.fixture
    def policy(self) -> Policy:
        days = {"from": "2026-11-21", "to": "2026-11-22"}
        outages = (Outage.model_validate({**days, "lines": [AU]}),)
        return POLICY.model_copy(update={"announcements_down": outages})

    async def test_p3_the_approver_is_warned_before_the_decision(self, company: Company) -> None:
        request = await ask(company, company.anna, calls=company.calls)
        warning = "⚠️ 2 of these calls are from a time when the announcement was down."
        assert warning in lines(await detailed(company, request, company.tara))
        assert warning not in lines(await detailed(company, request, company.anna))
        await company.door.enter(deciding.approve_request(request), company.tara)
        assert warning not in lines(await detailed(company, request, company.tara))


async def test_p7_hr_gets_the_heads_decision_and_nothing_before_it(company: Company) -> None:
    request = await ask(company, company.helena)
    assert await card_of(company, request, company.ruth) is None
    await company.door.enter(deciding.approve_request(request), company.tara)
    ruth = await seen(company, request, company.ruth)
    assert (title(ruth), labels(ruth)) == ("✅ approved by Tara Lindqvist", [])
    assert lines(ruth)[-1] == f"(Approved <24 Nov 03:00> · {request} · P7)"
    assert not [one for one in lines(ruth) if "in the last 90 days" in one]


A_YEAR_AGO = NOW.replace(year=2025)


@pytest.fixture
async def old(company: Company) -> list[int]:
    """Three calls: one ends in two days, one in three, and one when access that is given now would."""
    started = [A_YEAR_AGO + timedelta(days=days) for days in (2, 3, 7)]
    told = [call(4 + place, started=one) for place, one in enumerate(started)]
    return await register(company.door, *told)


async def _told(company: Company, request: str) -> list[str]:
    return [one for one in lines(await detailed(company, request, company.anna)) if "erased" in one]


async def _played(company: Company, request: str) -> dict[str, object]:
    """What the player shows of it."""
    opened = await player_of(company, request)
    return await looking(company, WEB, lambda ctx: describe_page(ctx, opened.grant, opened.secret))


async def test_p12_card_and_player_say_which_calls_end_sooner(company: Company, old: list[int]) -> None:
    request = await ask(company, company.anna, calls=[*old[:2], company.calls[0]])
    await company.door.enter(deciding.approve_request(request), company.tara)
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
    await company.door.enter(deciding.approve_request(both), company.tara)
    played = await _played(company, both)
    assert (played["until_told"], played["erased"]) == ("Fri 27 Nov, 14:00 Sydney", True)
