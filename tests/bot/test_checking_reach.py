"""P7: `recording-steward check` finds of routes what the daily check finds, by the same rule."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.checking_reach import of_reach
from bot.commands.findings import Finding
from bot.rehearsal.fake_chat import FakeChat
from storage.database.store import Database
from tests.handlers.builders import NAMES, POLICY, Clock, a_company
from tests.moments import NOW
from tests.offices import Office, profile, worker
from tests.reaching import Looks, leaves, takes_away


async def _office(url: str) -> Office:
    company = await a_company(Database(url), Clock())
    chat = FakeChat(map(profile, NAMES))
    return Office(company, chat, worker(company, chat))


async def _found(url: str) -> list[Finding]:
    return [one async for one in of_reach(url, POLICY, NOW + timedelta(hours=1))]


async def test_p7_the_command_line_tells_the_same_as_the_daily_check(database_url: str) -> None:
    office = await _office(database_url)
    (fine,) = await _found(database_url)
    assert (fine.works, fine.note) == (True, False)
    leaves(office, "ruth")
    takes_away(office)
    office.chat.people.pop("UCORA")
    looks = Looks(office)
    await looks.tick()
    told = "\n".join(one for words in looks.told().values() for one in words)
    notes = [one for one in await _found(database_url) if one.note]
    assert len(notes) == 3
    for one in notes:
        wrong = one.sentence.partition("Please")[0].strip()
        assert wrong in told
    await office.company.database.close()


async def test_without_a_database_or_a_policy_it_says_nothing(database_url: str) -> None:
    assert [one async for one in of_reach(database_url, None, NOW)] == []
    assert [one async for one in of_reach("sqlite:////nowhere/steward.db", POLICY, NOW)] == []
