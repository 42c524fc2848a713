"""P12, P8: a restored database brings back no customer's link, and its outbox sends nothing a second time."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.acting import WEB
from handlers.customers.intents import Bounced, OpenLink
from storage.database.store import Database
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    accepted,
    links,
    mails,
    nothing_to_collect,
    passcode,
    refusing,
    release,
    tells,
)
from tests.moments import NOW
from tests.reconciled import findings
from tests.restoring import Program, a_program, copied, put_back

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture
async def program(database: Database, tmp_path: Path) -> Program:
    found = await a_program(database, tmp_path)
    found.company.calls = [await found.record(name, NOW - timedelta(days=1)) for name in ("one", "two")]
    return found


async def test_p12_a_link_that_had_ended_opens_nothing_after_a_restore(program: Program, database_url: str) -> None:
    company = program.company
    request = await a_request(company)
    await release(company, request)
    told = re.search(r"/copy#([\w-]+)", str((await accepted(company)).written))
    assert told is not None
    digits = (await passcode(company, request)).passcode
    assert (await company.door.enter(OpenLink(told[1], digits), WEB)).link
    await program.noting.note()
    yesterday = await copied(company.database)
    await company.door.enter(Bounced(request), company.tara)
    await program.leave()
    await put_back(company.database, yesterday)

    after = await program.again(database_url)
    company = after.company
    assert (after.restoring.state, after.restoring.found) == ("", True)
    assert not (await company.door.enter(OpenLink(told[1], digits), WEB)).link
    [link], row = await links(company, request), await stored(company, request)
    assert (link.state, row.state) == ("ended", "answered")
    sessions = await company.database.read(lambda store: store.customers.sessions_of(link.id))
    assert [one.ends_at <= company.clock.now for one in sessions] == [True]
    assert "restored from a copy" in (await tells(company, company.tara))[-1][0]
    assert await findings(company.database) == []
    await after.leave()


async def test_p12_what_a_restored_outbox_would_send_again_it_does_not(program: Program, database_url: str) -> None:
    company = program.company
    copy = await a_request(company)
    refusal = await a_request(company, recordings=[str(company.calls[1])])
    await release(company, copy)
    await company.door.enter(refusing(refusal), company.tara)
    await program.noting.note()
    yesterday = await copied(company.database)
    for _ in range(2):
        await accepted(company)
    await program.leave()
    await put_back(company.database, yesterday)

    after = await program.again(database_url)
    company = after.company
    company.clock.pass_(hours=1)
    assert await nothing_to_collect(company)
    states = {one: (await stored(company, one)).state for one in (copy, refusal)}
    assert states == {copy: "waiting", refusal: "unknown"}
    assert [one.state for request in (copy, refusal) for one in await mails(company, request)] == ["dropped", "unknown"]
    assert await findings(company.database) == []
    await after.leave()
