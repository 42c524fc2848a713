"""What is written down of a customer's request after it was filed: identity, address, a question and its answer, a withdrawal (P8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import FORMS
from handlers.customers import changing
from handlers.customers.forms import IdentityForm, QuestionForm
from handlers.rules.refusal import Refused
from storage.database.store import Store
from storage.tables.customers import CustomerLink, CustomerMail, CustomerSession
from tests.each import each
from tests.handlers.builders import POLICY, Company, audit, email, refusal, words_for
from tests.handlers.customers.acts import (
    a_request,
    addressing,
    comes,
    identify,
    known_of,
    leaves,
    opened,
    remarked,
    stored,
    viewed,
    withdrawing,
)
from tests.handlers.customers.releasing import (
    accepted,
    answering,
    logged,
    preview,
    questioning,
    refusing,
    tells,
)
from tests.handlers.reading import labels, lines, seen
from tests.moments import NOW

pytestmark = pytest.mark.long

GONE = "I can't find this request."
LEFT = (
    "Anna Quill, who filed it, can’t be reached here any more, so no one would answer. Please ask the customer yourself. What is"
    " missing a colleague can file again, with the same name and address: it stays one request."
)


async def test_p8_anybody_who_holds_the_card_says_that_they_are_identified(company: Company) -> None:
    for who in (company.anna, company.tara, company.cora):
        request = await a_request(company, check="none", recordings=[], person=who.account)
        await identify(company, request, who)
        row, known = await stored(company, request), await known_of(company, request)
        assert row.identified
        assert known.identified is not None
        assert (known.identified.check, known.identified.by) == ("document", who.person_id)
    assert f"Tara Lindqvist identified who asks: customer’s request {request}" not in await words_for(
        company, company.tara
    )


async def test_p8_for_whoever_holds_no_card_there_is_no_such_request(company: Company) -> None:
    request = await a_request(company)
    form = IdentityForm.read({"check": "document", "seen_on": "2026-11-24"})
    wanted = (
        changing.identify(request, form),
        addressing(request, "a@b.com"),
        withdrawing(request),
    )
    for intent in wanted:
        assert str(await refusal(company, intent, company.bram)) == GONE
    assert str(await refusal(company, changing.identify("C-NOBODY", form), company.anna)) == GONE
    for name in ("customer_identity", "customer_answer", "customer_address", "customer_withdraw"):
        with pytest.raises(Refused, match=GONE):
            await opened(company, name, request, company.bram)


async def test_p8_whoever_enters_an_address_does_not_release_to_it(company: Company) -> None:
    request = await a_request(company, address="")
    await company.door.enter(addressing(request, "mara@customer.example"), company.tara)
    row, view = await stored(company, request), await viewed(company, request)
    assert row.address_by == company.tara.person_id
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Cora Bellamy")]
    await company.door.enter(addressing(request, "mara.e@customer.example"), company.cora)
    view = await viewed(company, request)
    # Whoever ever entered one stays out, whatever stands there now.
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Helena Marsh")]
    assert (await known_of(company, request)).address == "mara.e@customer.example"


@each(
    ("address", "again", "field"),
    [
        ("anna.quill@fernhill.example", None, "address"),
        ("a@b.com", "a@c.com", "address_again"),
    ],
)
async def test_p8_an_address_is_looked_at_as_when_it_is_filed(
    company: Company, address: str, again: str | None, field: str
) -> None:
    request = await a_request(company)
    assert list((await refusal(company, addressing(request, address, again), company.anna)).fields) == [field]


async def test_p11_an_operator_s_other_address_brings_in_the_head(company: Company) -> None:
    request = await a_request(company, company.bram, asker="operator", address=email("Bram Tolliver"))
    await company.door.enter(addressing(request, "bram@home.example"), company.bram)
    view = await viewed(company, request)
    assert [view.people[one.person_id].email_key for one in view.approvers] == [email("Helena Marsh")]
    assert {one.part for one in view.parties if one.role == "team_leader"} == {"former"}


@pytest.mark.by_hand
async def test_p8_the_open_question_stands_above_its_answer(company: Company) -> None:
    request = await a_request(company)
    with pytest.raises(Refused, match="No one has asked anything"):
        await opened(company, "customer_answer", request, company.anna)
    await remarked(company, request, "question", "Which invoice?", company.tara)
    assert await opened(company, "customer_answer", request, company.anna) == "Tara Lindqvist asks:\nWhich invoice?"
    await remarked(company, request, "answer", "That of March.", company.anna)
    with pytest.raises(Refused, match="No one has asked anything"):
        await opened(company, "customer_answer", request, company.anna)
    assert FORMS["customer_answer"].send(request, None, "").action == "customer.answer"


async def test_p8_whoever_filed_it_is_asked_and_the_clock_goes_on(company: Company) -> None:
    request = await a_request(company)
    due = (await stored(company, request)).due_at
    await company.door.enter(questioning(request), company.tara)
    [(words, button)] = await tells(company, company.anna)
    assert words == f"Tara Lindqvist has a question about {request}. Press Answer to read and answer it."
    assert button == "customer_answer"
    company.clock.pass_(days=1)
    await company.door.enter(answering(request), company.anna)
    view = await viewed(company, request)
    assert view.known is not None
    assert [(one.kind, one.by) for one in view.known.remarks] == [
        ("question", company.tara.person_id), ("answer", company.anna.person_id),
    ]  # fmt: skip
    assert view.request.due_at == due
    for who in (company.tara, company.cora):
        assert any(words.startswith("Anna Quill answered the question") for words, _ in await tells(company, who))
    assert "before" not in await logged(company, request, "answer")


async def test_p8_an_answer_that_comes_too_late_says_so(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(questioning(request), company.tara)
    await company.door.enter(refusing(request), company.cora)
    refused = await refusal(company, answering(request), company.anna)
    assert "already refused by Cora Bellamy" in str(refused)
    await accepted(company)
    assert "answered on" in str(await refusal(company, answering(request), company.anna))


async def test_p8_the_second_one_who_filed_it_is_asked_where_the_first_has_left(company: Company) -> None:
    request = await a_request(company)
    await a_request(company, company.deven)
    await leaves(company, "anna")
    await company.door.enter(questioning(request), company.tara)
    assert any("has a question" in words for words, _ in await tells(company, company.deven))
    assert not any("has a question" in words for words, _ in await tells(company, company.anna))
    assert "Answer" in labels(await seen(company, request, company.deven))
    assert "Answer" not in labels(await seen(company, request, company.tara))
    await company.door.enter(answering(request), company.deven)
    assert any(words.startswith("Deven") for words, _ in await tells(company, company.tara))


async def test_p8_where_nobody_is_left_the_question_is_not_taken_and_it_says_what_to_do(company: Company) -> None:
    request = await a_request(company)
    await leaves(company, "anna")
    assert "Ask a question" in labels(await seen(company, request, company.tara))
    with pytest.raises(Refused) as refused:
        await preview(company, QuestionForm.name, request)
    assert str(refused.value) == LEFT
    told = await refusal(company, questioning(request), company.tara)
    assert (told.code, str(told)) == ("nobody_answers", LEFT)
    view = await viewed(company, request)
    assert view.known is not None
    assert view.known.remarks == []
    assert await a_request(company, company.miles) == request
    await company.door.enter(questioning(request), company.tara)
    assert any("has a question" in words for words, _ in await tells(company, company.miles))


async def test_p8_withdrawn_it_is_closed_and_nobody_is_reminded_or_late(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(withdrawing(request), company.anna)
    row, known = await stored(company, request), await known_of(company, request)
    assert (row.state, row.closed_at, row.missed_at) == ("withdrawn", NOW, None)
    assert (known.remarks[-1].kind, known.remarks[-1].words) == ("withdrawn", "2026-11-24: By telephone.")
    for kind in ("remind", "due_today", "overdue", "morning"):
        assert await comes(company, f"customer.{kind}", request) is None
    assert any("wrote down that the customer withdrew it" in one for one in await words_for(company, company.tara))
    for who in (company.anna, company.tara):
        assert "The customer withdrew this" in str(await refusal(company, withdrawing(request), who))


@each(("day", "words"), [("2026-11-25", "not come yet"), ("2026-11-23", "before the day on which they asked")])
async def test_p8_when_they_withdrew_is_possible_or_told_at_its_field(company: Company, day: str, words: str) -> None:
    request = await a_request(company)
    refused = await refusal(company, withdrawing(request, day), company.anna)
    assert words in refused.fields["on_day"]


async def test_p8_what_it_brings_is_said_before_it_is_withdrawn(company: Company) -> None:
    request = await a_request(company)
    assert await opened(company, "customer_withdraw", request, company.anna) == "The request is closed."
    assert await opened(company, "customer_identity", request, company.anna) == ""


def _went_out(store: Store, request: str) -> None:
    """A copy has gone out: by hand, since whoever releases it has a module of his own."""
    row = store.customers.get(request)
    assert row is not None
    row.state, row.outcome, row.answered_at, row.closed_at = "answered", "released", NOW, NOW
    store.customers.put(
        CustomerLink(id="L-1", matter_id=request, code="c", made_at=NOW, ends_at=NOW + timedelta(days=14), passcode="p")
    )
    store.customers.put(CustomerLink(id="L-0", matter_id=request, code="o", made_at=NOW, ends_at=NOW, state="bounced"))
    store.session.flush()
    store.customers.put(CustomerSession(hash="h", link_id="L-1", made_at=NOW, ends_at=NOW + timedelta(days=1)))
    for mail, state in (("M-1", "accepted"), ("M-2", "waiting")):
        store.customers.put(
            CustomerMail(
                id=mail,
                matter_id=request,
                kind="copy",
                message_id=mail,
                sealed=b"",
                made_at=NOW,
                next_at=NOW,
                state=state,
                settled_at=NOW if state == "accepted" else None,
            )
        )
    store.deadlines.set("customer.link_ends", request, NOW + timedelta(days=14))


@pytest.mark.by_hand
async def test_p8_withdrawn_after_it_went_out_the_link_is_dead_at_once(company: Company) -> None:
    request = await a_request(company)
    await company.database.write(lambda store: _went_out(store, request))
    assert "stops working" in await opened(company, "customer_withdraw", request, company.anna)
    await company.door.enter(withdrawing(request), company.anna)
    view = await viewed(company, request)
    assert (view.request.state, view.link) == ("withdrawn", None)
    assert {one.id: (one.state, one.passcode) for one in view.links} == {
        "L-1": ("withdrawn", ""),
        "L-0": ("bounced", ""),
    }
    assert {one.id: one.state for one in view.mails} == {"M-1": "accepted", "M-2": "dropped"}
    [session] = await company.database.read(lambda store: store.customers.sessions_of("L-1"))
    assert session.ends_at == NOW
    assert await comes(company, "customer.link_ends", request) is None
    detail = (await audit(company, request))[-1][4]
    assert (detail["links"], detail["mails"], detail["on"]) == (["L-1"], ["M-2"], "2026-11-24")


async def test_p8_a_check_that_the_policy_does_not_know_and_an_answer_to_nothing_are_refused(company: Company) -> None:
    request = await a_request(company, check="none")
    form = IdentityForm.read({"check": "by_the_moon", "seen_on": "2026-11-24"})
    assert list((await refusal(company, changing.identify(request, form), company.anna)).fields) == ["check"]
    assert (await refusal(company, answering(request), company.anna)).code == "no_question"
    assert await preview(company, QuestionForm.name, request) == ""


async def test_p8_who_was_asked_and_decides_no_more_reads_no_reason(company: Company) -> None:
    """Until the clock has looked, a card may stand with somebody whose role is another's by now."""
    request = await a_request(company)
    leader = POLICY.role("team_leader").model_copy(update={"holder": email("Miles Fairweather"), "deputies": ()})
    company.door.policy = POLICY.model_copy(update={"roles": POLICY.roles.model_copy(update={"team_leader": leader})})
    told = lines(await seen(company, request, company.tara))
    assert told[0] == "⏳ Customer’s request · waiting for Cora Bellamy"
    assert "If it runs late, that stays on record." in told
    assert replace(await viewed(company, request)).clause == "P8"
