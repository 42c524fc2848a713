"""What may still be written down of a customer's request, by whoever holds its card, and what that moves (P8)."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import FORMS
from handlers.customers.forms import IdentityForm
from handlers.customers.intents import Identify
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import Company, email, refusal, words_for
from tests.handlers.customers.acts import (
    a_request,
    addressing,
    identify,
    known_of,
    opened,
    remarked,
    stored,
    viewed,
    withdrawing,
)

pytestmark = pytest.mark.long

GONE = "I can't find this request."


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


async def test_p8_whoever_identified_them_may_release_it_and_whoever_releases_it_hears_of_it(company: Company) -> None:
    request = await a_request(company, check="none")
    await identify(company, request, company.anna)
    assert f"Anna Quill identified who asks: customer’s request {request}. Press Details to see it." in await words_for(
        company, company.tara
    )
    await identify(company, request, company.cora, check="signed_in")
    view = await viewed(company, request)
    assert {view.people[one.person_id].email_key for one in view.approvers} == {
        email("Tara Lindqvist"),
        email("Cora Bellamy"),
    }


@each(("more", "field"), [({"check": "by_the_moon"}, "check"), ({"seen_on": "2026-11-25"}, "seen_on")])
async def test_p8_how_and_when_is_possible_or_told_at_its_field(
    company: Company, more: dict[str, Any], field: str
) -> None:
    request = await a_request(company, check="none")
    form = IdentityForm.read({"check": "document", "seen_on": "2026-11-24", **more})
    assert list((await refusal(company, Identify(request, form), company.anna)).fields) == [field]


async def test_p8_for_whoever_holds_no_card_there_is_no_such_request(company: Company) -> None:
    request = await a_request(company)
    form = IdentityForm.read({"check": "document", "seen_on": "2026-11-24"})
    wanted = (
        Identify(request, form),
        addressing(request, "a@b.com"),
        withdrawing(request),
    )
    for intent in wanted:
        assert str(await refusal(company, intent, company.bram)) == GONE
    assert str(await refusal(company, Identify("C-NOBODY", form), company.anna)) == GONE
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
        ("a@gmial.com", None, "address_again"),
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
    with pytest.raises(Refused, match="Nobody has asked anything"):
        await opened(company, "customer_answer", request, company.anna)
    await remarked(company, request, "question", "Which invoice?", company.tara)
    assert await opened(company, "customer_answer", request, company.anna) == "Tara Lindqvist asks:\nWhich invoice?"
    await remarked(company, request, "answer", "That of March.", company.anna)
    with pytest.raises(Refused, match="Nobody has asked anything"):
        await opened(company, "customer_answer", request, company.anna)
    assert FORMS["customer_answer"].send(request, None, "").action == "customer.answer"
