"""P13: what the bot itself notices comes as a report: facts without a verdict, once for each cause, without whoever's act it was."""

from __future__ import annotations

import asyncio

import pytest

from handlers.access.intents import Approve, CallChanged, Withdraw
from handlers.acting import CLOCK, DELIVERY
from handlers.breach import intents
from handlers.people import Meet
from storage.database.store import Store
from storage.records import RequestedRecording
from tests.each import each
from tests.handlers.breach.noticing import DAY, readers, told, vanish
from tests.handlers.breach.reporting import heard, page, report, the_report, tick
from tests.handlers.builders import NAMES, Company, account, approved, audit, call, email, ledger, refusal, register
from tests.moments import NOW

pytestmark = pytest.mark.long


async def test_p13_a_call_that_vanished_early_is_reported_once_and_no_call_that_is_there(company: Company) -> None:
    await tick(company)
    await vanish(company, "call-1")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    facts, line = await told(company)
    assert facts.startswith("Calls are no longer in the recording system, before their time.")
    assert line.startswith(f"Call {company.calls[0]}, ")
    for _ in range(3):
        company.clock.pass_(days=1)
        await tick(company)
    await the_report(company)


async def test_p13_what_vanishes_later_on_a_day_comes_with_the_next_days_report(company: Company) -> None:
    """However often the recording system is asked, its readers get one report a day."""
    await vanish(company, "call-1")
    await tick(company)
    first = await the_report(company)
    await vanish(company, "call-2")
    await tick(company)
    await vanish(company, "call-3")
    await tick(company)
    assert await the_report(company) == first
    await heard(company)
    company.clock.pass_(days=1)
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p13_a_call_that_came_back_and_is_gone_again_is_another_cause(company: Company) -> None:
    await vanish(company, "call-1")
    await tick(company)
    await heard(company)
    await register(company.door, call(1, stamp="2"))
    company.clock.pass_(days=1)
    assert await tick(company) == 0
    await vanish(company, "call-1")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p12_a_call_that_went_at_its_moment_is_nothing_to_report(company: Company) -> None:
    company.clock.pass_(days=400)
    await vanish(company, "call-1", "call-2")
    assert await tick(company) == 0


async def test_p13_many_calls_are_counted_and_none_is_passed_over_for_good(company: Company) -> None:
    names = [f"more-{number}" for number in range(230)]
    await register(company.door, *(call(5, native_id=name) for name in names))
    await vanish(company, *names)
    await tick(company)
    lines = await told(company)
    assert (len(lines), lines[-1]) == (22, "And 210 others.")
    company.clock.pass_(days=1)
    assert await tick(company) == 0


async def change(company: Company, request: str, calls: list[int]) -> None:
    """P7: another call stands under the name of one that somebody has access to."""

    def version(one: Store) -> None:
        for row in one.recordings.all_of(calls):
            row.version += 1

    await company.database.write(version)
    await company.door.enter(CallChanged(request), CLOCK)


@pytest.mark.by_hand
async def test_p13_a_call_that_became_another_under_a_grant_is_reported_once(company: Company) -> None:
    request = await approved(company, calls=company.calls[:2])
    await change(company, request, company.calls[:1])
    await heard(company)
    await tick(company)
    facts, line = await told(company)
    assert facts == "Calls became others while somebody had access to them, so the access ended."
    assert line.startswith(f"Call {company.calls[0]}, ")
    for days in (0, 1, 6):
        company.clock.pass_(days=days)
        await tick(company)
    await the_report(company)


@pytest.mark.by_hand
async def test_p13_a_call_that_changed_twice_under_one_grant_is_one_cause_and_under_another_grant_another(
    company: Company,
) -> None:
    request = await approved(company)
    await change(company, request, company.calls[:1])
    await tick(company)
    first = await the_report(company)
    company.clock.pass_(days=1)
    await company.database.write(lambda one: setattr(one.recordings.all_of(company.calls[:1])[0], "version", 9))
    await tick(company)
    assert await the_report(company) == first
    await heard(company)
    again = await approved(company, crm="CS-20000")
    company.clock.pass_(seconds=1)
    await change(company, again, company.calls[:1])
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


@pytest.mark.by_hand
async def test_p13_what_changed_before_the_access_began_is_no_change_under_it(company: Company) -> None:
    request = await approved(company, calls=company.calls[:2])

    def earlier(one: Store) -> None:
        row = one.session.get_one(RequestedRecording, (request, company.calls[0]))
        row.changed_at = NOW - DAY

    await company.database.write(earlier)
    await change(company, request, company.calls[1:2])
    await tick(company)
    [_, line] = await told(company)
    assert line.startswith(f"Call {company.calls[1]}, ")


async def test_p7_access_that_somebody_ended_is_nothing_to_report(company: Company) -> None:
    request = await approved(company)
    await company.door.enter(Withdraw(request), company.tara)
    assert await tick(company) == 0


async def left(company: Company, who: str, *also: str) -> None:
    """Somebody leaves the company, and presses Approve afterwards."""
    for one in (who, *also):
        await company.door.enter(Meet(account(f"U{one.upper()}", NAMES[one], "deactivated")), DELIVERY)
        assert (await refusal(company, Approve("R-22222222"), company.people[one])).code == "deactivated"


async def test_p13_a_press_by_somebody_who_left_is_reported_once_a_day(company: Company) -> None:
    await left(company, "bram")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    assert await told(company) == [
        "Somebody whose account is no longer active pressed something. It was refused.",
        "Bram Tolliver, on 2026-11-24: access.approve",
    ]
    await refusal(company, Approve("R-33333333"), company.bram)
    assert await tick(company) == 0
    company.clock.pass_(days=1)
    await refusal(company, Approve("R-33333333"), company.bram)
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p13_a_press_by_another_who_left_on_the_same_day_is_reported_too(company: Company) -> None:
    await left(company, "bram")
    await tick(company)
    await heard(company)
    await left(company, "deven")
    await tick(company)
    assert await readers(company) == ["helena", "ruth"]


async def test_p13_whose_act_it_was_is_out_of_it(company: Company) -> None:
    """Helena left and pressed; an account that is active again makes her no reader of what she did."""
    await left(company, "helena", "bram")
    await tick(company)
    assert await readers(company) == ["ruth"]
    await company.door.enter(Meet(account("UHELENA", NAMES["helena"])), DELIVERY)
    assert await tick(company) == 0
    name = await the_report(company)
    assert (await refusal(company, intents.Link(name), company.helena)).code == "no_report"


@each("standing", ["guest", "foreign", "ambiguous", "bot"])
async def test_p13_other_refusals_are_nothing_to_report(company: Company, standing: str) -> None:
    await company.door.enter(Meet(account("UBRAM", NAMES["bram"], standing)), DELIVERY)
    await refusal(company, Approve("R-22222222"), company.bram)
    await refusal(company, Approve("R-22222222"), company.tara)
    assert await tick(company) == 0


async def test_p13_two_replicas_that_look_at_once_make_one_report(company: Company) -> None:
    await vanish(company, "call-1")
    await asyncio.gather(*(company.door.enter(intents.Notice(), CLOCK) for _ in range(2)))
    await the_report(company)


async def test_p13_kinds_that_are_noticed_at_once_are_a_report_each(company: Company) -> None:
    await vanish(company, "call-1")
    await left(company, "bram")
    assert await tick(company) == 2


async def test_p13_what_a_feature_finds_is_reported_once_without_whose_act_it_was(company: Company) -> None:
    found = intents.Find("copy:7:2026-11-24", "A copy went to another address.", (email(NAMES["ruth"]), ""))
    for _ in range(2):
        await company.door.enter(found, CLOCK)
    assert await readers(company) == ["helena"]
    assert await told(company, "helena") == ["A copy went to another address."]


async def test_p13_no_finding_stands_in_the_main_log_or_the_outbox(company: Company) -> None:
    await vanish(company, "call-1")
    entries, effects = len(await audit(company)), len(await ledger(company))
    await tick(company)
    assert (len(await audit(company)), len(await ledger(company))) == (entries, effects)


async def test_p13_a_finding_has_no_reporter_and_tells_nobody_news(company: Company) -> None:
    await vanish(company, "call-1")
    await tick(company)
    await heard(company)
    ruth = await page(company, company.ruth, await the_report(company))
    view = await ruth.read()
    assert "Name of the reporter" not in dict(view.facts)
    await ruth.do(intents.Acknowledge)
    await ruth.do(intents.Ask, "Words to nobody")
    assert sorted(await heard(company)) == ["helena", "ruth"]
    await report(company, company.anna)
