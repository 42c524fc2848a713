"""B6 of the first trial: the chat platforms are asked who still belongs here, each time anew (P7)."""

from __future__ import annotations

import pytest

from bot.chats.desk import SLOW, Desk
from bot.chats.directory import DECIDING, Directory
from bot.listeners import Membership
from bot.ports import Unavailable
from bot.rehearsal.fake_chat import FakeChat, Fault
from handlers.cards import Actions, Page
from storage.database.store import DatabaseDown
from storage.people import Account
from tests.handlers.builders import approved, email, meet, person
from tests.moments import NOW
from tests.offices import Office, profile


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


async def test_b6_an_account_that_the_platform_has_no_more_is_gone(office: Office, membership: Membership) -> None:
    del office.chat.people["UANNA"]
    assert not await confirmed(office, membership)
    assert (await person(office.company, office.company.anna)).standing == "absent"
    assert not await confirmed(office, membership)


async def test_b6_no_answer_confirms_nobody(office: Office, membership: Membership) -> None:
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA", times=9))
    assert not await confirmed(office, membership)
    assert (await person(office.company, office.company.anna)).standing == "member"


async def test_b6_one_of_several_platforms_is_enough_and_all_are_asked(office: Office, membership: Membership) -> None:
    teams = await also_in_teams(office, membership)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", "UANNA"))
    assert await confirmed(office, membership)
    teams.faults.append(Fault(Unavailable("http_500"), "profile", "TANNA"))
    office.clock.pass_(seconds=DECIDING)
    office.chat.people["UANNA"] = profile("anna", "deactivated")
    assert not await confirmed(office, membership)


async def test_b6_an_account_of_a_platform_that_is_switched_off_says_nothing(
    office: Office, membership: Membership
) -> None:
    membership.directories = {}
    assert not await confirmed(office, membership)


async def test_b6_without_the_database_nobody_is_confirmed(
    office: Office, membership: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseDown("locked")

    monkeypatch.setattr(membership.door.database, "read", away)
    assert not await confirmed(office, membership)


async def test_b6_listen_looks_anew_as_deciding_does(office: Office, desk: Desk) -> None:
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
