"""P7: `recording-steward check` tells who can't be reached in the words of the weekly digest."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.checking_reach import of_reach
from bot.commands.findings import Finding
from bot.rehearsal.fake_chat import FakeChat
from storage.database.store import Database
from tests.handlers.builders import NAMES, POLICY, Clock, a_company
from tests.moments import NOW
from tests.offices import Office, profile, worker
from tests.reaching import Looks, leaves


async def _office(url: str) -> Office:
    company = await a_company(Database(url), Clock())
    chat = FakeChat(map(profile, NAMES))
    return Office(company, chat, worker(company, chat))


async def _found(url: str) -> list[Finding]:
    return [one async for one in of_reach(url, POLICY, NOW + timedelta(hours=1))]


async def test_p7_the_command_line_tells_the_same_as_the_digest(database_url: str) -> None:
    office = await _office(database_url)
    (fine,) = await _found(database_url)
    assert (fine.works, fine.note) == (True, False)
    leaves(office, "ruth")
    leaves(office, "deven")
    told = await Looks(office).told()
    notes = [one.sentence for one in await _found(database_url) if one.note]
    assert "\n".join(notes) == told
    assert len(notes) == 2
    await office.company.database.close()


async def test_without_a_database_or_a_policy_it_says_nothing(database_url: str) -> None:
    assert [one async for one in of_reach(database_url, None, NOW)] == []
    assert [one async for one in of_reach("sqlite:////nowhere/steward.db", POLICY, NOW)] == []
