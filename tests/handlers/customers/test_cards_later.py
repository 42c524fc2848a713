"""The card of a customer's request once it was decided, withdrawn or erased (P8, P11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.cards import Actions
from handlers.customers.state import Remarked, Rung, View
from storage.database.store import Store
from storage.tables.customers import CustomerLink, CustomerListening
from tests.each import each
from tests.handlers.builders import Company
from tests.handlers.customers.acts import (
    a_request,
    changed,
    stands,
    viewed,
    withdrawing,
)
from tests.handlers.customers.drawing import SECRETS, at, drawn, pressed
from tests.handlers.reading import lines, seen, whole_of
from tests.moments import NOW

pytestmark = pytest.mark.long


@each(
    ("more", "state", "of_releaser", "of_filer"),
    [
        ({"state": "sending", "outcome": "released"}, "being sent", "[Withdraw]", "[Withdraw]"),
        (
            {"state": "unknown", "outcome": "released"}, "nobody knows whether it arrived", "[Send again] [It arrived] [It bounced]",
            "[Withdraw]",
        ),
        ({"state": "answered", "outcome": "refused", "refusal": "no_call"}, "refused, and the customer told", "[It bounced] [Wrong address]", ""),
        ({"state": "answered", "outcome": "released"}, "sent to the customer", "[It bounced] [Wrong address]", ""),
        ({"state": "answered", "outcome": ""}, "answered", "[It bounced] [Wrong address]", ""),
    ],
)  # fmt: skip
async def test_p8_after_the_decision_the_card_says_first_what_it_came_to(
    company: Company, more: dict[str, Any], state: str, of_releaser: str, of_filer: str
) -> None:
    view = await viewed(company, await a_request(company))
    decided: dict[str, Any] = {"decided_by": company.tara.person_id, "decided_as": "handler", "decided_at": NOW, **more}
    told = at(view, company.tara, **decided)
    assert told[0].endswith(f"Customer’s request · {state}")
    assert pressed(told) == of_releaser
    assert pressed(at(view, company.anna, **decided)) == of_filer
    outcome = {"released": "Released", "refused": "Refused"}.get(more["outcome"])
    if outcome:
        assert told[1] == f"{outcome} by Tara Lindqvist (handler), <24 Nov 03:00 Australia/Sydney>"
    if more.get("refusal"):
        assert told[2].startswith("The reason, as the customer reads it: We hold no recording")
    assert not any("Once it is late" in one for one in told)


def _link(**more: Any) -> CustomerLink:
    return CustomerLink(
        **{"id": "L-1", "matter_id": "C-1", "code": "c", "made_at": NOW, "ends_at": NOW + timedelta(days=14), **more}
    )


async def answered(company: Company) -> tuple[View, dict[str, Any]]:
    """A request whose copy went out late, was opened, heard and fetched; and how its row and all that belongs to it would stand."""
    view = await viewed(company, await a_request(company))
    assert view.known is not None
    me = company.tara.person_id or 0
    rung = [
        Rung(number="+61412345671", on_call=True, by=me, at=NOW),
        Rung(number="+61299999999", on_call=False, by=me, at=NOW, allowed_by=company.anna.person_id),
        Rung(number="+61299999998", on_call=False, by=me, at=NOW, allowed_by=4711),
    ]
    heard = [
        CustomerListening(
            id=f"{one}",
            link_id="L-1",
            matter_id="C-1",
            recording_id=company.calls[0],
            kind=kind,
            start=0,
            end=9,
            at=NOW,
        )
        for one, kind in enumerate(("played", "played", "downloaded"))
    ]
    return view, {
        "state": "answered", "outcome": "released", "decided_by": me, "decided_at": NOW, "answered_at": NOW, "missed_at": view.request.due_at,
        "links": [_link(opened_at=NOW, fetched_at=NOW), _link(id="L-0", state="bounced"), _link(id="L-2", opened_at=NOW, state="ended")],
        "known": view.known.model_copy(update={"rung": rung}), "listenings": heard,
    }  # fmt: skip


async def test_p11_details_say_what_the_customer_had_of_it(company: Company) -> None:
    view, stood = await answered(company)
    told = at(view, company.tara, whole=True, **stood)
    now, mask = "<24 Nov 03:00 Australia/Sydney>", "••••\N{NO-BREAK SPACE}"
    for line in (
        f"Answered: {now}. That is when the mail server took it, or they were told.",
        "⚠️ It was due <03 Dec 06:00 Australia/Sydney> and not answered by then. That stays on record.",
        f"The customer opened the link {now}, and fetched or heard everything {now}.",
        f"Passcode read to {mask}671, by Tara Lindqvist, {now}.",
        f"Passcode read to {mask}999, which Anna Quill allowed, by Tara Lindqvist, {now}.",
        f"Passcode read to {mask}998, which somebody allowed, by Tara Lindqvist, {now}.",
        f"Heard 2 times, last {now}: call of <23 Nov 03:00 Australia/Sydney>",
        f"Downloaded 1 time, last {now}: call of <23 Nov 03:00 Australia/Sydney>",
    ):
        assert line in told
    unopened = at(view, company.tara, whole=True, **{**stood, "links": [_link()]})
    assert "The customer has not opened the link yet. It works until <08 Dec 03:00 Australia/Sydney>." in unopened


async def test_p8_a_link_in_force_has_its_buttons(company: Company) -> None:
    view, stood = await answered(company)
    assert pressed(at(view, company.tara, whole=True, **stood)) == (
        "[Passcode] [It bounced] [Wrong address] [Withdraw]"
    )
    assert pressed(at(view, company.tara, **stood)) == "[Passcode] [It bounced] [Wrong address]"
    assert pressed(at(view, company.anna, **stood)) == "[Withdraw]"


@each("fetched", [True, False])
async def test_p8_it_bounced_asks_before_the_link_ends(company: Company, fetched: bool) -> None:
    """One press ended the link of a customer who had just fetched the call, and said that the mail came back."""
    view, stood = await answered(company)
    stood["links"] = [_link(opened_at=NOW, fetched_at=NOW if fetched else None)]
    every = [
        one for part in drawn(view, company.tara, **stood).parts if isinstance(part, Actions) for one in part.buttons
    ]
    [button] = [one for one in every if one.action == "customer_bounced"]
    asked = button.confirm or ""
    assert "The link stops working at once" in asked
    assert asked.startswith("The calls were fetched by this link") == fetched


async def test_p8_withdrawn_it_says_so_first(company: Company) -> None:
    request = await a_request(company)
    await company.door.enter(withdrawing(request), company.anna)
    told = lines(await seen(company, request, company.tara))
    assert told[:2] == [
        "↩️ Customer’s request · withdrawn",
        "Withdrawn, as Anna Quill wrote down <24 Nov 03:00 Australia/Sydney>.",
    ]
    assert "Anna Quill on the withdrawal: 2026-11-24: By telephone." in told
    assert pressed(told) == ""


async def test_p8_stuck_it_says_that_nobody_may_release_it(company: Company) -> None:
    view = await viewed(company, await a_request(company))
    told = at(view, company.anna, state="stuck")
    assert told[0] == "⚠️ Customer’s request · nobody may release it"
    assert any("Nobody may release it as things are." in one for one in told)


@pytest.mark.by_hand
async def test_p8_once_its_key_is_gone_the_card_notes_that_and_names_nobody(company: Company) -> None:
    request = await a_request(company, said="It was about the invoice of March.")
    await stands(
        company,
        request,
        state="answered",
        outcome="released",
        answered_at=NOW,
        decided_by=company.tara.person_id,
        decided_at=NOW,
    )

    def forget(store: Store) -> None:
        key = store.matter_keys.get(request)
        assert key is not None
        store.matter_keys.destroy(key, NOW)

    await company.database.write(forget)
    view = await viewed(company, request)
    for who in (company.tara, company.anna):
        told = at(view, who, whole=True)
        assert any(
            one.startswith("Who the customer is, and what anybody wrote about it, was erased on ") for one in told
        )
        assert not any(secret in line for line in told for secret in SECRETS)
        assert pressed(told) == ""
    assert view.elsewhere is False


@pytest.mark.by_hand
async def test_p8_a_key_that_is_gone_without_an_end_is_no_erasure(company: Company) -> None:
    request = await a_request(company)
    await company.database.write(lambda store: store.session.delete(store.matter_keys.get(request)))
    assert "Who the customer is, and what anybody wrote about it, is gone." in at(
        await viewed(company, request), company.tara, whole=True
    )


@pytest.mark.by_hand
async def test_p8_six_of_what_was_said_stand_on_the_card_and_all_in_details(company: Company) -> None:
    request = await a_request(company)
    said = [Remarked(kind="odd", by=company.tara.person_id or 0, at=NOW, words=f"Word {one}") for one in range(8)]
    await changed(company, request, remarks=said)
    told = lines(await seen(company, request, company.anna))
    assert [one for one in told if "Word" in one] == [f"Tara Lindqvist: Word {one}" for one in range(2, 8)]
    whole = await whole_of(company, request, company.anna)
    assert whole is not None
    assert sum("Word" in one for one in lines(whole)) == 8


async def test_p8_until_somebody_else_is_asked_it_waits_for_whoever_may_release_it(company: Company) -> None:
    view = await viewed(company, await a_request(company))
    assert at(view, company.anna, parties=[])[0] == "⏳ Customer’s request · waiting for whoever may release it"
