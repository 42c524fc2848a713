"""P13: a one-time code opens the page of a report once, within a minute."""

from __future__ import annotations

import pytest

from handlers.acting import WEB
from handlers.breach import intents
from tests.handlers.breach.opening_pages import SPENT, a_code, exchanged, over
from tests.handlers.breach.reporting import Page, page, tick
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long


async def test_p13_a_code_is_good_for_a_minute(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=59)
    name, session = await exchanged(company, code)
    assert (await Page(company, name, session).read()).report == name


@pytest.mark.parametrize("seconds", [60, 61, 86_400, -1, -86_400])
async def test_p13_a_code_opens_nothing_after_its_minute_nor_by_a_clock_that_stood_elsewhere(
    company: Company, seconds: int
) -> None:
    """A clock that stood ahead when it was made, and is right again, finds it no good either."""
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=seconds)
    assert (await refusal(company, intents.Exchange(code), WEB)).code == SPENT


async def test_p13_a7_a_code_that_a_clock_ahead_made_is_not_good_when_its_minute_comes(company: Company) -> None:
    """Though it lies no further ahead than a session may last."""
    company.clock.pass_(minutes=30)
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(minutes=-30)
    await tick(company)
    company.clock.pass_(minutes=30, seconds=30)
    assert (await refusal(company, intents.Exchange(code), WEB)).code == SPENT


@pytest.mark.parametrize("code", ["", "nothing", "x" * 5000, "\udcff"])
async def test_p13_what_is_no_code_is_answered_like_one_that_is_spent(company: Company, code: str) -> None:
    _, mine = await a_code(company, company.ruth)
    company.clock.pass_(minutes=2)
    wrong, spent = (
        await refusal(company, intents.Exchange(code), WEB),
        await refusal(company, intents.Exchange(mine), WEB),
    )
    assert (str(wrong), wrong.code) == (str(spent), spent.code)


async def test_p13_a_session_is_no_code(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    name, session = await exchanged(company, code)
    assert (await refusal(company, intents.Exchange(session), WEB)).code == SPENT
    await over(Page(company, name, code).read)


async def test_p13_a_second_use_ends_the_session_of_that_code_alone_and_is_noted(company: Company) -> None:
    name, code = await a_code(company, company.ruth)
    helena, again = await page(company, company.helena, name), await page(company, company.ruth, name)
    _, session = await exchanged(company, code)
    mine = Page(company, name, session)
    await mine.read()
    assert await exchanged(company, code) == ("", "")
    await over(mine.read)
    assert (await refusal(company, intents.Exchange(code), WEB)).code == SPENT
    [noted] = [one for one in (await helena.read()).history if one.kind == "used_twice"]
    assert noted.who == "Ruth Adeyemi"
    assert (await again.read()).report == name


async def test_p13_a_second_use_ends_a_session_however_long_it_has_gone_on(company: Company) -> None:
    name, code = await a_code(company, company.ruth)
    _, session = await exchanged(company, code)
    for _ in range(12):
        company.clock.pass_(minutes=14)
        await tick(company)
        await Page(company, name, session).read()
    assert await exchanged(company, code) == ("", "")
    await over(Page(company, name, session).read)


async def test_p13_a_second_use_of_a_reporters_code_is_noted_without_a_minute(company: Company) -> None:
    name, code = await a_code(company, company.anna, named="named")
    _, session = await exchanged(company, code)
    await exchanged(company, code)
    await over(Page(company, name, session).own)
    [noted] = [
        one for one in (await (await page(company, company.ruth, name)).read()).history if one.kind == "used_twice"
    ]
    assert (noted.who, noted.at) == ("The reporter", "Tue 24 Nov 2026")


async def test_p13_a_second_use_after_the_session_is_over_is_noted_all_the_same(company: Company) -> None:
    name, code = await a_code(company, company.ruth)
    await exchanged(company, code)
    company.clock.pass_(minutes=16)
    await tick(company)
    assert await exchanged(company, code) == ("", "")
    view = await (await page(company, company.helena, name)).read()
    assert "used_twice" in [one.kind for one in view.history]
