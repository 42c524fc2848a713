"""A row that an intruder without the master key changes makes no account another person's (P7, P13)."""

from __future__ import annotations

import pytest

from bot.chats.directory import Directory
from handlers import listening
from handlers.access import deciding
from handlers.acting import Context
from handlers.rules.refusal import Refused
from tests.handlers.builders import NAMES, approved, ask, email
from tests.handlers.reading import looking
from tests.offices import Office
from tests.spoiling import said

pytestmark = pytest.mark.by_hand


@pytest.fixture
def directory(office: Office) -> Directory:
    door = office.company.door
    return Directory(office.chat, door, door.policy, lambda: office.clock().timestamp())


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


async def test_p7_an_account_that_was_given_to_a_listener_by_hand_hears_nothing(
    office: Office, directory: Directory
) -> None:
    request, anna = await approved(office.company), office.company.anna.person_id
    await _all(office, [
        "DELETE FROM accounts WHERE account_id = 'UANNA'",
        f"UPDATE accounts SET person_id = {anna} WHERE account_id = 'UBRAM'",
    ])  # fmt: skip
    with pytest.raises(Refused) as refused:
        await office.company.door.enter(listening.make_listen_code(request), await directory.visitor("UBRAM"))
    assert refused.value.code == "altered"


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
