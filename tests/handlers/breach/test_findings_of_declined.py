"""P5, P13: what was recorded although the customer had declined comes as a finding of the bot's own, and not to whose call it was."""

from __future__ import annotations

from handlers.acting import CLOCK
from handlers.declined.intents import Choose, Confirm, Find, Over, Still
from tests.handlers.breach.noticing import readers, told
from tests.handlers.breach.reporting import tick
from tests.handlers.builders import Company, call, email, register
from tests.handlers.declined.acts import afterwards, midway, say

FACTS = "Customers declined to be recorded, and were recorded to the end of the call: it was said only afterwards, or could not be stopped."


async def test_p5_a_finished_call_is_reported_once(company: Company) -> None:
    await afterwards(company)
    for _ in range(3):
        await tick(company)
    assert await readers(company) == ["helena", "ruth"]
    facts, line = await told(company)
    assert facts == FACTS
    assert line.startswith(f"Call {company.calls[0]}, ")


async def test_p5_one_that_was_switched_off_in_time_is_nothing_to_report(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(Confirm(matter), CLOCK)
    await tick(company)
    assert await readers(company) == []


async def test_p13_the_head_is_not_told_of_a_call_of_her_own(company: Company) -> None:
    await register(
        company.door, call(0, native_id="own", operator_key=email("Helena Marsh"), operator_name="Helena Marsh")
    )
    matter = await say(company, company.helena)
    await company.door.enter(Find(matter), CLOCK)
    await company.door.enter(Choose(f"{matter}:0"), company.helena)
    await tick(company)
    assert "helena" not in await readers(company)


async def test_p5_one_that_could_not_be_stopped_is_reported_too(company: Company) -> None:
    matter = await midway(company)
    await company.door.enter(Still(matter, ("customer",)), CLOCK)
    await company.door.enter(Over(matter), CLOCK)
    await tick(company)
    assert (await told(company))[0] == FACTS
