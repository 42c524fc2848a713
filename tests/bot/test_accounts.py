"""Whose an account is: two with one address, and one given to another person by hand (B3, P7, P13)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chats.directory import STALE, Directory
from bot.delivery.worker import Delivery
from bot.ports import Unreachable
from bot.rehearsal.fake_chat import Fault
from handlers.access import deciding
from handlers.acting import Context
from handlers.rules import Refused
from tests.handlers.builders import NAMES, ask, email
from tests.handlers.reading import lines, looking
from tests.offices import Office, profile
from tests.spoiling import said

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
    assert office.titles("deven") == ["⏳ Anna Quill wants"]
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
    assert office.titles("tara") == ["⏳ Anna Quill wants"]
    await office.company.door.enter(deciding.approve_request(request), await directory.visitor("UTARA", deciding=True))


async def test_p13_a_doubled_account_is_a_member_without_storage(office: Office, directory: Directory) -> None:
    """A person with a doubled address may report a breach meanwhile."""
    office.chat.people["UTARA"] = replace(office.chat.people["UTARA"], standing="deactivated")
    directory.forget("UTARA")
    await directory.visitor("UTARA")
    assert (await directory.visitor(SECOND)).standing == "ambiguous"
    assert await directory.unseen(SECOND) == "member"


async def _become(office: Office, of: str) -> list[str]:
    """Bram's account becomes another person's; what puts it right again."""
    number, mine = office.company.people[of].person_id, office.company.bram.person_id
    await _all(office, [
        f"UPDATE accounts SET person_id = NULL WHERE account_id = 'U{of.upper()}'",
        f"UPDATE accounts SET person_id = {number} WHERE account_id = 'UBRAM'",
    ])  # fmt: skip
    return [
        f"UPDATE accounts SET person_id = {mine} WHERE account_id = 'UBRAM'",
        f"UPDATE accounts SET person_id = {number} WHERE account_id = 'U{of.upper()}'",
    ]


async def _all(office: Office, sentences: list[str]) -> None:
    for one in sentences:
        await office.company.database.write(said(one))


@pytest.mark.by_hand
async def test_p7_an_account_that_was_given_to_an_approver_by_hand_decides_nothing_until_it_is_put_right(
    office: Office, directory: Directory
) -> None:
    request = await ask(office.company, office.company.bram, calls=office.company.calls[1:2])
    mend = await _become(office, "tara")
    who = await directory.visitor("UBRAM", deciding=True)
    with pytest.raises(Refused) as refused:
        await office.company.door.enter(deciding.approve_request(request), who)
    assert (refused.value.code, who.person_id) == ("altered", None)
    await _all(office, mend)
    directory.forget("UBRAM")
    assert (await directory.visitor("UBRAM")).person_id == office.company.bram.person_id


@pytest.mark.by_hand
async def test_p13_an_address_that_was_changed_by_hand_after_the_look_up_counts_for_nothing(
    office: Office, directory: Directory
) -> None:
    who = await directory.visitor("UBRAM")
    ruth, mine = office.company.ruth.person_id, office.company.bram.person_id
    await _all(office, [
        f"UPDATE people SET email_key = 'elsewhere' WHERE id = {ruth}",
        f"UPDATE people SET email_key = '{email(NAMES['ruth'])}' WHERE id = {mine}",
    ])  # fmt: skip

    def me(ctx: Context) -> str:
        return ctx.me.email_key

    with pytest.raises(Refused) as refused:
        await looking(office.company, who, me)
    assert refused.value.code == "moved"
    directory.forget("UBRAM")
    assert (await directory.visitor("UBRAM")).standing == "altered"
