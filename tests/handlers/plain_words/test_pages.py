"""P7, P9: how one's own requests stand, who has them, and to whom a new one would go."""

from __future__ import annotations

import pytest

from handlers import BUTTONS
from handlers.access.intents import Approve
from handlers.acting import Visitor
from handlers.cards import Card, Page
from handlers.policy import Policy
from handlers.policy.values import RoleName
from handlers.room import Shows
from tests.handlers.builders import CLAIM, POLICY, Company, ask, away, without_deputies
from tests.handlers.reading import lines, looking


async def read(company: Company, who: Visitor, button: str) -> list[str]:
    shows = BUTTONS[button]
    assert isinstance(shows, Shows)
    page: Page = await looking(company, who, lambda act: shows.page(act, ""))
    return lines(Card(page.parts, page.title))


async def test_p7_ones_own_requests_stand_there_and_nobody_elses(company: Company) -> None:
    mine = await ask(company, company.anna)
    theirs = await ask(company, company.bram, calls=company.calls[1:2])
    told = " ".join(await read(company, company.anna, "own_requests"))
    assert (mine in told, theirs in told) == (True, False)


async def test_p7_whoever_asked_for_nothing_reads_so(company: Company) -> None:
    assert (await read(company, company.anna, "own_requests"))[0] == "You have asked for nothing in the last 30 days."


async def test_p7_more_than_stand_there_can_be_opened(company: Company) -> None:
    for number in range(7):
        await ask(company, company.anna, crm=f"CS-{number}", key=f"K{number}")
    told = await read(company, company.anna, "own_requests")
    assert any("Show all" in one for one in told)


async def test_p7_an_open_request_says_who_has_it(company: Company) -> None:
    request = await ask(company, company.anna)
    told = " ".join(await read(company, company.anna, "own_route"))
    assert f"{request} is with Tara Lindqvist." in told
    assert "To hear a call: Tara Lindqvist" in told
    assert "For an investigation or a legal claim: Helena Marsh" in told
    await company.door.enter(Approve(request), company.tara)
    assert request not in " ".join(await read(company, company.anna, "own_route"))


async def test_p9_an_investigation_is_with_the_head(company: Company) -> None:
    request = await ask(company, company.anna, **CLAIM)
    assert f"{request} is with Helena Marsh." in " ".join(await read(company, company.anna, "own_route"))


class TestAway:
    @pytest.fixture
    def policy(self) -> Policy:
        return away(POLICY, "team_leader")

    async def test_p7_while_the_team_leader_is_away_the_deputy_would_be_asked(self, company: Company) -> None:
        assert "To hear a call: Deven Okafor" in " ".join(await read(company, company.anna, "own_route"))


class TestNobody:
    @pytest.fixture
    def policy(self) -> Policy:
        roles: tuple[RoleName, ...] = (
            "team_leader", "head_of_customer_success", "manager_human_resources", "breach_fallback",
        )  # fmt: skip
        return away(without_deputies(POLICY, *roles), *roles)

    async def test_p7_with_nobody_there_it_says_that_it_is_held(self, company: Company) -> None:
        request = await ask(company, company.anna)
        told = " ".join(await read(company, company.anna, "own_route"))
        assert ("To hear a call: nobody as things are" in told, request in told) == (True, False)


class TestNoInvestigations:
    @pytest.fixture
    def policy(self) -> Policy:
        staff = {key: one for key, one in POLICY.reasons.items() if one.route == "staff"}
        return POLICY.model_copy(update={"reasons": staff})

    async def test_p9_where_the_policy_has_no_such_reason_nobody_is_named(self, company: Company) -> None:
        told = " ".join(await read(company, company.anna, "own_route"))
        assert "For an investigation or a legal claim: nobody as things are" in told
