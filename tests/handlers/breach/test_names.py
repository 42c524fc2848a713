"""P13: who is named by whom, whose name a report has, and who closes it."""

from __future__ import annotations

from datetime import datetime

import pytest

from handlers.acting import WEB
from handlers.breach import handling, readers, reporting
from handlers.breach.known import Told
from handlers.rules.refusal import Refused
from storage.breaches import Breaches
from storage.database.store import Store
from storage.people import Account
from tests.handlers.breach.reporting import Page, heard, page, report, the_report, tick
from tests.handlers.builders import Company
from tests.handlers.reading import home_of, lines

pytestmark = pytest.mark.long


async def test_p13_words_are_read_by_people_alone(company: Company) -> None:
    """Whoever is only named in words is neither asked about nor kept out: the form asks who should not see it."""
    told = Told("page", "Helena Marsh, Head of Customer Success, did it.", concerned="helena.marsh@fernhill.example")
    filed = await company.door.enter(reporting.file(told, "page:1"), WEB)
    assert sorted(await heard(company)) == ["helena", "ruth"]
    await company.door.enter(reporting.add(filed.receipt, "It was Ruth Adeyemi as well."), WEB)
    assert sorted(await heard(company)) == ["helena", "ruth"]


async def test_p13_a_handler_may_name_anybody_who_was_ever_here(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    people = {name.partition(",")[0]: key for key, name in (await ruth.read()).people}
    assert list(people)[:2] == ["Helena Marsh", "Henrik Solberg"]
    await ruth.do(handling.accuse, people["Bram Tolliver"], "He was there.")
    assert ("Accused since", "Bram Tolliver (named by Ruth Adeyemi)") in (await ruth.read()).facts
    with pytest.raises(Refused):
        await ruth.do(handling.accuse, "999", "Nobody.")


async def test_p13_a_page_that_is_left_opens_nothing_any_more(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(readers.leave)
    with pytest.raises(Refused):
        await ruth.read()
    await ruth.do(readers.leave)


async def test_p13_a_name_that_was_typed_is_told_from_one_that_a_platform_knows(company: Company) -> None:
    link = Told("link", "They sold them.", named=True, account="slack:UBRAM")
    typed = Told("page", "They sold them.", named=True, name="Bram Tolliver")
    said = []
    for number, told in enumerate((link, typed)):
        await company.door.enter(reporting.file(told, f"page:{number}"), WEB)
    for one in await company.database.read(_ids):
        facts = dict((await (await page(company, company.ruth, one)).read()).facts)
        said.append((facts["Name of the reporter"], facts["Sent"]))
    assert sorted(said) == [
        ("Bram Tolliver", "on the page, by a link from chat"),
        ("Bram Tolliver (typed on the page; no one checked it)", "on the page without login"),
    ]


async def test_p13_a_name_that_nobody_knew_is_told_once_it_is_known(company: Company) -> None:
    """Whoever reports first of all and gives a name was an account's id to whoever looks into it, also after meeting the bot."""
    told = Told("link", "They sold them.", named=True, account="slack:UNEWCOMER")
    await company.door.enter(reporting.file(told, "page:1"), WEB)
    ruth = await page(company, company.ruth, await the_report(company))
    assert dict((await ruth.read()).facts)["Name of the reporter"].startswith(
        "the holder of the account slack:UNEWCOMER"
    )
    account = Account(
        "slack", "UNEWCOMER", "nora@fernhill.example", "nora@fernhill.example", "Nora Newcomer", "Australia/Sydney",
        "member", company.clock.now,
    )  # fmt: skip
    await company.database.write(lambda store: store.meetings.meet(account))
    assert dict((await ruth.read()).facts)["Name of the reporter"] == "Nora Newcomer"


def _ids(store: Store) -> list[str]:
    return Breaches(store.session).ids()


async def to_close(one: Page) -> None:
    await one.do(handling.outcome, "HR-12", "Looked into.")
    await one.do(handling.close, "Thank you.")


async def test_p13_whom_silence_let_in_closes_it_without_the_one_who_is_silent(company: Company) -> None:
    await report(company, company.anna, accused=["ruth"])
    name = await the_report(company)
    company.clock.now = datetime(2026, 11, 27, 6, 1, tzinfo=company.clock.now.tzinfo)
    await tick(company)
    miles = await page(company, company.miles, name)
    await to_close(miles)
    assert (await miles.read()).state == "closed"


async def test_p13_closed_reports_stay_at_home_of_those_who_handle_them(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await to_close(ruth)
    assert f"Report {ruth.report} · came on Tue 24 Nov · closed" in "\\n".join(
        lines(await home_of(company, company.helena))
    )
