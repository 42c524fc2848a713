"""What the person who releases a customer's request fills in and reads, as it is drawn (P8)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.cards import Page, Sheet
from handlers.customers import forms, letters
from handlers.customers.links import Shown, passcode_shown
from handlers.customers.room import wrong_address_page
from handlers.customers.state import Known, Receipt
from tests.golden.requests import NOW, POLICY

REQUEST, ADDRESS = "C-7F3K2QXM", "mara.ellis@customer.example"
KNOWN = Known(name="Mara Ellis", address=ADDRESS, receipts=[Receipt(at=NOW, told_at=NOW, by=1)])


COPY = letters.copy_letter(POLICY, KNOWN, 2, gives="copy")
REFUSED = letters.refusal_letter(POLICY, KNOWN, "", "[the reason that you choose below]")

PAGES: Mapping[str, Page] = {
    "customer-passcode": passcode_shown(Shown("004217", "+61412345671", 2), ""),
    "customer-wrong-address": wrong_address_page(None, ""),
}
FORMS: Mapping[str, Sheet] = {
    "form-customer-release": forms.ReleaseForm.sheet(
        POLICY, REQUEST, letters.preview_letter(ADDRESS, COPY, letters.OPEN)
    ),
    "form-customer-weighed": forms.WeighedForm.sheet(
        POLICY, REQUEST, letters.preview_letter(ADDRESS, COPY, letters.OPEN)
    ),
    "form-customer-refuse": forms.RefuseForm.sheet(POLICY, REQUEST, letters.preview_letter("", REFUSED)),
    "form-customer-question": forms.QuestionForm.sheet(POLICY, REQUEST),
    "form-customer-number": forms.NumberForm.sheet(POLICY, REQUEST),
}
