"""Nothing goes twice in silence, and nothing is honoured that was not accepted; and what comes after a mail has left (P8, P12, P13)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.acting import CLOCK, DELIVERY, Actor, Intent
from handlers.cards import Card
from handlers.customers import filing, letters, steps
from tests.handlers.breach.reporting import alerted, bot_facts, tick
from tests.handlers.builders import Company, ledger, refusal
from tests.handlers.customers.acts import a_request, comes, known_of, stored, withdrawing
from tests.handlers.customers.releasing import (
    OK,
    accepted,
    collected,
    handed,
    links,
    logged,
    mails,
    not_known,
    not_taken,
    nothing_to_collect,
    put_off,
    refuse,
    release,
    tells,
    under_way,
)
from tests.handlers.reading import lines
from tests.moments import NOW
from tests.reconciled import findings

pytestmark = pytest.mark.long

OUTCOMES: dict[str, Callable[[str], Intent[None]]] = {
    "accepted": lambda mail: letters.note_accepted(mail, OK), "put off": lambda mail: letters.put_off_letter(mail, "smtp_451"),
    "refused": lambda mail: letters.note_refused_mail(mail, "smtp_550", "550 no such mailbox"),
    "not known": lambda mail: letters.note_uncertain_mail(mail, "timeout"),
}  # fmt: skip


async def _released(company: Company) -> str:
    request = await a_request(company)
    await release(company, request)
    return request


async def _sent(company: Company) -> str:
    request = await _released(company)
    await accepted(company)
    return request


async def _mail(company: Company, request: str) -> tuple[object, ...]:
    return under_way((await mails(company, request))[0])


async def test_p8_accepted_is_honoured_with_the_servers_answer_in_the_log(company: Company) -> None:
    request = await _released(company)
    company.clock.pass_(minutes=2)
    letter = await accepted(company)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at) == ("answered", company.clock.now, company.clock.now)
    assert (mail.state, mail.answer, mail.settled_at) == ("accepted", "250", company.clock.now)
    said = await logged(company, request, "accepted")
    assert (said["mail"], said["answer"], said["answered"], said["state"]) == (letter.mail, OK, True, "accepted")
    for kind in (filing.remind_releasers, filing.remind_on_the_day, filing.remind_once_late):
        assert await comes(company, kind.action, request) is None
    assert await tells(company, company.tara) == [
        ("I sent the customer a link. It opens with a passcode that you read out by phone.", "details")
    ]  # fmt: skip
    assert await tells(company, company.anna) == []


async def test_p8_an_answer_that_comes_twice_counts_once(company: Company) -> None:
    request = await _released(company)
    letter = await accepted(company)
    before = len(await ledger(company))
    for outcome in OUTCOMES.values():
        await company.door.enter(outcome(letter.mail), DELIVERY)
    assert (await stored(company, request)).state == "answered"
    assert len(await ledger(company)) == before


async def test_p8_a_mail_that_was_put_off_goes_again_later_and_later(company: Company) -> None:
    request = await _released(company)
    waits = []
    for _ in range(11):
        await put_off(company)
        [mail] = await mails(company, request)
        waits.append(mail.next_at - company.clock.now)
        company.clock.now = mail.next_at
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits[-1] == timedelta(minutes=15)
    assert (await stored(company, request)).state == "sending"


async def test_p8_the_releaser_hears_once_when_it_takes_longer_than_an_hour(company: Company) -> None:
    request = await _released(company)
    await put_off(company)
    assert await tells(company, company.tara) == []
    for _ in range(3):
        company.clock.pass_(hours=1)
        await put_off(company)
    [(words, _)] = await tells(company, company.tara)
    assert words == (
        f"I’ve tried for an hour to send the e-mail for {request} (smtp_451). If it still isn’t sent, please tell the bot’s administrator."
    )


async def test_p8_a_mail_refused_for_good_reopens_the_request_and_ends_its_link(company: Company) -> None:
    request = await _released(company)
    due = (await stored(company, request)).due_at
    letter = await not_taken(company)
    row, [link] = await stored(company, request), await links(company, request)
    assert (row.state, row.outcome, row.decided_by, row.due_at) == ("waiting", "", None, due)
    assert (link.link, await _mail(company, request)) == ("ended", ("refused", 1))
    for who in (company.tara, company.anna):
        [(words, button)] = await tells(company, who)
        assert "was refused (smtp_550)" in words
        assert "I reopened the request, still due Thu 3 Dec." in words
        assert button == "details"
    assert (await logged(company, request, "not_taken"))["mail"] == letter.mail
    await release(company, request, company.cora)
    await accepted(company)
    assert (await stored(company, request)).state == "answered"


async def test_p8_if_no_one_knows_the_releaser_is_asked(company: Company) -> None:
    request = await _released(company)
    await not_known(company)
    assert (await stored(company, request)).state == "unknown"
    [(words, button)] = await tells(company, company.tara)
    assert words.startswith("I couldn’t tell whether an e-mail to a customer arrived.")
    assert button == "details"
    assert await nothing_to_collect(company)
    assert await comes(company, filing.remind_once_late.action, request) is not None


async def test_p8_neither_does_anyone_where_a_process_took_it_and_says_nothing(company: Company) -> None:
    request = await _released(company)
    await collected(company)
    company.clock.pass_(minutes=14)
    assert await nothing_to_collect(company)
    assert (await stored(company, request)).state == "sending"
    company.clock.pass_(minutes=1)
    assert await nothing_to_collect(company)
    assert (await stored(company, request)).state == "unknown"


async def test_p8_the_days_of_a_link_count_from_the_mail_servers_acceptance(company: Company) -> None:
    request = await _released(company)
    company.clock.pass_(days=15)
    await company.door.enter(steps.end_expired_links(request), CLOCK)  # it does not end while its mail waits to be sent
    company.clock.pass_(days=3)
    letter = await accepted(company)
    [link] = await links(company, request)
    assert (link.link, link.ends_at) == ("live", company.clock.now + timedelta(days=14))
    assert await comes(company, "customer.link_ends", request) == link.ends_at
    assert "The link works for 14 days." in letter.written.paragraphs
    assert await findings(company.database) == []


@pytest.mark.parametrize("outcome", [*OUTCOMES])
async def test_p8_no_one_is_asked_about_the_letter_of_a_withdrawn_request(company: Company, outcome: str) -> None:
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


async def test_p8_sent_again_it_is_the_same_link_and_the_same_message(company: Company) -> None:
    request = await _released(company)
    message = (await not_known(company)).message_id
    [link] = await links(company, request)
    await company.door.enter(steps.send_again(request), company.tara)
    assert (await stored(company, request)).state == "sending"
    assert (await accepted(company)).message_id == message
    [mail] = await mails(company, request)
    assert (mail.id, under_way(mail)) == (link.id, ("accepted", 2))
    for wanted in (steps.send_again, steps.note_arrived):
        assert (await refusal(company, wanted(request), company.tara)).code == "not_in_doubt"


async def test_p8_or_it_arrived_by_the_word_of_the_releaser(company: Company) -> None:
    request = await _released(company)
    await not_known(company)
    company.clock.pass_(hours=2)
    await company.door.enter(steps.note_arrived(request), company.cora)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, mail.state) == ("answered", NOW + timedelta(hours=2), "accepted")
    assert any("read out by phone" in words for words, _ in await tells(company, company.tara))


async def test_p8_a_mail_that_bounced_reopens_it_with_the_old_day(company: Company) -> None:
    request = await _sent(company)
    due = (await stored(company, request)).due_at or NOW
    await company.door.enter(steps.note_bounced(request), company.tara)
    row, [letter] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at, row.due_at) == ("waiting", None, None, due)
    assert (letter.link, letter.state, letter.answer) == ("bounced", "refused", "bounced")
    assert await comes(company, filing.remind_once_late.action, request) == due + timedelta(seconds=1)
    assert any("came back" in words for words, _ in await tells(company, company.anna))
    assert (await refusal(company, steps.note_bounced(request), company.tara)).code == "no_mail"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).answered_at == NOW


async def test_p8_a_wrong_address_kills_the_link_and_keeps_the_day(company: Company) -> None:
    request = await _sent(company)
    row = await stored(company, request)
    page = await handed(company, "customer_wrong_address", request)
    after, [dead] = await stored(company, request), await links(company, request)
    assert (after.state, after.due_at, after.answered_at) == ("waiting", row.due_at, None)
    assert (dead.link, (await known_of(company, request)).address) == ("wrong_address", "")
    assert any("wrong address" in words for words, _ in await tells(company, company.anna))
    detail = await logged(company, request, "wrong_address")
    assert (detail["mail"], detail["link"]) == (dead.id, dead.id)
    assert (detail["released_by"], detail["addressed_by"]) == (company.tara.person_id, company.anna.person_id)
    assert "✅ The link no longer works." in lines(Card(page.parts, ""))


async def test_p8_what_never_went_cannot_come_back(company: Company) -> None:
    request = await a_request(company, address="")
    for way in ("", "On paper."):
        if way:
            await refuse(company, request, told=way)
        for wanted in (steps.note_bounced, steps.note_wrong_address):
            assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"


async def _astray(company: Company, by: Actor, filer: Actor | None = None, **more: str) -> str:
    request = await a_request(company, filer, **more)
    await release(company, request, by)
    await accepted(company)
    await company.door.enter(steps.note_wrong_address(request), by)
    return request


async def test_p13_both_heads_read_which_request_and_which_calls_unless_they_had_a_part_in_it(company: Company) -> None:
    request = await _astray(company, company.tara)
    assert await tick(company) == 1
    assert await alerted(company) == ["helena", "ruth"]
    facts, line = await bot_facts(company)
    assert facts == "An e-mail to a customer went to the wrong address. I stopped its link as soon as I knew."
    assert line == f"Request {request}, found on 2026-11-24; calls by their number: {company.calls[0]}"
    company.clock.pass_(days=1)
    assert await tick(company) == 0


async def test_p13_the_releaser_does_not_read_it(company: Company) -> None:
    await _astray(company, company.helena, asker="relative")
    await tick(company)
    assert await alerted(company) == ["ruth"]


async def test_p13_nor_does_the_person_who_entered_the_address(company: Company) -> None:
    await _astray(company, company.tara, company.helena)
    await tick(company)
    assert await alerted(company) == ["ruth"]
