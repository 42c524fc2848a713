"""B6: the platforms are asked who still belongs here, and one account that can't be looked at hides no other (P7)."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from bot.chats import directory as module
from bot.chats.desk import SLOW, Desk
from bot.chats.directory import DECIDING, Directory
from bot.clockwork.ticks import Ticks
from bot.listeners import Membership
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers.cards import Actions, Page
from storage.people import Account
from tests.clocks import Seconds, ticks
from tests.handlers.builders import approved, email, meet, person
from tests.moments import NOW
from tests.offices import Office, profile
from tests.reaching import leaves
from tests.spoiling import said


def directory(office: Office, chat: FakeChat) -> Directory:
    return Directory(chat, office.company.door, office.company.door.policy, lambda: office.clock().timestamp())


@pytest.fixture
def membership(office: Office) -> Membership:
    """Of a company that is in Slack."""
    return Membership(office.company.door, {"slack": directory(office, office.chat)})


async def also_in_teams(office: Office, membership: Membership) -> FakeChat:
    """Anna has an account in Teams as well."""
    key = email("Anna Quill")
    await meet(office.company.door, Account("teams", "TANNA", key, key, "Anna Quill", "UTC", "member", NOW))
    chat = FakeChat(platform="teams")
    chat.people["TANNA"] = profile("anna").__class__("TANNA", key, "Anna Quill", "UTC", "member")
    membership.directories = {**membership.directories, "teams": directory(office, chat)}
    return chat


async def confirmed(office: Office, membership: Membership) -> bool:
    return await membership.confirmed(office.company.anna.person_id or 0)


async def test_b6_a_member_is_confirmed_by_the_platform_each_time(office: Office, membership: Membership) -> None:
    for number in range(3):
        assert await confirmed(office, membership)
        assert len(office.chat.called("profile", "UANNA")) == number + 1
        office.clock.pass_(seconds=DECIDING)


@pytest.mark.parametrize("standing", ["deactivated", "guest"])
async def test_b6_what_the_platform_says_counts_at_once(office: Office, membership: Membership, standing: str) -> None:
    office.chat.people["UANNA"] = profile("anna", standing)
    assert not await confirmed(office, membership)
    assert (await person(office.company, office.company.anna)).standing == standing


async def test_b6_one_of_several_platforms_is_enough_and_all_are_asked(office: Office, membership: Membership) -> None:
    teams = await also_in_teams(office, membership)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA"))
    assert await confirmed(office, membership)
    teams.faults.append(Fault(Unavailable("http_500"), "profile", "TANNA"))
    office.clock.pass_(seconds=DECIDING)
    office.chat.people["UANNA"] = profile("anna", "deactivated")
    assert not await confirmed(office, membership)


async def test_b6_listen_looks_again_as_deciding_does(office: Office, desk: Desk) -> None:
    """Whatever was found out a moment ago for something else: a link in the wrong hands can't be called back."""
    request = await approved(office.company)
    await desk.directory.visitor("UANNA")
    office.clock.pass_(seconds=DECIDING)
    office.chat.people["UANNA"] = profile("anna", "deactivated")
    page = await desk.hand("UANNA", "listen", request, "press-1")
    assert isinstance(page, Page)
    assert not any(isinstance(part, Actions) for part in page.parts)
    office.clock.pass_(seconds=DECIDING)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA"))
    page = await desk.hand("UANNA", "listen", request, "press-2")
    assert SLOW in str(page)


Logs = list[MutableMapping[str, Any]]
FOR_EVER = 10**6


@pytest.mark.parametrize("error", [KeyError("user"), Unavailable("unreadable_answer")])
@pytest.mark.parametrize("most", [1, 20])
async def test_b6_a_person_who_left_is_found_though_another_cannot_be_looked_at(
    office: Office, logs: Logs, monkeypatch: pytest.MonkeyPatch, error: Exception, most: int
) -> None:
    """Also where as many as are looked at once can't be; Anna was looked at longest ago, so that she is looked at first."""
    monkeypatch.setattr(module, "MOST_AT_ONCE", most)
    company, seconds = office.company, Seconds()
    await approved(company)
    await approved(company, company.bram, calls=[company.calls[1]], crm="CS-2")
    await company.database.write(
        said("UPDATE accounts SET checked_at = '2026-01-01 00:00:00.000000' WHERE account_id = 'UANNA'")
    )
    clock = Ticks(company.door, ticks(company).register, {"slack": directory(office, office.chat)}, seconds)
    leaves(office, "bram")
    office.chat.faults.append(Fault(error, "profile", "UANNA", times=FOR_EVER))
    for _ in range(4):
        seconds.now += 1200.0
        office.clock.pass_(minutes=20)
        await clock.run_part("accounts")
    found = [(await person(company, one)).standing for one in (company.bram, company.anna)]
    assert found == ["deactivated", "member"]
    faults = [one for one in logs if one["event"] == "tick.fault"]
    assert bool(faults) == isinstance(error, KeyError)
    assert all(one["piece"] == "account:slack:UANNA" for one in faults)
