"""The card of a customer's request for each reader, in every state; and its row at home (P8, P11)."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.acting import Actor
from handlers.cards import Actions, Card
from handlers.customers.cards import customer_card, mask_address
from handlers.customers.state import CustomerCase
from handlers.sealing import Unopened
from storage.tables.customers import CustomerLetter, CustomerRequest
from tests.each import each
from tests.handlers.builders import Company, call, missed, register
from tests.handlers.customers.acts import a_request, stands, stored, viewed
from tests.handlers.customers.releasing import accepted, release
from tests.handlers.forgetting.words import destroy_key
from tests.handlers.reading import card_of, detailed, lines, listed, seen, title
from tests.moments import NOW

SECRETS = ("Mara", "mara.ellis", "The invoice of March")
MASK, WHEN = "••••\N{NO-BREAK SPACE}", "<24 Nov 03:00 Australia/Sydney>"

pytestmark = pytest.mark.long


def at(view: CustomerCase, reader: Actor, *, whole: bool = False, **more: Any) -> list[str]:
    """What a card would say if its request stood so."""
    return lines(drawn(view, reader, whole=whole, **more))


def drawn(view: CustomerCase, reader: Actor, *, whole: bool = False, **more: Any) -> Card:
    """The card if its request stood so."""
    row = CustomerRequest(**{
        **{one.name: getattr(view.matter, one.name) for one in fields(CustomerRequest) if one.init},
        **{name: one for name, one in more.items() if hasattr(view.matter, name)},
    })  # fmt: skip
    rest = {name: one for name, one in more.items() if not hasattr(view.matter, name)}
    return customer_card(replace(view, matter=row, **rest), reader.person_id or 0, whole=whole)


def pressed(told: list[str]) -> str:
    return next((one for one in told if one.startswith("[")), "")


async def test_p8_a_person_who_only_holds_a_copy_reads_no_name_and_no_address(company: Company) -> None:
    """A person who was asked while others were away, and may not release it any more."""
    view = await viewed(company, await a_request(company, asker="authority"))
    former = [replace(one, part="former", person_id=company.ruth.person_id or 0) for one in view.parties[:1]]
    people = view.people | {company.ruth.person_id or 0: view.people[company.anna.person_id or 0]}
    told = at(view, company.ruth, parties=[*view.parties, *former], people=people)
    assert not any(secret in line for line in told for secret in SECRETS)
    assert told[0].startswith("⏳ A customer asks for Monday’s call")
    assert {
        "Asked by: Someone with the customer’s written authority", "Authority: shown by a letter", "E-mail to: m•••@•••.example",
    } <= set(told)  # fmt: skip
    assert any("CS-10443" in one for one in told)
    assert mask_address("m@b.co.uk") == "m•••@•••.uk"


async def test_p8_the_first_call_is_on_the_card_and_all_in_details(company: Company) -> None:
    more = await register(
        company.door, *(call(n, native_id=f"m-{n}", caller="+61412345671", crm="") for n in range(4, 10))
    )
    request = await a_request(company, recordings=[f"{one}" for one in (company.calls[0], *more)])
    told = lines(await seen(company, request, company.tara))
    assert told[0].startswith("⏳ Mara Ellis asks for 7 calls with ") and told[1].endswith(" · +6 more [Details]")
    whole = await detailed(company, request, company.tara)
    assert sum(one.startswith("📞") for one in lines(whole)) == 7
    number = await a_request(company, recordings=["number:+61412345671"], asker="relative")
    told = lines(await seen(company, number, company.anna))
    assert told[0].startswith(f"⏳ Mara Ellis asks for all calls with {MASK}671 (7)")


def _link(**more: Any) -> CustomerLetter:
    told: dict[str, Any] = {
        "id": "L-1", "matter_id": "C-1", "message_id": "m", "sealed": b"", "made_at": NOW, "next_at": NOW,
        "ends_at": NOW + timedelta(days=14), "link": "live", "state": "accepted", "gives": "copy",
    }  # fmt: skip
    return CustomerLetter(**{**told, **more})


async def test_p11_a_customer_with_the_name_of_who_took_the_call_hides_them_from_no_releaser(company: Company) -> None:
    told = lines(await seen(company, await a_request(company, person="Bram Tolliver"), company.tara))
    assert "Bram Tolliver asks for" in told[0]
    assert "· Bram Tolliver" in told[1]


@each(
    ("more", "state", "of_releaser", "of_filer"),
    [
        ({"state": "sending", "outcome": "released"}, "being sent", "[Withdraw]", "[Withdraw]"),
        (
            {"state": "unknown", "outcome": "released"}, "the e-mail may not have arrived", "[Send again] [It arrived] [It bounced]",
            "[Withdraw]",
        ),
        ({"state": "answered", "outcome": "refused", "refusal": "no_call"}, "refused, and the customer told", "", ""),
        (
            {"state": "answered", "outcome": "refused", "refusal": "no_call", "letters": [_link(link=None)]}, "refused, and the customer told",
            "[It bounced] [Wrong address]", "",
        ),
        (
            {"state": "answered", "outcome": "released", "letters": [_link()]}, "sent",
            "[Passcode] [It bounced] [Wrong address]", "[Withdraw]",
        ),
        (
            {"state": "answered", "outcome": "released", "letters": [_link(opened_at=NOW, fetched_at=NOW)]}, "heard",
            "[Wrong address] [Withdraw]", "[Withdraw]",
        ),
    ],
)  # fmt: skip
async def test_p8_after_the_decision_the_card_says_first_what_it_came_to(
    company: Company, more: dict[str, Any], state: str, of_releaser: str, of_filer: str
) -> None:
    view = await viewed(company, await a_request(company))
    decided: dict[str, Any] = {"decided_by": company.tara.person_id, "decided_as": "handler", "decided_at": NOW, **more}
    told = at(view, company.tara, **decided)
    assert told[0].endswith(f" · {state}")
    assert pressed(told) == of_releaser
    told = at(view, company.tara, whole=True, **decided)
    assert pressed(at(view, company.anna, **decided)) == of_filer
    outcome = {"released": "Released", "refused": "Refused"}[more["outcome"]]
    assert told[1] == f"{outcome} by Tara Lindqvist (handler), {WHEN}."
    if more.get("refusal"):
        assert told[2].startswith("The reason, as the customer reads it: We have no recording")


@each("opened", [True, False])
async def test_p8_it_bounced_asks_first_and_is_gone_once_the_link_was_opened(company: Company, opened: bool) -> None:
    """One press ended the link of a customer who had just fetched the call, and said that the mail came back."""
    view, me = await viewed(company, await a_request(company)), company.tara.person_id
    stood: dict[str, Any] = {
        "state": "answered", "outcome": "released", "decided_by": me, "decided_at": NOW, "answered_at": NOW,
        "letters": [_link(opened_at=NOW if opened else None)],
    }  # fmt: skip
    every = [
        one for part in drawn(view, company.tara, **stood).parts if isinstance(part, Actions) for one in part.buttons
    ]
    asked = [one.confirm or "" for one in every if one.action == "customer_bounced"]
    assert (asked == []) if opened else "This stops the link at once" in asked[0]


@pytest.mark.by_hand
async def test_p8_once_its_key_is_gone_the_card_notes_that_and_names_no_one(company: Company) -> None:
    request = await a_request(company)
    decided: dict[str, Any] = {"decided_by": company.tara.person_id, "decided_at": NOW}
    await stands(company, request, state="answered", outcome="released", answered_at=NOW, **decided)
    await destroy_key(company, request)
    view = await viewed(company, request)
    for who in (company.tara, company.anna):
        told = at(view, who, whole=True)
        assert any(
            one.startswith("The customer’s details, and everything written about the request, were erased ")
            for one in told
        )
        assert not any(secret in line for line in told for secret in SECRETS)
        assert pressed(told) == ""


async def test_p8_home_has_them_with_the_one_first_due_at_the_top(company: Company) -> None:
    later = await a_request(company)
    first = await a_request(company, recordings=[f"{company.calls[1]}"], received_on="2026-11-23")
    none = await a_request(company, recordings=[])
    told = [one for one in lines(await listed(company, company.tara)) if "Details" in one]
    assert next(name for name in (later, first, none) if name in told[0]) == first
    assert told[0].startswith(
        "⏳ Mara Ellis asks for Sunday’s call with ••••\N{NO-BREAK SPACE}672 (CS-10444 · due <02 Dec 06:00"
    )
    assert any("asks for a call (due" in one for one in told)
    home = await listed(company, company.tara)
    assert "3 to do" in title(home)
    assert "# Customers’ requests" not in lines(home)
    mine = lines(await listed(company, company.anna))
    assert sum("Details" in one for one in mine) == 3
    assert "to do" not in mine[0]
    assert "# Customers’ requests" in mine
    assert "# Customers’ requests" not in lines(await listed(company, company.bram))


async def test_p8_home_says_when_the_customer_needs_the_passcode(company: Company) -> None:
    await release(company, await a_request(company))
    await accepted(company)
    [told] = [one for one in lines(await listed(company, company.tara)) if "Details" in one]
    assert told.startswith("⏳ Mara Ellis asked for Monday’s call with ")
    assert " · read out the passcode by phone (" in told


async def test_p8_home_has_what_went_out_until_its_link_is_opened(company: Company) -> None:
    await release(company, await a_request(company))
    await accepted(company)
    assert any("the link works until <08 Dec 03:00" in one for one in lines(await listed(company, company.tara)))


async def test_p8_only_the_filer_or_releaser_reads_it_on_a_card(company: Company) -> None:
    request = await a_request(company)
    await missed(company, request, company.tara)
    cards = {name: await card_of(company, request, who) for name, who in company.people.items()}
    readers = {name for name, card in cards.items() if card is not None and "Mara" in str(lines(card))}
    assert readers == {"anna", "cora", "deven"}
    assert not [card for card in cards.values() if card is not None and "Mara" in card.summary]


@pytest.mark.by_hand
async def test_p8_a_sealed_paper_that_was_moved_does_not_open(company: Company) -> None:
    first, second = await a_request(company), await a_request(company, recordings=[])
    await stands(company, first, sealed=(await stored(company, second)).sealed)
    with pytest.raises(Unopened):
        await viewed(company, first)
