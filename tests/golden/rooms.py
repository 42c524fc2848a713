"""Cards, pages and forms of the other rooms: declined calls, customers, notices, the digest, the draw and the month (P3, P5, P8, P10)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.cards import Card, Page, Sheet
from handlers.customers import forms, letters
from handlers.customers.cards import customer_card
from handlers.customers.filing import Filed
from handlers.customers.links import NewPasscode, passcode_shown
from handlers.customers.room import page_once_filed, wrong_address_page
from handlers.customers.state import CustomerCase, Details, IdentityCheck, Receipt, Remarked, set_promise
from handlers.declined.cards import declined_card
from handlers.declined.deciding import DeclinedCase, KeepForm
from handlers.digest.room import digest_card
from handlers.digest.steps import DigestCase, DigestNews, WaitingMatter, told_in
from handlers.figures.room import DEADLINES, LEFT_OUT, MISSED, Figures, figures_link_page, figures_page
from handlers.figures.tables import COLUMNS
from handlers.notices.cards import notice_card
from handlers.notices.state import NoticeCase, NoticeForm, OutageForm, WithdrawForm
from handlers.random_review.cards import draw_card
from handlers.random_review.state import DrawCase
from handlers.rules.figures import Table, month_named
from handlers.rules.routing import Involved
from handlers.rules.working_days import calendar_of, due_after
from storage.records import Party
from storage.tables.calls import Declined, Keep, UnregisteredFile
from storage.tables.customers import CustomerLetter, CustomerRequest
from storage.tables.reviews import CallReview, Digest, Draw, NoticeCheck, PageLook
from tests.drawn import a_frozen
from tests.golden.requests import ANNA, HELENA, NOW, PEOPLE, POLICY, TARA, a_call, asked

AU, UK = "+61281979000", "+442036953777"

# --- declined calls

LIVE: dict[str, Any] = {
    "how": "midway", "live": "off", "began": NOW - timedelta(minutes=3), "due_at": NOW + timedelta(days=1), "line": AU,
    "stopped_at": NOW - timedelta(seconds=17),
}  # fmt: skip
AFTER: dict[str, Any] = {"how": "afterwards", "began": NOW - timedelta(days=1), "line": AU}
CHOICES = [
    {"call_id": "7", "line": AU, "caller": "•••• 678", "began": (NOW - timedelta(minutes=3)).isoformat(), "recordings": []},
    {"call_id": "8", "line": UK, "caller": "withheld", "began": NOW.isoformat(), "recordings": []},
]  # fmt: skip


def _declined(state: str, **facts: Any) -> DeclinedCase:
    row = Declined(id="D-7F3K2QXM", said_by=ANNA, asked_at=NOW, state=state, **{"choices": [], "legs": [], **facts})
    calls = [a_call(1, AU)] if row.how == "afterwards" or state in ("kept", "going") else []
    more: dict[str, Any] = {"erased": {}, "claims": (), "kept": frozenset(), "offered": {}}
    return DeclinedCase(
        row, [asked(row.id)] if row.how else [], PEOPLE, POLICY, NOW, calls=calls, unmet=0 if calls else 1, **more
    )


# --- customers' requests

RECEIVED = datetime(2026, 11, 23, 23, tzinfo=UTC)  # Tuesday, 10:00 in Sydney
ADDRESS = "mara.ellis@customer.example"
DECIDED: dict[str, Any] = {
    "decided_by": TARA, "decided_as": "Customer Success Specialist Team Leader", "decided_at": NOW,
}  # fmt: skip


def _known(**more: Any) -> Details:
    told: dict[str, Any] = {
        "name": "Mara Ellis", "address": ADDRESS, "receipts": [Receipt(at=RECEIVED, told_at=NOW, by=ANNA)],
        "identified": IdentityCheck(check="called_back", by=ANNA, at=NOW),
    }  # fmt: skip
    return Details(**{**told, **more})


def _customers(known: Details | None = None, written: tuple[CustomerLetter, ...] = (), **facts: Any) -> CustomerCase:
    told: dict[str, Any] = {
        "id": "C-7F3K2QXM", "key": "k", "same": "s", "filed_by": ANNA, "asker": "customer", "received_at": RECEIVED,
        "sealed": b"", "asked_at": NOW, "salt": "s",
    }  # fmt: skip
    request = CustomerRequest(**{**told, **facts})
    set_promise(request, due_after(calendar_of(POLICY, AU), RECEIVED, 7))
    known = known or _known()
    party = Party(matter_id=request.id, person_id=TARA, part="approver", role="team_leader", since=NOW)
    return CustomerCase(
        involved=Involved(frozenset(known.filers())), matter=request, parties=[party], people=PEOPLE, policy=POLICY, now=NOW,
        known=known, recordings=[a_call(1, AU)], letters=list(written),
    )  # fmt: skip


LINK = CustomerLetter(
    id="L-1", matter_id="C-7F3K2QXM", message_id="m", sealed=b"", made_at=NOW, next_at=NOW, ends_at=NOW + timedelta(days=14), link="live", state="accepted", gives="copy",
)  # fmt: skip
ANSWERED: dict[str, Any] = {"state": "answered", "outcome": "released", "answered_at": NOW, **DECIDED}
NOT_YET = _known(identified=None, address="", shared=True)
AGAIN = _known(
    receipts=[
        Receipt(at=RECEIVED, told_at=NOW, by=ANNA), Receipt(at=RECEIVED - timedelta(days=14), told_at=NOW, by=TARA),
    ],
    remarks=[Remarked(kind="question", by=TARA, at=NOW, words="Which invoice is meant?")],
)  # fmt: skip
SENT = letters.copy_letter(POLICY, Details(name="Mara Ellis", address=ADDRESS, receipts=[Receipt(at=NOW, told_at=NOW, by=1)]), 2, gives="copy")  # fmt: skip
REFUSED = letters.refusal_letter(POLICY, Details(name="Mara Ellis", address=ADDRESS, receipts=[Receipt(at=NOW, told_at=NOW, by=1)]), "", "[the reason that you choose below]")  # fmt: skip

# --- notices

ID = "N-7F3K2QXM"
ENDED: dict[str, Any] = {
    "closed_at": NOW, "decided_by": HELENA, "words": "Rang from my own mobile at ten, and heard every word.",
}  # fmt: skip


def _notice(notice: str, state: str, look: PageLook | None = None, **facts: Any) -> NoticeCase:
    row = NoticeCheck(
        id=ID, notice=notice, why="quarter", digest="0123456789", due_on="2026-11-20", asked_at=NOW, state=state, **facts
    )  # fmt: skip
    return NoticeCase(row, [asked(row.id)], PEOPLE, POLICY, NOW, look=look, needs_outage=state == "no")


SLOW = PageLook(
    id="PL-1", number=1, at=NOW, looked_at=NOW, answer="no", reasons=["website:wording_missing", "contact:slow"], digest="x"
)  # fmt: skip

# --- the digest and the draw

CALLS = [a_call(1, AU), a_call(2, UK)]
WAITS = WaitingMatter(
    "R-2027-0001", "Request R-2027-0001", NOW - timedelta(days=3), ("Tara Lindqvist",), late=True, stuck=False
)
NEWS = DigestNews(
    {AU: 12, UK: 3}, CALLS, {"unavailable": 2}, [WAITS],
    [(Keep(recording_id=1, matter_id="H-1", why="hold", since=NOW, ends_at=NOW), CALLS[0])], CALLS[1:],
    [UnregisteredFile(system="file", native_id="a", stamp="", why="empty", size=0, modified=NOW, first_seen=NOW)], ["Bram Tolliver has no account that I can find."],
)  # fmt: skip


def _digest(faults: int) -> DigestCase:
    row = Digest(
        id="WK-7F3K2QXM", week="2026-11-23", asked_at=NOW, state="waiting", verified_at=NOW, verified_to=4210, faults=faults
    )  # fmt: skip
    return DigestCase(row, [asked(row.id)], PEOPLE, POLICY, NOW)


def _draw(state: str, **facts: Any) -> DrawCase:
    row = Draw(id="RD-7F3K2QXM", month="2026-10", frozen={}, list_hash="", asked_at=NOW, state=state, review_until=NOW + timedelta(days=20), **facts)  # fmt: skip
    reviews = [
        CallReview(id=f"RV-{one}", draw_id=row.id, key=f"{one}", department="sales", recording_id=one, place=one, reviewer=TARA, state="waiting", asked_at=NOW)
        for one in (1, 2, 3)
    ]  # fmt: skip
    calls = {one: a_call(one, AU) for one in (1, 2, 3)}
    return DrawCase(
        row, [asked(row.id)], PEOPLE, POLICY, NOW, frozen=a_frozen(), reviews=reviews if state == "drawn" else [], calls=calls
    )  # fmt: skip


# --- the month

_REQUESTS = (
    ("Staff requests", 14, 9, 2, 1, 1, 1, 3.2, 19.0),
    ("Customers’ requests", 22, 18, 2, 1, None, 3, 11.5, 40.2),
)
_MISSED = ("Customer’s request", "C-7F3K2QXM", "Tue 13 Oct 2026, 17:00 Sydney", "decided in time; its e-mail was late")
_ANSWERED = ("Customers answered within 7 working days (P8)", 19, 2, 0)
_TABLES = (
    Table("requests", "Requests", "P7 · P8 · P9", COLUMNS, _REQUESTS, "", "Hours are working hours."),
    Table("deadlines", "Deadlines", "P8", DEADLINES, (_ANSWERED,), ""),
    Table("missed", "Deadlines that were missed", "", MISSED, (_MISSED,) * 10, ""),
    Table("holds", "Holds", "P12", (), (), "There were no holds."),
)
_MONTH = Figures(
    month_named(POLICY, "2026-10", NOW), _TABLES, "Australia/Sydney", LEFT_OUT.format(months_after="12 months after")
)

CARDS: Mapping[str, Card] = {
    "declined-looking": declined_card(_declined("looking"), ANNA),
    "declined-no-answer": declined_card(_declined("looking", trouble="unreachable"), ANNA),
    "declined-two-calls": declined_card(_declined("choosing", choices=CHOICES), ANNA),
    "declined-off": declined_card(_declined("waiting", **LIVE), ANNA),
    "declined-off-head": declined_card(_declined("waiting", **LIVE), HELENA),
    "declined-still": declined_card(_declined("waiting", **{**LIVE, "live": "still", "legs": ["customer"]}), ANNA),
    "declined-after": declined_card(_declined("waiting", **AFTER), ANNA),
    "declined-after-head": declined_card(_declined("waiting", **AFTER), HELENA),
    "declined-kept": declined_card(
        _declined("kept", **{**LIVE, "live": "over", "decided_by": HELENA, "reason": "agreed"}), ANNA
    ),
    "declined-going": declined_card(_declined("going", **{**AFTER, "decided_by": HELENA}), HELENA),
    "customer-waiting-releaser": customer_card(_customers(), TARA),
    "customer-waiting-filer": customer_card(_customers(), ANNA),
    "customer-details-releaser": customer_card(_customers(), TARA, whole=True),
    "customer-not-identified": customer_card(_customers(NOT_YET), TARA),
    "customer-asked-again": customer_card(_customers(AGAIN), ANNA),
    "customer-unknown": customer_card(_customers(state="unknown", outcome="released", **DECIDED), TARA),
    "customer-answered": customer_card(_customers(None, (LINK,), **ANSWERED), TARA),
    "customer-answered-details": customer_card(_customers(None, (LINK,), **ANSWERED), TARA, whole=True),
    "customer-withdrawn": customer_card(_customers(state="withdrawn", closed_at=NOW), ANNA),
    "notice-phone": notice_card(_notice("phone", "waiting"), HELENA),
    "notice-website": notice_card(_notice("website", "waiting", look=SLOW), HELENA),
    "notice-confirmed": notice_card(_notice("phone", "confirmed", **ENDED), HELENA),
    "notice-no": notice_card(_notice("outgoing", "no", **ENDED), HELENA),
    "digest": digest_card(_digest(0), told_in(NEWS), HELENA),
    "digest-broken": digest_card(_digest(2), told_in(NEWS), HELENA),
    "draw-reviewer": draw_card(_draw("drawn", signature="s"), TARA),
    "draw-late": draw_card(_draw("waiting", trouble="silent"), HELENA, head=True),
}  # fmt: skip
PAGES: Mapping[str, Page] = {
    "page-month": figures_page(_MONTH),
    "page-month-link": figures_link_page("code", "https://steward.example.com", "2026-10"),
    "page-customer-filed": page_once_filed(Filed("C-7F3K2QXM", NOW + timedelta(days=9), "Australia/Sydney")),
    "page-customer-filed-again": page_once_filed(
        Filed(
            "C-7F3K2QXM", NOW + timedelta(days=9), "Australia/Sydney", joined=True, waits="to be identified",
            warnings=("Several customers use this number. A matching number is no proof.",),
        )
    ),
    "customer-passcode": passcode_shown(NewPasscode("004217", "+61412345671", 2), ""),
    "customer-wrong-address": wrong_address_page(None, ""),
}  # fmt: skip
FORMS: Mapping[str, Sheet] = {
    "form-customer": forms.CustomerForm.sheet(POLICY, "S-1"),
    "form-customer-authority": forms.AuthorityForm.sheet(POLICY, "S-1"),
    "form-customer-colleague": forms.FilingForm.sheet(POLICY, "S-1"),
    "form-customer-identity": forms.IdentityForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-address": forms.AddressForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-answer": forms.AnswerForm.sheet(POLICY, "C-7F3K2QXM", "Tara Lindqvist asks:\nWhich invoice is meant?"),
    "form-customer-withdraw": forms.WithdrawForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-release": forms.ReleaseForm.sheet(
        POLICY, "C-7F3K2QXM", letters.preview_letter(ADDRESS, SENT, letters.OPEN)
    ),
    "form-customer-weighed": forms.WeighedForm.sheet(
        POLICY, "C-7F3K2QXM", letters.preview_letter(ADDRESS, SENT, letters.OPEN)
    ),
    "form-customer-refuse": forms.RefuseForm.sheet(POLICY, "C-7F3K2QXM", letters.preview_letter("", REFUSED)),
    "form-customer-question": forms.QuestionForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-customer-number": forms.NumberForm.sheet(POLICY, "C-7F3K2QXM"),
    "form-declined-keep": KeepForm.sheet(POLICY, "D-7F3K2QXM", "The caller declined to be recorded."),
    "form-notice": NoticeForm.sheet(POLICY, f"{ID}:01234567", "Phone each line from outside and listen."),
    "form-outage": OutageForm.sheet(POLICY),
    "form-outage-withdraw": WithdrawForm.sheet(POLICY, "O-7F3K2QXM", "It was entered on Tue 24 Nov 2026."),
}  # fmt: skip
