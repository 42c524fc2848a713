"""Two accounts with one address, as a platform tells of them: work goes round, and comes back when one is gone (B3, P7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chats.directory import STALE, Directory
from bot.delivery.worker import Delivery
from bot.ports import Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.access import deciding
from tests.handlers.builders import ask
from tests.handlers.reading import lines
from tests.offices import Office, profile

SECOND = "U0SECOND"


@pytest.fixture
def directory(office: Office) -> Directory:
    """The office's look-ups, which its worker shares."""
    door = office.company.door
    made = Directory(office.chat, door, door.policy, lambda: office.clock().timestamp())
    office.delivery = Delivery(door, [made])
    office.chat.people[SECOND] = replace(profile("tara"), account_id=SECOND)
    return made


async def _standing(office: Office) -> str:
    tara = office.company.tara.person_id or 0
    return (await office.company.database.read(lambda store: store.people.get(tara))).standing


async def test_p7_the_card_that_was_on_its_way_goes_to_the_deputy_and_neither_account_sees_it(
    office: Office, directory: Directory
) -> None:
    """What is remembered of the first account is older than what is known of the person."""
    await directory.visitor("UTARA")
    await directory.visitor(SECOND)
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    assert office.titles("tara") == []
    assert office.chat.cards(SECOND) == []
    assert office.titles("deven") == ["⏳ waiting for you"]
    [told] = office.chat.cards("URUTH")
    assert lines(told)[0].startswith("⚠️ A second account has an e-mail address that Tara Lindqvist has or had")


@pytest.mark.parametrize("error", [Unreachable("user_not_found"), Unreachable("MessageWritesBlocked", blocked=True)])
async def test_p7_an_account_that_answers_404_or_403_counts_as_gone(
    office: Office, directory: Directory, error: Unreachable
) -> None:
    request = await ask(office.company, office.company.anna)
    await directory.visitor(SECOND)
    await office.all_delivered()
    assert await _standing(office) == "ambiguous"
    office.clock.now += timedelta(seconds=STALE + 1)
    office.chat.faults.append(Fault(error, "profile", SECOND, times=9))
    await directory.look_again()
    assert await _standing(office) == "member"
    await office.all_delivered()
    assert office.titles("tara") == ["⏳ waiting for you"]
    await office.company.door.enter(deciding.approve_request(request), await directory.visitor("UTARA", deciding=True))


async def test_p13_a_doubled_account_is_a_member_for_whom_nothing_is_stored(
    office: Office, directory: Directory
) -> None:
    """A person with a doubled address may report a breach meanwhile."""
    office.chat.people["UTARA"] = replace(office.chat.people["UTARA"], standing="deactivated")
    directory.forget("UTARA")
    await directory.visitor("UTARA")
    assert (await directory.visitor(SECOND)).standing == "ambiguous"
    assert await directory.unseen(SECOND) == "member"
