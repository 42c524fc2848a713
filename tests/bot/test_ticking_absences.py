"""P7, “Away”: within a tick the deputy has what waits, in every replica, and within a tick of the end the holder has it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.access.intents import Recheck, Reroute
from handlers.acting import DELIVERY, Visitor
from handlers.away.steps import Back, Say
from handlers.people import Gone
from handlers.rules.access import company_day
from storage.database.store import Database
from tests.clocks import ticks
from tests.handlers.builders import POLICY, Clock, Company, a_company, ask, ledger
from tests.ledgers import outgoing


@pytest.fixture
async def company(database: Database) -> Company:
    return await a_company(database, Clock())


async def deciding(company: Company, request: str) -> set[str]:
    """Who may press the buttons, by first name."""
    names = {one.person_id: short for short, one in company.people.items()}
    parties = await company.database.read(lambda store: store.matters.parties(request))
    return {names[one.person_id] for one in parties if one.part == "approver"}


async def lost(company: Company, request: str, who: Visitor) -> None:
    """The newest card of this person came back."""
    card = [one for one in await ledger(company, who) if one.kind == "show"][-1]
    await company.door.enter(Reroute(request, who.person_id or 0, "not_there", card.id), DELIVERY)


async def goes(company: Company, days: int = 1) -> None:
    today = company_day(POLICY, company.clock.now)
    await company.door.enter(Say(today, today + timedelta(days=days - 1), f"{company.clock.now}"), company.tara)


async def returns(company: Company) -> None:
    today = company_day(POLICY, company.clock.now)
    [one] = await company.database.read(lambda store: store.absences.of(company.tara.person_id or 0, today))
    await company.door.enter(Back(one.id), company.tara)


async def test_the_deputy_has_it_within_a_tick(company: Company) -> None:
    clock, request = ticks(company), await ask(company, company.anna)
    await clock.tick()
    company.clock.pass_(seconds=20)
    await goes(company, days=2)
    await clock.tick()
    assert await deciding(company, request) == {"tara", "deven"}


async def test_every_replica_looks_and_what_one_has_done_leaves_nothing_to_the_other(company: Company) -> None:
    request, replicas = await ask(company, company.anna), [ticks(company), ticks(company)]
    for one in replicas:
        await one.tick()
    await goes(company)
    before = await company.database.read(outgoing)
    for one in replicas:
        await one.tick()
        assert await deciding(company, request) == {"tara", "deven"}
    after = await company.database.read(outgoing)
    assert len([one for one in after[len(before) :] if one.kind == "show"]) == 3


async def test_while_nothing_changes_no_request_is_looked_at(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looks = ticks(company), 0
    await ask(company, company.anna)
    await goes(company)
    await clock.tick()
    handlers = dict(company.door.handlers)
    handler = handlers[Recheck]

    def counted(act: object, intent: object) -> object:
        nonlocal looks
        looks += 1
        return handler(act, intent)  # type: ignore[arg-type]

    company.door.handlers = {**handlers, Recheck: counted}  # type: ignore[dict-item]
    for _ in range(3):
        company.clock.pass_(seconds=20)
        await clock.tick()
    assert looks == 0


async def test_p7_whoever_is_gone_is_passed_over_within_a_tick(company: Company) -> None:
    """Before a message has come back."""
    clock, request = ticks(company), await ask(company, company.anna)
    await clock.tick()
    await company.door.enter(Gone("slack", "UTARA"), DELIVERY)
    await clock.tick()
    assert await deciding(company, request) == {"tara", "deven"}
