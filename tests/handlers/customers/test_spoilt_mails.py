"""P8: a mail whose row somebody spoilt ends by itself, and all others go on; so do those that a clock that stood ahead put off."""

from __future__ import annotations

from datetime import timedelta

import pytest
import pytest_asyncio

from handlers.customers.mailing import UNDER_WAY
from tests.each import each
from tests.handlers.builders import Company
from tests.handlers.customers.acts import a_request, stored
from tests.handlers.customers.releasing import (
    collected,
    logged,
    mails,
    nothing_to_collect,
    put_off,
    release,
    tells,
    under_way,
)
from tests.spoiling import NO_UTF8, said, spoil

pytestmark = pytest.mark.long

ROWS = {
    "next_at": "''", "settled_at": "'x'", "made_at": "5", "message_id": NO_UTF8, "code": NO_UTF8, "kind": NO_UTF8, "link_id": NO_UTF8,
    "id": NO_UTF8, "sealed": "'abc'", "attempts": "'x'",
}  # fmt: skip


async def _two(company: Company) -> tuple[str, str]:
    """Two requests that were released; the mail of the first is to go first."""
    found = []
    for call in company.calls[:2]:
        request = await a_request(company, recordings=[str(call)])
        await release(company, request)
        company.clock.pass_(seconds=1)
        found.append(request)
    return found[0], found[1]


@pytest_asyncio.fixture
async def company(company_in_a_file: Company) -> Company:
    return company_in_a_file


@pytest.mark.parametrize("column", ROWS)
async def test_p8_its_request_is_open_again_and_the_other_mail_goes(company: Company, column: str) -> None:
    spoilt, whole = await _two(company)
    await spoil(company.database, f"UPDATE customer_mails SET {column} = {ROWS[column]} WHERE matter_id = '{spoilt}'")
    assert await nothing_to_collect(company)
    assert (await collected(company)).mail == (await mails(company, whole))[0].id
    assert await nothing_to_collect(company)
    assert (await stored(company, spoilt)).state == "waiting"
    [mail] = await mails(company, spoilt)
    assert (mail.state, mail.code, mail.kind) == ("refused", "unreadable", "copy")
    assert (await logged(company, spoilt, "collect"))["unreadable"] == mail.id
    [(words, button)] = await tells(company, company.tara)
    assert words.startswith(f"The mail for {spoilt} can’t be read any more, so it was not sent.")
    assert button == "details"


async def test_p8_one_of_which_nobody_can_say_whose_it_is_ends_all_the_same(company: Company) -> None:
    spoilt, whole = await _two(company)
    name = (await mails(company, spoilt))[0].id
    await spoil(company.database, f"UPDATE customer_mails SET matter_id = {NO_UTF8} WHERE id = '{name}'")
    assert (await collected(company)).mail == (await mails(company, whole))[0].id
    rows = await company.database.read(said(f"SELECT state, code FROM customer_mails WHERE id = '{name}'"))
    assert rows.all() == [("refused", "unreadable")]
    assert (await logged(company, whole, "collect"))["spoilt"] == [name]


async def test_p8_those_that_were_being_sent_are_in_doubt(company: Company) -> None:
    spoilt, whole = await _two(company)
    await collected(company)
    await spoil(company.database, f"UPDATE customer_mails SET next_at = '' WHERE matter_id = '{spoilt}'")
    assert (await collected(company)).mail == (await mails(company, whole))[0].id
    assert under_way((await mails(company, spoilt))[0]) == ("copy", "unknown", 1)
    assert (await stored(company, spoilt)).state == "unknown"


@pytest.mark.parametrize("taken", [False, True])
async def test_p8_a_request_of_which_not_even_the_row_can_be_read_holds_up_no_other(
    company: Company, taken: bool
) -> None:
    """Nobody is known who could be told of it."""
    spoilt, whole = await _two(company)
    if taken:
        await collected(company)
        company.clock.pass_(minutes=15)
    await spoil(company.database, f"UPDATE matters SET asked_at = 'x' WHERE id = '{spoilt}'")
    if not taken:
        assert await nothing_to_collect(company)
    assert (await collected(company)).mail == (await mails(company, whole))[0].id
    [mail] = await mails(company, spoilt)
    assert mail.state == ("unknown" if taken else "refused")
    assert await tells(company, company.tara) == []


async def test_p8_another_mail_of_the_same_request_that_can_not_be_read_holds_up_nothing(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await put_off(company)
    [mail] = await mails(company, request)
    copied = (
        "INSERT INTO customer_mails SELECT 'M-OLD', matter_id, kind, 'old', sealed, 'x', 'x', link_id, 'accepted', attempts, code, 'x'"
        f" FROM customer_mails WHERE id = '{mail.id}'"
    )
    await spoil(company.database, copied)
    company.clock.pass_(seconds=5)
    assert (await collected(company)).mail == mail.id


class TestClockThatStoodAhead:
    """A7: as of the outbox, the inbox and the messages of reports, no mail waits that long."""

    @each("off", [False, True])
    async def test_p8_what_it_queued_or_put_off_goes_when_it_is_right_again(self, company: Company, off: bool) -> None:
        right = company.clock.now
        company.clock.pass_(hours=3)
        request = await a_request(company)
        await release(company, request)
        if off:
            await put_off(company)
        company.clock.now = right
        assert (await collected(company)).mail == (await mails(company, request))[0].id

    async def test_p8_what_was_being_sent_is_in_doubt_at_once(self, company: Company) -> None:
        request = await a_request(company)
        right = company.clock.now
        company.clock.pass_(hours=3)
        await release(company, request)
        await collected(company)
        company.clock.now = right
        assert await nothing_to_collect(company)
        assert (await stored(company, request)).state == "unknown"

    async def test_p8_one_that_is_with_the_mail_server_is_left_to_it(self, company: Company) -> None:
        request = await a_request(company)
        await release(company, request)
        await collected(company)
        for passed in (timedelta(0), UNDER_WAY - timedelta(seconds=1)):
            company.clock.now += passed
            assert await nothing_to_collect(company)
        assert (await stored(company, request)).state == "sending"
