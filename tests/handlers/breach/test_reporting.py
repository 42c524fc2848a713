"""P13: from a report to its closing, as the reporter and those who handle it live through it."""

from __future__ import annotations

import pytest

from handlers.acting import CLOCK, WEB
from handlers.breach import handling, readers, reporting
from handlers.breach.vault import Vault
from handlers.rules.refusal import Refused
from storage.database.store import Store
from tests.handlers.breach.reporting import WORDS, heard, page, report, the_report, tick
from tests.handlers.builders import NAMES, Company, email

pytestmark = pytest.mark.long


async def test_p13_a_report_reaches_manager_and_head_and_nobody_else(company: Company) -> None:
    await report(company, company.anna, accused=["bram"])
    name = await the_report(company)
    assert await heard(company) == {
        "helena": ["A confidential report has come in."],
        "ruth": ["A confidential report has come in."],
    }
    for who in (company.helena, company.ruth):
        view = await (await page(company, who, name)).read()
        assert ("What happened", WORDS) in view.facts
        assert ("Who it is about", "Bram Tolliver") in view.facts
        assert ("Name of the reporter", "not given") in view.facts


@pytest.mark.parametrize("who", ["anna", "bram", "tara", "deven", "henrik", "miles"])
async def test_p13_to_everybody_else_a_known_id_is_like_a_wrong_one(company: Company, who: str) -> None:
    await report(company, company.anna, accused=["bram"])
    said = []
    for name in (await the_report(company), "B-22222222"):
        with pytest.raises(Refused) as refusal:
            await company.door.enter(readers.link(name), company.people[who])
        said.append((str(refusal.value), refusal.value.code))
    assert said[0] == said[1]


async def test_p13_the_whole_way(company: Company) -> None:
    filed = await report(company, company.anna, named="named")
    await heard(company)
    name = await the_report(company)
    ruth = await page(company, company.ruth, name)
    assert (await ruth.read()).state == "waiting to be acknowledged"
    await ruth.do(handling.acknowledge)
    assert await heard(company) == {"slack:UANNA": ["You have a reply to your confidential report."]} | {
        "helena": ["A confidential report has come in."],
        "ruth": ["A confidential report has come in."],
    }
    await ruth.do(handling.ask, "Which day was it?")
    own = await page(company, company.anna, name)
    seen = await own.own()
    assert seen.question
    assert [(one.who, one.words) for one in seen.conversation] == [
        ("Those who handle it", "A person has read your report and takes care of it."),
        ("Those who handle it", "Which day was it?"),
    ]
    answered = await company.door.enter(reporting.add(filed.receipt, "On Tuesday."), WEB)
    assert not answered.question
    await ruth.do(handling.note, "Bram was on leave.")
    await ruth.do(handling.take_step, 1, done=True)
    await ruth.do(handling.outcome, "HR-12", "It was a misunderstanding.")
    await ruth.do(handling.close, "We looked into it. Thank you.")
    view = await ruth.read()
    assert (view.state, view.may) == ("closed", frozenset())
    last = await company.door.enter(reporting.follow(filed.receipt), WEB)
    assert (last.state, last.told) == ("closed", "We looked into it. Thank you.")
    assert [one.words for one in last.conversation if "leave" in one.words] == []


async def test_p13_with_nobody_left_it_is_sealed_and_the_reporter_told(company: Company) -> None:
    filed = await report(company, company.anna, accused=["helena", "ruth", "miles"])
    assert filed.last_resort == company.door.policy.breach.last_resort
    assert await heard(company) == {}
    assert await tick(company) == 0


async def test_p13_filing_leaves_no_trace_in_the_main_log(company: Company) -> None:
    before = await company.database.read(lambda store: store.audit.head())
    await report(company, company.anna, named="named")
    await tick(company)
    assert await company.database.read(lambda store: store.audit.head()) == before


async def test_p13_the_rule_alone_opens_what_nobody_may_read(company: Company) -> None:
    await report(company, company.anna, accused=["helena", "ruth", "miles"])
    name = await the_report(company)

    def look(store: Store) -> list[object]:
        vault = Vault(company.door.act(store, CLOCK))
        return [vault.for_reader(name, email(NAMES[who])) for who in ("helena", "ruth", "miles")]

    assert await company.database.read(look) == [None, None, None]
