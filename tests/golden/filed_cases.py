"""Customers' requests as people meet them: their cards, what stands there once one is filed, and the filer's forms (P8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.cards import Card, Page, Sheet
from handlers.customers import forms
from handlers.customers.cards import customer_card
from handlers.customers.filing import Filed
from handlers.customers.room import page_once_filed as filed
from handlers.customers.state import CustomerCase, Identified, Known, Receipt, Remarked, set_promise
from handlers.rules.routing import Involved
from handlers.rules.working_days import calendar_of, due_after
from storage.records import Party
from storage.tables.customers import CustomerLetter, CustomerRequest
from tests.golden.requests import ANNA, NOW, POLICY, TARA, a_call, a_person

AU = "+61281979000"
ASKED = datetime(2026, 11, 23, 23, tzinfo=UTC)  # Tuesday, 10:00 in Sydney
DECIDED: dict[str, Any] = {
    "decided_by": TARA,
    "decided_as": "Customer Success Specialist Team Leader",
    "decided_at": NOW,
}


def _known(**more: Any) -> Known:
    told: dict[str, Any] = {
        "name": "Mara Ellis", "address": "mara.ellis@customer.example",
        "receipts": [Receipt(at=ASKED, told_at=NOW, by=ANNA)],
        "identified": Identified(check="called_back", by=ANNA, at=NOW),
    }  # fmt: skip
    return Known(**{**told, **more})


def view(known: Known | None = None, letters: tuple[CustomerLetter, ...] = (), **facts: Any) -> CustomerCase:
    """One request as it would stand."""
    told: dict[str, Any] = {
        "id": "C-7F3K2QXM", "key": "k", "same": "s", "filed_by": ANNA, "asker": "customer", "received_at": ASKED,
        "sealed": b"", "asked_at": NOW, "salt": "s",
    }  # fmt: skip
    request = CustomerRequest(**{**told, **facts})
    set_promise(request, due_after(calendar_of(POLICY, AU), ASKED, 7))
    people = {number: a_person(number, name) for number, name in ((ANNA, "Anna Quill"), (TARA, "Tara Lindqvist"))}
    party = Party(matter_id=request.id, person_id=TARA, part="approver", role="team_leader", since=NOW)
    known = known or _known()
    wrote = Involved(frozenset(known.filers()))
    return CustomerCase(
        involved=wrote, matter=request, parties=[party], people=people, policy=POLICY, now=NOW, known=known, recordings=[a_call(1, AU)],
        letters=list(letters),
    )  # fmt: skip


LINK = CustomerLetter(
    id="L-1", matter_id="C-7F3K2QXM", message_id="m", sealed=b"", made_at=NOW, next_at=NOW, ends_at=NOW + timedelta(days=14), link="live", gives="copy",
)  # fmt: skip
ANSWERED: dict[str, Any] = {"state": "answered", "outcome": "released", "answered_at": NOW, **DECIDED}
NOT_YET = _known(identified=None, address="", shared=True)
AGAIN = _known(
    receipts=[
        Receipt(at=ASKED, told_at=NOW, by=ANNA), Receipt(at=ASKED - timedelta(days=14), told_at=NOW, by=TARA),
    ],
    remarks=[Remarked(kind="question", by=TARA, at=NOW, words="Which invoice is meant?")],
)  # fmt: skip

CARDS: Mapping[str, Card] = {
    "customer-waiting-releaser": customer_card(view(), TARA),
    "customer-waiting-filer": customer_card(view(), ANNA),
    "customer-details-releaser": customer_card(view(), TARA, whole=True),
    "customer-not-identified": customer_card(view(NOT_YET), TARA),
    "customer-asked-again": customer_card(view(AGAIN), ANNA),
    "customer-unknown": customer_card(view(state="unknown", outcome="released", **DECIDED), TARA),
    "customer-answered": customer_card(view(None, (LINK,), **ANSWERED), TARA),
    "customer-answered-details": customer_card(view(None, (LINK,), **ANSWERED), TARA, whole=True),
    "customer-withdrawn": customer_card(view(state="withdrawn", closed_at=NOW), ANNA),
}
PAGES: Mapping[str, Page] = {
    "page-customer-filed": filed(Filed("C-7F3K2QXM", NOW + timedelta(days=9), "Australia/Sydney")),
    "page-customer-filed-again": filed(
        Filed(
            "C-7F3K2QXM", NOW + timedelta(days=9), "Australia/Sydney", joined=True, waits="to be identified",
            warnings=("This number is used by more than one customer. A matching number is no proof.",),
        )
    ),
}  # fmt: skip
FORMS: Mapping[str, Sheet] = {
    "form-customer": forms.CustomerForm.sheet(POLICY, "S-1"),
    "form-customer-authority": forms.AuthorityForm.sheet(POLICY, "S-1"),
    "form-customer-colleague": forms.FilingForm.sheet(POLICY, "S-1"),
    "form-customer-identity": forms.IdentityForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-address": forms.AddressForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-answer": forms.AnswerForm.sheet(POLICY, "C-7F3K2QXM", "Tara Lindqvist asks:\nWhich invoice is meant?"),
    "form-customer-withdraw": forms.WithdrawForm.sheet(POLICY, "C-7F3K2QXM"),
}  # fmt: skip
