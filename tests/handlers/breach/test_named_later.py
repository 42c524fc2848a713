"""P13: whoever is named by what a reporter writes later is asked about before it is kept, like whom the form names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.acting import WEB
from handlers.breach import intents
from handlers.breach.view import ReporterView
from tests.handlers.breach.opening_pages import over
from tests.handlers.breach.reporting import Page, heard, page, report, the_report, tick
from tests.handlers.breach.test_newcomers import NOTICE_OVER, in_force, text
from tests.handlers.builders import Company, refusal

pytestmark = pytest.mark.long

HEAD, HR = "Head of Customer Success", "Manager, Human Resources"
NAMES_HELENA = "I did not dare to say it: it was Helena Marsh."


async def add(company: Company, receipt: str, words: str, out: str = "", let_in: str = "") -> ReporterView:
    """What a receipt's holder adds, with an answer about one title."""
    answers = ((out,) if out else (), (let_in,) if let_in else ())
    return await company.door.enter(intents.Add(receipt, words, *answers), WEB)


async def read(company: Company, *who: str) -> list[Page]:
    found = [await page(company, getattr(company, one), await the_report(company)) for one in who]
    for one in found:
        await one.read()
    return found


async def test_p13_nothing_is_kept_or_told_before_it_is_said_who_may_read_it(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    view = await add(company, filed.receipt, NAMES_HELENA)
    assert view.asks == (HEAD,)
    assert not view.conversation
    assert await heard(company) == {}
    [ruth] = await read(company, "ruth")
    assert "dare" not in str(await ruth.read())


async def test_p13_who_is_kept_out_by_later_words_hears_and_reads_nothing_of_them(company: Company) -> None:
    filed = await report(company, company.anna)
    [helena] = await read(company, "helena")
    await heard(company)
    view = await add(company, filed.receipt, NAMES_HELENA, out=HEAD)
    assert (view.asks, [one.words for one in view.conversation]) == ((), [NAMES_HELENA])
    assert sorted(await heard(company)) == ["ruth"]
    assert (await refusal(company, intents.Link(await the_report(company)), company.helena)).code == "no_report"
    await over(helena.read)
    [ruth] = await read(company, "ruth")
    assert NAMES_HELENA in str(await ruth.read())


async def test_p13_who_may_read_it_reads_it_like_before(company: Company) -> None:
    filed = await report(company, company.anna)
    await heard(company)
    await add(company, filed.receipt, "Helena Marsh saw it as well.", let_in=HEAD)
    assert sorted(await heard(company)) == ["helena", "ruth"]


async def test_p13_an_answer_about_one_is_none_about_another(company: Company) -> None:
    filed = await report(company, company.anna)
    words = "Helena Marsh and Ruth Adeyemi both did."
    assert (await add(company, filed.receipt, words)).asks == (HR, HEAD)
    assert (await add(company, filed.receipt, words, out=HEAD)).asks == (HR,)


async def test_p13_who_begins_to_read_by_it_is_told_once(company: Company) -> None:
    filed = await report(company, company.anna)
    before = await heard(company)
    both = intents.Add(filed.receipt, "Helena Marsh and Ruth Adeyemi both did.", (HR, HEAD))
    await company.door.enter(both, WEB)
    told = await heard(company)
    assert told
    assert not told.keys() & before.keys()
    assert all(words == ["A confidential report has come in."] for words in told.values())


async def test_p13_who_gave_a_name_is_asked_alike(company: Company) -> None:
    await report(company, company.anna, named="named")
    own = await page(company, company.anna, await the_report(company))
    assert (await own.do(intents.AddOwn, NAMES_HELENA)).asks == (HEAD,)
    assert not (await own.do(intents.AddOwn, NAMES_HELENA, (HEAD,))).asks


async def test_p13_whom_a_handler_put_out_is_asked_about_like_anybody(company: Company) -> None:
    """Or not to be asked about somebody would tell that he or she was accused."""
    filed = await report(company, company.anna)
    [ruth] = await read(company, "ruth")
    people = {name.partition(",")[0]: key for key, name in (await ruth.read()).people}
    await ruth.do(intents.Accuse, people["Helena Marsh"], "She was there.")
    assert (await add(company, filed.receipt, NAMES_HELENA)).asks == (HEAD,)
    await add(company, filed.receipt, NAMES_HELENA, let_in=HEAD)
    assert (await refusal(company, intents.Link(await the_report(company)), company.helena)).code == "no_report"


@pytest.mark.parametrize("asked", [False, True])
async def test_p13_who_is_named_later_and_made_a_reader_after_that_gets_nothing_unasked(
    company: Company, asked: bool
) -> None:
    await in_force(company, text())
    filed = await report(company, company.anna)
    if not asked:
        assert not (await add(company, filed.receipt, "It was Deven.")).asks
    await heard(company)
    await in_force(company, text(helena="deven"))
    company.clock.now = NOTICE_OVER + timedelta(days=2)
    if asked:
        assert (await add(company, filed.receipt, "Deven saw it.")).asks == (HEAD,)
        await add(company, filed.receipt, "Deven saw it.", let_in=HEAD)
    await tick(company)
    assert ("deven" in await heard(company)) is asked
