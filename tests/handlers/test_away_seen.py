"""“Away” at home: who stands in, whom nobody stands in for, and who sees who is away."""

from __future__ import annotations

import pytest

from handlers import home
from storage.database.store import Store
from tests.handlers.builders import POLICY, Company, away, left, without_deputies
from tests.handlers.test_away import say, section
from tests.ledgers import outgoing

pytestmark = pytest.mark.long

ALONE = (
    "Today no one stands in as Customer Success Specialist Team Leader. Please ask the policy’s owner to name a deputy."
)


async def test_with_no_deputy_there_the_page_and_the_home_warn(company: Company) -> None:
    company.door.policy = without_deputies(POLICY, "team_leader")
    said = await say(company, company.tara)
    assert said.cautions == (ALONE,)
    [row, _] = await section(company, company.tara, "When you are away")
    assert row == f"You are away until Thu 26 Nov. (⚠️ {ALONE}) [I'm back]"
    [told] = await section(company, company.helena, "Away")
    assert told == "Tara Lindqvist · until Thu 26 Nov (Customer Success Specialist Team Leader: no one stands in)"


async def test_the_head_and_human_resources_see_who_is_away_also_by_the_policy_file(company: Company) -> None:
    company.door.policy = away(POLICY, "team_leader")
    await say(company, company.henrik, 1, 2)
    rows = [
        "Tara Lindqvist · today (Customer Success Specialist Team Leader: Deven Okafor stands in)",
        "Henrik Solberg · from Wed 25 Nov to Thu 26 Nov (deputy of the Head of Customer Success)",
    ]
    for who in (company.helena, company.ruth):
        assert await section(company, who, "Away") == rows
    for who in (company.tara, company.deven, company.miles, company.anna):
        assert await section(company, who, "Away") == []
    [mine, _] = await section(company, company.tara, "When you are away")
    assert mine.startswith("You are away today, as the policy file says. (")
    assert "[" not in mine


async def test_the_homes_that_show_it_are_drawn_anew(company: Company) -> None:
    for who in (company.tara, company.helena, company.deven):
        await company.door.enter(home.open_home(), who)

    def drawn(store: Store) -> None:
        for one in outgoing(store):
            store.outbox.settle(one.id, "sent", "", company.clock.now)

    await company.database.write(drawn)
    before = len(await left(company))
    await say(company, company.tara)
    assert (await left(company))[before:] == [("home", "tara"), ("home", "helena")]
