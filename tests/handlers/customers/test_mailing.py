"""Nothing goes twice in silence, and nothing is honoured that was not accepted; after a restore no link of before opens anything (P8, P12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from handlers.acting import CLOCK, DELIVERY
from handlers.customers import deadlines, mailing
from handlers.handling import Intent
from storage.tables.customers import CustomerLink
from tests.handlers.builders import Company, audit, ledger
from tests.handlers.customers.acts import a_request, stored, withdrawing
from tests.handlers.customers.releasing import (
    OK,
    accepted,
    collected,
    links,
    logged,
    mails,
    not_known,
    not_taken,
    nothing_to_collect,
    put_off,
    release,
    tells,
    under_way,
)
from tests.handlers.forgetting.words import destroy_key
from tests.reconciled import findings

pytestmark = pytest.mark.long

OUTCOMES: dict[str, Callable[[str], Intent[None]]] = {
    "accepted": lambda mail: mailing.accepted(mail, OK), "put off": lambda mail: mailing.put_off(mail, "smtp_451"),
    "refused": lambda mail: mailing.refused(mail, "smtp_550", "550 no such mailbox"),
    "not known": lambda mail: mailing.not_known(mail, "timeout"),
}  # fmt: skip
DUE = datetime(2026, 12, 3, 6, tzinfo=UTC)  # seven working days after Tuesday, 17:00 in Sydney


async def _released(company: Company) -> str:
    request = await a_request(company)
    await release(company, request)
    return request


async def _coming(company: Company, kind: str, request: str) -> datetime | None:
    return await company.database.read(lambda store: store.deadlines.coming(kind, request))


async def _mail(company: Company, request: str) -> tuple[object, ...]:
    return under_way((await mails(company, request))[0])


async def test_p8_accepted_is_honoured_with_the_servers_answer_in_the_log(company: Company) -> None:
    request = await _released(company)
    company.clock.pass_(minutes=2)
    letter = await accepted(company)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at) == ("answered", company.clock.now, company.clock.now)
    assert (mail.state, mail.code, mail.settled_at) == ("accepted", "250", company.clock.now)
    said = await logged(company, request, "accepted")
    assert (said["mail"], said["answer"], said["answered"], said["state"]) == (letter.mail, OK, True, "accepted")
    for kind in (deadlines.remind, deadlines.remind_on_the_day, deadlines.remind_once_late):
        assert await _coming(company, kind.action, request) is None


async def test_p8_whoever_released_it_is_told_to_ring_and_whoever_filed_it_that_it_went(company: Company) -> None:
    request = await _released(company)
    await accepted(company)
    assert await tells(company, company.tara) == [
        (f"The link of {request} is on its way. Phone the customer now and read out the passcode: press Passcode.", "customer_passcode")
    ]  # fmt: skip
    assert await tells(company, company.anna) == [(f"The answer to {request} has gone out to the customer.", "details")]


async def test_p8_an_answer_that_comes_twice_counts_once(company: Company) -> None:
    request = await _released(company)
    letter = await accepted(company)
    before = len(await ledger(company))
    for late_word in (
        mailing.accepted(letter.mail, OK), mailing.put_off(letter.mail, "x"), mailing.refused(letter.mail, "x", ""),
        mailing.not_known(letter.mail, "x"),
    ):  # fmt: skip
        await company.door.enter(late_word, DELIVERY)
    assert (await stored(company, request)).state == "answered"
    assert len(await ledger(company)) == before


async def test_p8_what_was_put_off_goes_again_after_seconds_and_in_the_end_each_quarter_of_an_hour(
    company: Company,
) -> None:
    request = await _released(company)
    waits = []
    for _ in range(11):
        await put_off(company)
        [mail] = await mails(company, request)
        waits.append(mail.next_at - company.clock.now)
        company.clock.now = mail.next_at
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits[-1] == timedelta(minutes=15)
    assert len({one.message_id for one in await mails(company, request)}) == 1
    assert (await stored(company, request)).state == "sending"


async def test_p8_whoever_released_it_hears_once_when_it_takes_longer_than_an_hour(company: Company) -> None:
    request = await _released(company)
    await put_off(company)
    assert await tells(company, company.tara) == []
    for _ in range(3):
        company.clock.pass_(hours=1)
        await put_off(company)
    [(words, _)] = await tells(company, company.tara)
    assert words == (
        f"The mail for {request} has not gone out yet (smtp_451). It is tried again by itself. Please ask the bot’s administrator."
    )


async def test_p8_what_is_refused_for_good_is_open_again_with_the_old_day_and_its_link_is_dead(
    company: Company,
) -> None:
    request = await _released(company)
    due = (await stored(company, request)).due_at
    letter = await not_taken(company)
    row, [link] = await stored(company, request), await links(company, request)
    assert (row.state, row.outcome, row.decided_by, row.due_at) == ("waiting", "", None, due)
    assert link.state == "ended"
    assert await _mail(company, request) == ("copy", "refused", 1)
    for who in (company.tara, company.anna):
        [(words, button)] = await tells(company, who)
        assert "was not taken (smtp_550)" in words
        assert "open again, with the day that was promised" in words
        assert button == "details"
    assert (await logged(company, request, "not_taken"))["mail"] == letter.mail
    await release(company, request, company.cora)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"


async def test_p8_where_nobody_knows_whoever_released_it_is_asked(company: Company) -> None:
    request = await _released(company)
    await not_known(company)
    assert (await stored(company, request)).state == "unknown"
    [(words, button)] = await tells(company, company.tara)
    assert words.startswith(f"No one knows whether the mail for {request} arrived")
    assert button == "details"
    assert await nothing_to_collect(company)
    assert await _coming(company, deadlines.remind_once_late.action, request) is not None


async def test_p8_neither_does_anybody_where_a_process_took_it_and_says_nothing(company: Company) -> None:
    request = await _released(company)
    await collected(company)
    company.clock.pass_(minutes=14)
    assert await nothing_to_collect(company)
    assert (await stored(company, request)).state == "sending"
    company.clock.pass_(minutes=1)
    assert await nothing_to_collect(company)
    assert (await stored(company, request)).state == "unknown"
    assert await tells(company, company.tara)


async def test_p8_a_mail_whose_link_is_dead_does_not_go_and_the_request_is_open_again(company: Company) -> None:
    request = await _released(company)
    [link] = await links(company, request)

    def end(store: object) -> None:
        row = store.session.get_one(CustomerLink, link.id)  # type: ignore[attr-defined]
        row.state = "ended"

    await company.database.write(end)
    assert await nothing_to_collect(company)
    assert await _mail(company, request) == ("copy", "dropped", 0)
    assert (await stored(company, request)).state == "waiting"


async def test_p8_a_letter_that_is_dropped_is_named_in_the_log(company: Company) -> None:
    first = await _released(company)
    await destroy_key(company, first)
    [dropped] = await mails(company, first)
    assert await nothing_to_collect(company)
    assert (await audit(company))[-1][1:] == ("customer.collect", "done", "P8", {"dropped": [dropped.id]})
    assert await nothing_to_collect(company)
    assert [one[1] for one in await audit(company)].count("customer.collect") == 1


async def test_p8_the_days_of_a_link_count_from_the_mail_servers_acceptance(company: Company) -> None:
    request = await _released(company)
    company.clock.pass_(days=10)
    letter = await accepted(company)
    [link] = await links(company, request)
    assert link.ends_at == company.clock.now + timedelta(days=14)
    assert await _coming(company, "customer.link_ends", request) == link.ends_at
    assert "The link works for 14 days." in letter.written.paragraphs
    assert await findings(company.database) == []


async def test_p8_a_link_does_not_end_while_its_mail_waits_to_be_sent(company: Company) -> None:
    request = await _released(company)
    company.clock.pass_(days=15)
    await company.door.enter(mailing.end_over(request), CLOCK)
    company.clock.pass_(days=15)
    await accepted(company)
    [link] = await links(company, request)
    assert (link.state, link.ends_at) == ("live", company.clock.now + timedelta(days=14))
    assert (await stored(company, request)).state == "answered"
    assert await findings(company.database) == []


@pytest.mark.parametrize("outcome", [*OUTCOMES])
async def test_p8_of_a_request_that_was_withdrawn_nobody_is_asked_about_its_letter(
    company: Company, outcome: str
) -> None:
    request = await _released(company)
    letter = await collected(company)
    await company.door.enter(withdrawing(request), company.anna)
    before = await tells(company, company.tara)
    await company.door.enter(OUTCOMES[outcome](letter.mail), DELIVERY)
    company.clock.pass_(minutes=20)
    assert await nothing_to_collect(company)
    assert await tells(company, company.tara) == before
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("dropped", "withdrawn")
    assert (await logged(company, request, "withdraw"))["mails"] == [letter.mail]
