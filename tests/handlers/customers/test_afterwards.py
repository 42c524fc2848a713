"""P8, P11, P13: what comes after a mail has left: it arrived, came back, went astray, or its link was ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import BUTTONS, FORMS
from handlers.acting import DELIVERY, WEB
from handlers.cards import Actions, Card
from handlers.customers.afterwards import REPORT
from handlers.customers.deciding_forms import LateForm, MissedForm, QuestionForm
from handlers.customers.intents import deciding as intents
from handlers.customers.intents.filing import OfRequest
from handlers.customers.intents.hearing import OpenLink
from handlers.customers.intents.mailing import LetterNotKnown
from handlers.customers.intents.passing_time import Overdue
from handlers.policy import Policy
from tests.handlers.builders import NOW, POLICY, Company, call, email, refusal, register
from tests.handlers.customers.acts import a_request, stored, viewed
from tests.handlers.customers.releasing import (
    accepted,
    body,
    collected,
    envelope,
    handed,
    late,
    links,
    logged,
    mails,
    not_known,
    passcode,
    preview,
    refusing,
    release,
    releasing,
    tells,
    under_way,
    why_missed,
)
from tests.handlers.passing_time import pass_until
from tests.handlers.reading import lines


async def _sent(company: Company, **more: Any) -> str:
    request = await a_request(company, **more)
    await release(company, request)
    await accepted(company)
    return request


async def _opened(company: Company) -> str:
    """The same, and the customer had a look."""
    request = await a_request(company)
    await release(company, request)
    code = (await accepted(company)).written.link.partition("#")[2]
    assert (await company.door.enter(OpenLink(code, (await passcode(company, request)).passcode), WEB)).secret
    return request


async def _unknown(company: Company) -> tuple[str, str]:
    request = await a_request(company)
    await release(company, request)
    return request, (await not_known(company)).message_id


async def test_p8_sent_again_it_is_the_same_link_and_the_same_message(company: Company) -> None:
    request, message = await _unknown(company)
    link = (await links(company, request))[0].id
    await company.door.enter(intents.SendAgain(request), company.tara)
    assert (await stored(company, request)).state == "sending"
    letter = await accepted(company)
    assert letter.message_id == message
    [only], [mail] = await links(company, request), await mails(company, request)
    assert (only.id, under_way(mail)) == (link, ("copy", "accepted", 2))
    assert await logged(company, request, "send_again") == {"mail": mail.id}


async def test_p8_or_it_arrived_by_the_word_of_whoever_releases_it(company: Company) -> None:
    request, _ = await _unknown(company)
    company.clock.pass_(hours=2)
    await company.door.enter(intents.Arrived(request), company.cora)
    row, [mail] = await stored(company, request), await mails(company, request)
    assert (row.state, row.answered_at, mail.state) == ("answered", NOW + timedelta(hours=2), "accepted")
    assert await logged(company, request, "arrived") == {"mail": mail.id}
    assert any("read out the passcode" in words for words, _ in await tells(company, company.tara))


@pytest.mark.parametrize("wanted", [intents.SendAgain, intents.Arrived])
async def test_p8_what_is_known_is_not_asked(company: Company, wanted: type[OfRequest]) -> None:
    request = await _sent(company)
    assert (await refusal(company, wanted(request), company.tara)).code == "not_in_doubt"


async def test_p8_of_a_word_that_it_is_late_the_same_is_asked(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(late(request), company.tara)
    await not_known(company)
    await company.door.enter(intents.SendAgain(request), company.tara)
    assert (await stored(company, request)).state == "waiting"
    await not_known(company)
    await company.door.enter(intents.Arrived(request), company.tara)
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).state) == ("accepted", "waiting")


async def test_p8_a_mail_that_bounced_reopens_it_with_the_old_day(company: Company) -> None:
    request = await _sent(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(intents.Bounced(request), company.tara)
    row, [link], [mail] = await stored(company, request), await links(company, request), await mails(company, request)
    assert (row.state, row.answered_at, row.closed_at, row.due_at) == ("waiting", None, None, due)
    assert (link.state, mail.state, mail.code) == ("bounced", "refused", "bounced")
    coming = await company.database.read(lambda store: store.deadlines.coming(Overdue.action, request))
    assert due is not None
    assert coming == due + timedelta(seconds=1)
    assert any("came back" in words for words, _ in await tells(company, company.anna))
    assert (await refusal(company, intents.Bounced(request), company.tara)).code == "no_mail"
    await release(company, request)
    await accepted(company)
    assert (await stored(company, request)).answered_at == NOW


async def test_p8_a_refusal_may_bounce_as_well(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(refusing(request), company.tara)
    await accepted(company)
    await company.door.enter(intents.Bounced(request), company.tara)
    assert (await stored(company, request)).refusal == ""
    await company.door.enter(refusing(request, "erased"), company.tara)
    assert (await stored(company, request)).refusal == "erased"


async def test_p8_after_the_old_day_a_bounce_is_late_at_once(company: Company) -> None:
    request = await _sent(company)
    company.clock.pass_(days=20)
    await company.door.enter(intents.Bounced(request), company.tara)
    await pass_until(company, company.clock.now)
    row = await stored(company, request)
    assert row.missed_at == row.due_at


async def test_p8_a_wrong_address_kills_the_link_and_keeps_the_day(company: Company) -> None:
    request = await _sent(company)
    link = (await links(company, request))[0]
    digits = await passcode(company, request)
    row = await stored(company, request)
    page = await handed(company, "customer_wrong_address", request)
    after, [dead] = await stored(company, request), await links(company, request)
    assert (after.state, after.due_at, after.address_by, after.answered_at) == ("waiting", row.due_at, None, None)
    assert dead.state == "wrong_address"
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.address == ""
    assert any("wrong address" in words for words, _ in await tells(company, company.anna))
    detail = await logged(company, request, "wrong_address")
    assert (detail["mail"], detail["link"]) == ((await mails(company, request))[0].id, link.id)
    assert (detail["released_by"], detail["addressed_by"]) == (company.tara.person_id, company.anna.person_id)
    assert digits.passcode
    told = lines(Card(page.parts, ""))
    assert "✅ The link is dead, and nobody gets in by it any more." in told


async def test_p13_whoever_pressed_is_offered_the_private_form_and_is_told_of_no_report(company: Company) -> None:
    request = await _sent(company)
    page = await handed(company, "customer_wrong_address", request)
    [actions] = [one for one in page.parts if isinstance(one, Actions)]
    assert [one.action for one in actions.buttons] == [REPORT]
    assert REPORT in BUTTONS
    assert REPORT in FORMS
    assert "I have" not in " ".join(lines(Card(page.parts, "")))


async def test_p8_after_a_wrong_address_another_one_is_needed(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(intents.WrongAddress(request), company.tara)
    assert (await refusal(company, releasing(request), company.tara)).code == "no_address"


@pytest.mark.parametrize("wanted", [intents.Bounced, intents.WrongAddress])
async def test_p8_what_never_went_can_not_come_back(company: Company, wanted: type[OfRequest]) -> None:
    request = await a_request(company)
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"
    await company.door.enter(refusing(request, told="On paper."), company.tara)
    assert (await refusal(company, wanted(request), company.tara)).code == "no_mail"


async def test_p8_a_link_that_was_ended_can_be_released_again_by_another_one(company: Company) -> None:
    request = await _opened(company)
    answered = (await stored(company, request)).answered_at
    company.clock.pass_(days=1)
    await company.door.enter(intents.EndLink(request), company.tara)
    row, [link] = await stored(company, request), await links(company, request)
    assert (row.state, row.answered_at, link.state) == ("waiting", answered, "ended")
    await release(company, request)
    await accepted(company)
    row = await stored(company, request)
    assert (row.state, row.answered_at) == ("answered", answered)
    assert [one.state for one in await links(company, request)] == ["live", "ended"]


async def test_p8_ended_before_anybody_opened_it_the_day_that_was_promised_counts_again(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(intents.EndLink(request), company.tara)
    row = await stored(company, request)
    assert (row.state, row.answered_at, row.missed_at) == ("waiting", None, None)
    assert row.due_at is not None
    await pass_until(company, row.due_at + timedelta(hours=1))
    assert (await stored(company, request)).missed_at == row.due_at


async def test_p8_what_was_honoured_in_time_is_never_missed_by_an_ended_link(company: Company) -> None:
    request = await _opened(company)
    company.clock.pass_(days=10)
    await company.door.enter(intents.EndLink(request), company.tara)
    await pass_until(company, company.clock.now + timedelta(days=3))
    assert (await stored(company, request)).missed_at is None


async def test_p8_a_link_may_be_ended_while_nobody_knows_of_its_mail(company: Company) -> None:
    request, _ = await _unknown(company)
    await company.door.enter(intents.EndLink(request), company.tara)
    [mail] = await mails(company, request)
    assert (mail.state, (await stored(company, request)).answered_at) == ("dropped", None)
    assert (await refusal(company, intents.SendAgain(request), company.tara)).code == "not_in_doubt"
    assert (await refusal(company, intents.EndLink(request), company.tara)).code == "no_link"


async def test_p11_each_operator_hears_that_a_copy_went_out_and_has_no_veto(company: Company) -> None:
    [other] = await register(company.door, call(6, operator_name="Deven Okafor", operator_key=email("Deven Okafor")))
    request = await a_request(company, recordings=[str(one) for one in (*company.calls[:2], other)])
    await release(company, request)
    assert await tells(company, company.bram) == []
    await accepted(company)
    nothing = "Customers may have their own calls (P8), so there is nothing for you to do."
    assert await tells(company, company.bram) == [
        (f"A copy of 2 calls that you were on went out to the customer. {nothing}", "")
    ]
    [(words, _)] = await tells(company, company.deven)
    assert words.startswith("A copy of a call that you were on (Wed 18 Nov, 14:00 Sydney) went out to the customer.")


async def test_p11_of_a_link_that_only_lets_hear_it_says_so(company: Company) -> None:
    request = await a_request(company, wants="listen")
    await release(company, request)
    await accepted(company)
    [(words, _)] = await tells(company, company.bram)
    assert words.startswith(
        "The customer may now hear a call that you were on (Mon 23 Nov, 14:00 Sydney). Customers may"
    )


async def test_p11_it_is_told_once_however_often_it_goes(company: Company) -> None:
    request = await _sent(company)
    await company.door.enter(intents.EndLink(request), company.tara)
    await release(company, request)
    await accepted(company)
    assert len(await tells(company, company.bram)) == 1


async def test_p11_an_operator_who_left_is_passed_over_quietly(company: Company) -> None:
    def leave(store: object) -> None:
        store.people.get(company.bram.person_id).standing = "deactivated"  # type: ignore[attr-defined]

    await company.database.write(leave)
    await _sent(company)
    assert await tells(company, company.bram) == []


@pytest.mark.parametrize(
    ("asker", "address"), [("operator", email("Bram Tolliver")), ("former", "bram@elsewhere.example")]
)
async def test_p11_where_an_operator_asked_nobody_is_told(company: Company, asker: str, address: str) -> None:
    await _sent(company, asker=asker, address=address)
    assert await tells(company, company.bram) == []


class TestQuietly:
    """P11: where the company does not tell its operators."""

    @pytest.fixture
    def policy(self) -> Policy:
        return POLICY.model_copy(update={"customers": POLICY.customers.model_copy(update={"tell_operator": False})})

    async def test_p11_nobody_is_told_of_a_copy(self, company: Company) -> None:
        await _sent(company)
        assert await tells(company, company.bram) == []


async def test_p8_the_customer_reads_why_it_is_late_and_the_clock_stays(company: Company) -> None:
    request = await a_request(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(late(request), company.tara)
    [mail], view = await mails(company, request), await viewed(company, request)
    told = body(await envelope(company, mail))
    assert "Our answer takes longer than it should" in told
    assert "The reason: The recorder was away." in told
    assert "You hear from us by Tue 8 Dec 2026." in told
    assert (mail.kind, view.request.due_at, view.request.state) == ("late", due, "waiting")
    assert view.known is not None
    assert view.known.remarks[-1].words == "The recorder was away.\nAn answer by Tue 8 Dec 2026."
    assert "recorder" not in str(await logged(company, request, "tell_late"))


async def test_p8_a_day_that_is_past_is_no_day_to_promise(company: Company) -> None:
    request = await a_request(company)
    assert set((await refusal(company, late(request, "2026-11-23"), company.tara)).fields) == {"day"}


async def test_p8_without_an_address_nobody_can_be_told(company: Company) -> None:
    request = await a_request(company, address="")
    company.door.copies_at = ""
    refused = await refusal(company, late(request), company.tara)
    assert "no e-mail address" in str(refused)
    assert "Mail is not set up" in str(refused)


async def test_p8_the_letter_stands_above_the_form(company: Company) -> None:
    request = await a_request(company)
    told = await preview(company, LateForm.name, request)
    assert "The reason: [your words]" in told
    assert "You hear from us by [the day]." in told


async def test_p8_why_a_day_was_missed_is_written_down_and_that_it_was_stays(company: Company) -> None:
    request = await a_request(company)
    assert (await refusal(company, why_missed(request), company.tara)).code == "not_missed"
    row = await stored(company, request)
    assert row.due_at is not None
    await pass_until(company, row.due_at + timedelta(minutes=1))
    assert await preview(company, MissedForm.name, request) == ""
    await company.door.enter(why_missed(request), company.tara)
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.words) for one in view.known.remarks] == [("missed", "Both of us were ill.")]
    assert view.request.missed_at == row.due_at
    assert await preview(company, QuestionForm.name, request) == ""


async def test_p8_in_the_browser_a_dead_link_lets_nobody_in(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    letter = await collected(company)
    code = letter.written.link.partition("#")[2]
    await company.door.enter(LetterNotKnown(letter.mail, "timeout"), DELIVERY)
    digits = (await passcode(company, request)).passcode
    assert (await company.door.enter(OpenLink(code, digits), WEB)).secret
    await company.door.enter(intents.WrongAddress(request), company.tara)
    answer = await company.door.enter(OpenLink(code, digits), WEB)
    assert (answer.secret, answer.over) == ("", True)
    sessions = await company.database.read(
        lambda store: store.customers.sessions_of(store.customers.links(request)[0].id)
    )
    assert [one.ends_at for one in sessions] == [company.clock.now]
