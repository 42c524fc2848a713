"""P13: a one-time code opens the page of a report once, within a minute."""

from __future__ import annotations

import pytest

from handlers.acting import WEB
from handlers.breach import readers
from tests.handlers.breach.opening_pages import SPENT, a_code, exchanged, over
from tests.handlers.breach.reporting import Page
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long


async def test_p13_a_code_is_good_for_a_minute(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=59)
    name, session = await exchanged(company, code)
    assert (await Page(company, name, session).read()).report == name


@pytest.mark.parametrize("seconds", [60, 61, 86_400])
async def test_p13_a_code_opens_nothing_after_its_minute(company: Company, seconds: int) -> None:
    _, code = await a_code(company, company.ruth)
    company.clock.pass_(seconds=seconds)
    assert (await refusal(company, readers.exchange(code), WEB)).code == SPENT


@pytest.mark.parametrize("code", ["", "nothing", "x" * 5000, "\udcff"])
async def test_p13_what_is_no_code_is_answered_like_one_that_is_spent(company: Company, code: str) -> None:
    _, mine = await a_code(company, company.ruth)
    company.clock.pass_(minutes=2)
    wrong, spent = (
        await refusal(company, readers.exchange(code), WEB),
        await refusal(company, readers.exchange(mine), WEB),
    )
    assert (str(wrong), wrong.code) == (str(spent), spent.code)


async def test_p13_a_session_is_no_code(company: Company) -> None:
    _, code = await a_code(company, company.ruth)
    name, session = await exchanged(company, code)
    assert (await refusal(company, readers.exchange(session), WEB)).code == SPENT
    await over(Page(company, name, code).read)
