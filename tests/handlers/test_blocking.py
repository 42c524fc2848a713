"""Whoever wants nothing written on a platform gets nothing there until he or she is heard of again."""

from __future__ import annotations

from dataclasses import replace

from handlers import delivering, home, people
from handlers.acting import DELIVERY
from tests.handlers.builders import NAMES, Company, account, ask, audit, ledger, left, meet, stored


async def platforms(company: Company) -> list[str]:
    return await company.database.read(lambda store: store.people.platforms(company.tara.person_id or 0))


async def test_p7_what_waits_for_whoever_blocked_the_bot_is_sent_on_at_once_and_the_log_says_so(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    before = len(await ledger(company))
    for _ in range(2):
        await company.door.enter(people.block("slack", "UTARA"), DELIVERY)
    assert (await left(company))[before:] == [("show", "tara")]
    assert ((await stored(company, request)).revision, await platforms(company)) == (2, [])
    assert [one[1] for one in await audit(company, "slack:UTARA")] == ["people.block"]


async def test_a_home_is_left_alone_meanwhile_and_drawn_when_the_person_is_heard_of(company: Company) -> None:
    await company.door.enter(home.open_home(), company.tara)
    await company.door.enter(delivering.fail((await ledger(company))[-1].id, "MessageWritesBlocked"), DELIVERY)
    await company.door.enter(people.block("slack", "UTARA"), DELIVERY)
    assert await company.database.read(lambda store: store.people.homes(company.tara.person_id or 0)) == []
    before = len(await ledger(company))
    await meet(company.door, replace(account("UTARA", NAMES["tara"]), reference={"scope": "personal"}))
    assert (await left(company))[before:] == [("home", "tara")]
    assert await platforms(company) == ["slack"]
