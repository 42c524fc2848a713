"""P13: what a reporter who gave a name hears in chat, and how cards say what became of it."""

from __future__ import annotations

import pytest

from handlers import gather_calls
from handlers.acting import CLOCK
from handlers.breach import clock, handling, hearing
from storage.breaches import WAITING
from tests.handlers.breach.reporting import messages, page, report, the_report
from tests.handlers.breach.sending import buttons, states
from tests.handlers.builders import Company
from tests.ledgers import outgoing

pytestmark = pytest.mark.long


async def test_p13_who_gave_a_name_is_told_of_an_answer_with_a_way_to_it(company: Company) -> None:
    await report(company, company.anna, named="named")
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.ask, "Which day?")
    [news] = await messages(company)
    assert (news.account, news.person, buttons(news.card)) == ("slack:UANNA", None, ["Reply"])
    assert news.card.summary == "You have a reply to your confidential report."


async def test_p13_who_withheld_a_name_gets_no_message(company: Company) -> None:
    await report(company, company.anna)
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.ask, "Which day?")
    assert await messages(company) == []


async def test_p13_a_question_that_was_decided_says_so_on_its_card(company: Company) -> None:
    await report(company, company.anna)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(gather_calls, "CS-10443")
    copy = await ruth.do(hearing.keep, company.calls[0])
    await ruth.do(hearing.keeping, copy, 0, b"audio")
    await ruth.do(hearing.kept, copy, company.calls[0], 1, 5, "audio/wav")
    await messages(company)
    await ruth.do(hearing.ask_to_hear, copy)
    [asked] = await messages(company)
    assert "waiting for you" in str(asked.card)
    helena = await page(company, company.helena, ruth.report)
    await helena.do(hearing.decide_hearing, copy, "ruth.adeyemi@fernhill.example", allowed=False)
    again = [one for one in await messages(company) if one.name == asked.name]
    assert ["decided" in str(one.card) for one in again] == [True]


async def test_p13_a_closed_report_says_so_on_its_cards(company: Company) -> None:
    await report(company, company.anna, named="named")
    await messages(company)
    ruth = await page(company, company.ruth, await the_report(company))
    await ruth.do(handling.outcome, "HR-12", "Settled.")
    await ruth.do(handling.close, "Thank you.")
    found = await messages(company)
    assert ["closed" in str(one.card) for one in found] == [True] * 3
    assert "Acknowledge" not in {label for one in found for label in buttons(one.card)}


async def test_p13_no_message_waits_in_the_outbox_that_others_are_counted_in(company: Company) -> None:
    await report(company, company.anna)
    await company.door.enter(clock.look(), CLOCK)
    assert await states(company) == [WAITING, WAITING]
    assert await company.database.read(lambda store: outgoing(store, person_id=company.ruth.person_id)) == []
