"""P5: what was said is of the call that went on then, however late it could be done: never of the next customer's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from handlers import meanwhile
from handlers.acting import CLOCK
from handlers.declined import deciding, saying
from handlers.declined.room import MEANWHILE
from tests.handlers.builders import Company, call, register
from tests.handlers.declined.acts import BRAM, live, newest, row, say, states
from tests.handlers.reading import lines, seen
from tests.moments import NOW

Said = Callable[[Company], Awaitable[str]]
SAID = NOW
NEXT = live("call-8", began=SAID + timedelta(minutes=5), recordings=("live/next.wav",))


async def said_and_kept(company: Company) -> str:
    """Bram typed it while Slack did not say who he is; it is done ten minutes later."""
    company.clock.pass_(minutes=10)
    await company.door.enter(saying.say(), company.bram, kept_since=SAID)
    return (await newest(company, company.bram)).id


async def said_and_killed(company: Company) -> str:
    """The program died before it looked for the call, and starts ten minutes later."""
    matter = await say(company)
    company.clock.pass_(minutes=10)
    return matter


@pytest.mark.parametrize("said", [said_and_kept, said_and_killed])
class TestACallThatBeganLater:
    async def test_p5_is_not_switched_off_and_whoever_said_it_chooses(self, company: Company, said: Said) -> None:
        matter = await said(company)
        await company.door.enter(saying.find(matter, (NEXT,)), CLOCK)
        found = await row(company, matter)
        assert (found.state, found.live, found.erase_at) == ("choosing", "", None)
        told = lines(await seen(company, matter, company.bram))
        assert [one for one in told if one.startswith("You said so <24 Nov 03:00")]
        assert [one for one in told if "I could look only later. Which call was it?" in one]
        assert [one for one in told if "This call" in one and "Since" in one]

    async def test_p5_the_one_that_was_meant_is_offered_once_it_is_registered(
        self, company: Company, said: Said
    ) -> None:
        matter = await said(company)
        await company.door.enter(saying.find(matter, (NEXT,)), CLOCK)
        before = len((await row(company, matter)).choices)
        [meant] = await register(company.door, call(9, operator_key=BRAM, started=SAID - timedelta(minutes=1)))
        await company.door.enter(deciding.offer(matter), CLOCK)
        choices = (await row(company, matter)).choices
        assert choices[before:] == [{"recording": meant}]
        await company.door.enter(saying.choose(f"{matter}:{before}"), company.bram)
        assert await states(company, meant) == ["declined"]

    async def test_p5_one_that_went_on_then_is_switched_off_however_late(self, company: Company, said: Said) -> None:
        matter = await said(company)
        await company.door.enter(saying.find(matter, (live(began=SAID - timedelta(minutes=2)),)), CLOCK)
        assert (await row(company, matter)).live == "asked"


def test_p5_until_it_can_be_done_whoever_said_it_reads_what_to_do() -> None:
    assert meanwhile("declined", "Not now.") == f"Not now. {MEANWHILE}"
    assert meanwhile("approve", "Not now.") == "Not now."
