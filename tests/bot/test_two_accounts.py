"""Two accounts with one address, as a platform tells of them: work goes round, and comes back when one is gone (B3, P7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chats.directory import STALE, Directory
from bot.delivery.worker import Delivery
from bot.ports import Unavailable, Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.access.intents import Approve
from tests.handlers.builders import ask, audit
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
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]
    [told] = office.chat.cards("URUTH")
    assert lines(told)[0].startswith("⚠️ Two accounts share Tara Lindqvist’s e-mail address")


async def test_p7_what_was_posted_already_goes_round_at_once(office: Office, directory: Directory) -> None:
    await ask(office.company, office.company.anna)
    await office.all_delivered()
    await directory.visitor(SECOND)
    await office.all_delivered()
    assert office.titles("deven") == ["⏳ Access request · waiting for you"]


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
    assert office.titles("tara") == ["⏳ Access request · waiting for you"]
    await office.company.door.enter(Approve(request), await directory.visitor("UTARA", deciding=True))


async def test_an_outage_is_no_sign_that_an_account_is_gone(office: Office, directory: Directory) -> None:
    await directory.visitor(SECOND)
    office.clock.now += timedelta(seconds=STALE + 1)
    office.chat.faults.append(Fault(Unavailable("http_500"), "profile", SECOND))
    await directory.look_again()
    assert await _standing(office) == "ambiguous"


async def test_a_stranger_of_whom_nobody_knows_writes_nothing(office: Office, directory: Directory) -> None:
    before = len(await audit(office.company))
    office.chat.faults.append(Fault(Unreachable("user_not_found"), "profile", "USTRANGE"))
    assert (await directory.visitor("USTRANGE")).standing == "foreign"
    assert len(await audit(office.company)) == before


async def test_p13_whoever_waits_to_be_settled_is_a_member_to_whom_nothing_is_stored(
    office: Office, directory: Directory
) -> None:
    """Whoever's address somebody had before may report a breach meanwhile."""
    office.chat.people["UTARA"] = replace(office.chat.people["UTARA"], standing="deactivated")
    directory.forget("UTARA")
    await directory.visitor("UTARA")
    assert (await directory.visitor(SECOND)).standing == "ambiguous"
    assert await directory.unseen(SECOND) == "member"


async def test_whoever_was_refused_is_looked_at_again_with_the_next_press(office: Office, directory: Directory) -> None:
    """Not after ten minutes: the second account may be gone by then."""
    await directory.visitor(SECOND)
    assert (await directory.visitor("UTARA")).standing == "ambiguous"
    office.chat.people[SECOND] = replace(office.chat.people[SECOND], standing="deactivated")
    directory.forget(SECOND)
    await directory.visitor(SECOND)
    office.clock.now += timedelta(seconds=6)
    assert (await directory.visitor("UTARA")).standing == "member"
