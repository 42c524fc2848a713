"""What is written down of a customer's request after it was filed: identity, address, a question and its answer, a withdrawal (P8)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import CLOCK, HANDLERS, Intent
from handlers.customers import links, steps
from handlers.customers.forms import IdentityForm, QuestionForm
from handlers.rules import Refused
from tests.each import each
from tests.handlers.builders import Company, call, email, refusal, register, words_for
from tests.handlers.customers.acts import (
    a_request,
    addressing,
    comes,
    identify,
    known_of,
    opened,
    stored,
    viewed,
    withdrawing,
)
from tests.handlers.customers.releasing import (
    accepted,
    answering,
    asking_for,
    let_in,
    logged,
    mails,
    preview,
    questioning,
    refusing,
    release,
    releasing,
    tells,
)
from tests.handlers.reading import lines, seen
from tests.moments import NOW

pytestmark = pytest.mark.long


GONE = "I can’t find this request."


async def _approvers(company: Company, request: str) -> list[str]:
    view = await viewed(company, request)
    return [view.people[one.person_id].email_key for one in view.approvers]


async def test_p8_anyone_who_holds_the_card_says_that_they_are_identified(company: Company) -> None:
    for who in (company.anna, company.tara, company.cora):
        request = await a_request(company, check="none", recordings=[], person=who.account)
        await identify(company, request, who)
        found = (await known_of(company, request)).identified
        assert found is not None
        assert (found.check, found.by) == ("document", who.person_id)
    unknown = steps.identify_customer(request, IdentityForm.read({"check": "by_the_moon"}))
    assert list((await refusal(company, unknown, company.anna)).fields) == ["check"]


async def test_p8_for_a_person_without_a_card_there_is_no_such_request(company: Company) -> None:
    request = await a_request(company)
    form = IdentityForm.read({"check": "document"})
    for intent in (steps.identify_customer(request, form), addressing(request, "a@b.com"), withdrawing(request)):
        assert str(await refusal(company, intent, company.bram)) == GONE
    assert str(await refusal(company, steps.identify_customer("C-NOBODY", form), company.anna)) == GONE
    for name in ("customer_identity", "customer_answer", "customer_address", "customer_withdraw"):
        with pytest.raises(Refused, match=GONE):
            await opened(company, name, request, company.bram)


async def test_p8_a_person_who_enters_an_address_does_not_release_to_it(company: Company) -> None:
    request = await a_request(company, address="")
    await company.door.enter(addressing(request, "mara@customer.example"), company.tara)
    assert await _approvers(company, request) == [email("Cora Bellamy")]
    await company.door.enter(addressing(request, "mara.e@customer.example"), company.cora)
    # Whoever ever entered one stays out, whatever is there now.
    assert await _approvers(company, request) == [email("Helena Marsh")]
    assert (await known_of(company, request)).address == "mara.e@customer.example"
    ours = addressing(request, "anna.quill@fernhill.example")
    assert list((await refusal(company, ours, company.anna)).fields) == ["address"]


async def test_p8_the_filer_is_asked_and_the_clock_continues(company: Company) -> None:
    request = await a_request(company)
    due = (await stored(company, request)).due_at
    assert (await refusal(company, answering(request), company.anna)).code == "no_question"
    assert await preview(company, QuestionForm.name, request) == ""
    await company.door.enter(questioning(request), company.tara)
    assert await tells(company, company.anna) == [
        ("Tara Lindqvist asked a question about a customer’s request.", "details")
    ]
    assert await opened(company, "customer_answer", request, company.anna) == "Tara Lindqvist asks:\nWhich day was it?"
    company.clock.pass_(days=1)
    await company.door.enter(answering(request), company.anna)
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.by) for one in view.known.remarks] == [
        ("question", company.tara.person_id), ("answer", company.anna.person_id),
    ]  # fmt: skip
    assert view.matter.due_at == due
    for who in (company.tara, company.cora):
        assert any(
            words.startswith("Anna Quill answered your question about a customer’s request")
            for words, _ in await tells(company, who)
        )


async def test_p8_withdrawn_it_is_closed_and_no_one_is_reminded_or_late(company: Company) -> None:
    request = await a_request(company)
    assert await opened(company, "customer_withdraw", request, company.anna) == "The request is closed."
    for day in ("2026-11-25", "2026-11-23"):
        assert list((await refusal(company, withdrawing(request, day), company.anna)).fields) == ["on_day"]
    await company.door.enter(withdrawing(request, ""), company.anna)
    row, known = await stored(company, request), await known_of(company, request)
    assert (row.state, row.closed_at, row.missed_at) == ("withdrawn", NOW, None)
    assert "Withdrawn, recorded by Anna Quill <24 Nov" in " ".join(lines(await seen(company, request, company.tara)))
    assert (known.remarks[-1].kind, known.remarks[-1].words) == ("withdrawn", "2026-11-24: By telephone.")
    for kind in ("remind", "due_today", "overdue"):
        assert await comes(company, f"customer.{kind}", request) is None
    assert any("noted that a customer withdrew their request" in one for one in await words_for(company, company.tara))
    for who in (company.anna, company.tara):
        assert "The customer withdrew this" in str(await refusal(company, withdrawing(request), who))


async def test_p8_withdrawn_after_it_went_out_the_link_is_dead_at_once(company: Company) -> None:
    request = await a_request(company)
    await release(company, request)
    await let_in(company, request, await accepted(company))
    assert "stops working" in await opened(company, "customer_withdraw", request, company.anna)
    await company.door.enter(withdrawing(request), company.anna)
    view, [letter] = await viewed(company, request), await mails(company, request)
    assert (view.matter.state, view.link) == ("withdrawn", None)
    assert (letter.link, letter.state, letter.passcode, letter.session_ends_at) == ("withdrawn", "accepted", "", None)
    assert letter.ends_at == NOW
    assert await comes(company, "customer.link_ends", request) is None
    detail = await logged(company, request, "withdraw")
    assert (detail["links"], detail["mails"], detail["on"]) == ([letter.id], [], "2026-11-24")
    company.clock.now += timedelta(days=20)
    await company.door.enter(steps.end_expired_links(request), CLOCK)
    assert (await stored(company, request)).state == "withdrawn"


EVERY: dict[str, Callable[[str], Intent[Any]]] = {
    "release": releasing, "new_link": lambda one: steps.send_new_link(one, ""), "refuse": refusing, "question": questioning,
    "ask_number": asking_for, "allow": links.allow_number, "send_again": steps.send_again, "arrived": steps.note_arrived,
    "bounced": steps.note_bounced, "wrong_address": steps.note_wrong_address, "passcode": lambda one: links.make_passcode(one, ""),
}  # fmt: skip


def test_p8_no_button_of_those_who_release_is_left_out() -> None:
    """A new one has to be tried here as well."""
    others = {
        steps.identify_customer, steps.change_address, steps.answer_question, steps.withdraw_request,
        steps.end_expired_links, links.open_link,
    }  # fmt: skip
    there = {one for one in HANDLERS if one.do.__module__ in (steps.__name__, links.__name__)} - others
    assert there == {wanted("C-1").handler for wanted in EVERY.values()}


async def _refusals(company: Company, request: str, who: str) -> set[str]:
    """The codes of all refusals if this person tries every step; none changes the request."""
    before = await stored(company, request)
    codes = {(await refusal(company, wanted(request), company.people[who])).code for wanted in EVERY.values()}
    after = await stored(company, request)
    assert (after.state, after.revision) == (before.state, before.revision)
    return codes


async def test_p8_a_person_who_said_where_the_mail_goes_presses_nothing(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(addressing(request, "m.ellis@elsewhere.example"), company.tara)
    assert await _refusals(company, request, "tara") == {"filer"}


async def test_p8_nor_does_one_who_has_the_customer_s_name(company: Company) -> None:
    request = await a_request(company, person="Lindqvist, Tara")
    assert company.tara.person_id not in [one.person_id for one in (await viewed(company, request)).approvers]
    assert await _refusals(company, request, "tara") == {"customer"}
    await release(company, request, company.cora)


@each(
    ("name", "key", "address", "said"),
    [
        ("", "b.tolliver", "btolliver@customer.net.au", "that of a colleague, who was on the call"),
        ("Al", "al", "al@customer.net.au", "that of Al, who was on the call"),
        ("Al", "al", "sally@customer.net.au", ""),
        ("", "4711", "0412@customer.net.au", ""),
    ],
)
async def test_p8_an_operator_without_full_name(company: Company, name: str, key: str, address: str, said: str) -> None:
    there = call(8, operator_name=name, operator_key=f"{key}@fernhill.example")
    request = await a_request(company, recordings=[str((await register(company.door, there))[0])], address=address)
    shown = "\n".join(lines(await seen(company, request, company.tara)))
    assert (said in shown, "looks like that of" in shown) == (True, bool(said))


async def test_p8_an_address_like_that_of_the_filer_or_the_operator_warns_the_releaser_alone(company: Company) -> None:
    for address, said in (
        ("anna.quill@home.example.net.au", "looks like that of Anna Quill, who filed this"),
        ("aquill77@customer.net.au", "looks like that of Anna Quill, who filed this"),
        ("tolliverb@customer.net.au", "looks like that of Bram Tolliver, who was on the call"),
        ("mara.ellis@customer.example", ""),
    ):
        request = await a_request(company, address=address, person=f"Customer {address[:4].title()}")
        for who, told in ((company.tara, said), (company.anna, "")):
            shown = "\n".join(lines(await seen(company, request, who)))
            assert (told in shown, "looks like that of" in shown) == (True, bool(told)), address
