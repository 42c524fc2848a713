"""An alarm is heard by somebody, or said to be heard by nobody; the card and the log say who was told, in truth (B4)."""

import pytest

from handlers.acting import DELIVERY, Actor
from handlers.matters import asking
from handlers.policy import Policy
from storage.records import Outgoing
from tests.handlers.builders import POLICY, Company, ask, audit, away, ledger, left, missed, nobody_left, stored
from tests.handlers.reading import labels, lines, seen, title, whole_of

OUT = "user_disabled"
STUCK = "No one may decide this at the moment. "


async def _warnings(company: Company, who: Actor) -> list[Outgoing]:
    return [one for one in await ledger(company, who) if one.kind == "warn"]


async def _heard(company: Company, who: Actor) -> None:
    last = (await _warnings(company, who))[-1]
    await company.door.enter(asking.note_warned(last.id, last.payload["alarm"], "slack"), DELIVERY)


async def _unheard(company: Company, who: Actor) -> None:
    last = (await _warnings(company, who))[-1]
    await company.door.enter(asking.warn_next(last.id, last.payload["alarm"], OUT), DELIVERY)


class TestWhileNobodyMayDecide:
    @pytest.fixture
    def policy(self) -> Policy:
        """The Manager, Human Resources is away, and has no deputy."""
        return nobody_left()

    async def test_the_card_says_told_only_once_it_is_delivered(self, company: Company) -> None:
        request = await ask(company, company.helena)
        telling = f"{STUCK}Miles Fairweather (Managing Director) is being told."
        assert telling in lines(await seen(company, request, company.helena))
        before = len(await ledger(company))
        await _heard(company, company.miles)
        assert telling.replace("is being", "has been") in lines(await seen(company, request, company.helena))
        assert await left(company, before) == [("show", "helena")]

    async def test_where_it_reaches_nobody_the_next_is_told_and_then_the_requester(self, company: Company) -> None:
        request = await ask(company, company.helena)
        before = len(await ledger(company))
        await _unheard(company, company.miles)
        assert await left(company, before) == [("warn", "ruth"), ("show", "helena")]
        telling = f"{STUCK}Ruth Adeyemi (Manager, Human Resources) is being told."
        assert telling in lines(await seen(company, request, company.helena))
        assert (await audit(company, request))[-1][4]["warned"] == [company.ruth.person_id]
        await _unheard(company, company.ruth)
        told = f"{STUCK[:-2]}, and I could tell no one. Please turn to the Manager, Human Resources yourself."
        assert told in lines(await seen(company, request, company.helena))
        assert (await audit(company, request))[-1][4]["warned"] == []
        assert (await ledger(company))[-2].kind == "alert"

    async def test_whoever_was_told_looks_at_it_in_details_and_decides_nothing(self, company: Company) -> None:
        request = await ask(company, company.helena)
        assert await whole_of(company, request, company.miles) is None
        await _heard(company, company.miles)
        card = await whole_of(company, request, company.miles)
        assert card is not None
        assert (title(card), labels(card)) == ("⚠️ no one may decide it", [])
        assert await whole_of(company, request, company.ruth) is None


async def test_p7_an_alarm_about_ones_own_request_goes_past_oneself(company: Company) -> None:
    company.door.policy = away(POLICY, "team_leader", "head_of_customer_success")
    request = await ask(company, company.ruth)
    await missed(company, request, company.deven, company.henrik)
    assert (await stored(company, request)).state == "stuck"
    assert await _warnings(company, company.ruth) == []
    assert len(await _warnings(company, company.miles)) == 2
    told = f"{STUCK}Miles Fairweather (Managing Director) is being told."
    assert told in lines(await seen(company, request, company.ruth))
