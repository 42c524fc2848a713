"""P9, P11, P13: a report shows its reader no matter that was routed around that reader, however and by whom it was
gathered.
"""

from typing import Any

import pytest
import pytest_asyncio

from handlers import listening
from handlers.access import deciding
from handlers.acting import WEB
from handlers.breach.steps import gather_calls
from handlers.rules import Refused
from tests.handlers.breach.reporting import Page, page, report, the_report
from tests.handlers.builders import (
    AU,
    CLAIM,
    POLICY,
    UK,
    Company,
    approved,
    ask,
    call,
    claim_about,
    email,
    player_of,
    register,
)

pytestmark = pytest.mark.long

HELENAS = {"operator_name": "Helena Marsh", "operator_key": email("Helena Marsh")}
AROUND = pytest.mark.parametrize("how", ["she was on the call", "it names her"])


@pytest_asyncio.fixture(autouse=True)
async def reported(company: Company) -> None:
    await report(company, company.bram)


async def heard_around(company: Company, how: str) -> str:
    """Anna listened to a call for an investigation that went round Helena, and that Ruth approved; the request's id."""
    on_it: dict[str, Any] = {} if how == "it names her" else HELENAS
    [one] = await register(company.door, call(7, **on_it))
    request = await ask(company, company.anna, calls=[one], **(CLAIM if on_it else claim_about("helena")))
    await company.door.enter(deciding.approve_request(request), company.ruth)
    await listened(company, request, one)
    return request


async def listened(company: Company, request: str, call_id: int) -> None:
    opened = await player_of(company, request)
    await company.door.enter(listening.note_served(opened.grant, opened.secret, call_id, 0.0, 5.0), WEB)


async def pages(company: Company) -> tuple[Page, Page]:
    """Helena's page of the only report, and Ruth's."""
    name = await the_report(company)
    return await page(company, company.helena, name), await page(company, company.ruth, name)


async def not_found(mine: Page, words: str) -> tuple[str, str, dict[str, str]]:
    with pytest.raises(Refused) as told:
        await mine.do(gather_calls, words)
    return str(told.value), told.value.code, dict(told.value.fields)


@AROUND
async def test_p9_who_listened_is_told_by_matters_that_the_reader_may_know_of(company: Company, how: str) -> None:
    request = await heard_around(company, how)
    helena, ruth = await pages(company)
    await helena.do(gather_calls, "CS-10449")
    assert [one.listened for one in (await helena.read()).calls] == [()]
    assert request not in str(await helena.read())
    [one] = (await ruth.read()).calls
    assert [words.endswith(f", approved by Ruth Adeyemi ({request})") for words in one.listened] == [True]


async def test_p9_beside_one_that_goes_round_the_reader_is_shown_what_does_not(company: Company) -> None:
    around = await heard_around(company, "it names her")
    [call_id] = await register(company.door, call(7))
    beside = await approved(company, calls=[call_id])
    await listened(company, beside, call_id)
    helena, ruth = await pages(company)
    await helena.do(gather_calls, "CS-10449")
    [hers], [both] = (await helena.read()).calls, (await ruth.read()).calls
    assert [beside in one for one in hers.listened] == [True]
    assert [(around in one, beside in one) for one in both.listened] == [(True, False), (False, True)]


@AROUND
async def test_p9_the_id_of_one_that_goes_round_the_reader_finds_nothing(company: Company, how: str) -> None:
    request = await heard_around(company, how)
    helena, ruth = await pages(company)
    assert await not_found(helena, request) == await not_found(helena, "R-22222222")
    await ruth.do(gather_calls, request)
    assert len((await ruth.read()).calls) == 1


async def test_p9_one_that_waits_for_another_to_decide_is_not_found_either(company: Company) -> None:
    request = await ask(company, company.anna, **claim_about("helena"))
    helena, _ = await pages(company)
    assert await not_found(helena, request) == await not_found(helena, "R-22222222")


async def test_p13_the_log_of_a_report_tells_which_calls_were_gathered_and_not_by_which_id(company: Company) -> None:
    """To whom that may be known as well: an entry that looked otherwise to one reader would tell that there is something."""
    request = await heard_around(company, "it names her")
    helena, ruth = await pages(company)
    await ruth.do(gather_calls, request)
    await ruth.do(gather_calls, "CS-10443")
    first, second = (one.words for one in (await ruth.read()).calls)
    told = [[one.words for one in (await mine.read()).history if one.kind == "gathered"] for mine in (helena, ruth)]
    assert told == [[f"Gathered calls. {first}", f"Gathered calls. {second}"]] * 2
    assert request not in str(await helena.read())


async def test_p4_by_the_id_of_a_request_come_calls_alone_that_the_reader_may_look_up(company: Company) -> None:
    [abroad] = await register(company.door, call(7, line=UK))
    request = await ask(company, company.anna, calls=[company.calls[0], abroad])
    company.door.policy = POLICY.model_copy(update={"lines": {AU: POLICY.lines[AU]}})
    _, ruth = await pages(company)
    await ruth.do(gather_calls, request)
    assert [one.recording for one in (await ruth.read()).calls] == company.calls[:1]
