"""A dozen cards and forms as people see them, from the handlers' own card functions and fixed facts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from handlers import home, listening
from handlers.access.cards import question_words, request_card
from handlers.access.forms import AccessForm, AnswerForm, DenyForm, InvestigationForm, PassOnForm
from handlers.access.waiting import in_details
from handlers.away import AbsenceReply as SaidAway
from handlers.away import AwayForm
from handlers.away import entered_page as said_away
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Page, Row, Said, Sheet, Sign, Small, Title, When
from handlers.explaining import clause_page, policy_overview
from handlers.holds import cards as hold_cards
from handlers.holds.room import held_page
from handlers.holds.state import BegunHold, HoldCase, HoldForm, ReleaseForm, RenewForm
from handlers.policy_review import cards as review_cards
from handlers.policy_review.state import CompleteForm, DeclareForm, ReviewCase
from handlers.retention import cards as pause_cards
from handlers.retention.guard import PauseCase
from storage.holds import HeldCall
from storage.pauses import Paused
from storage.tables.calls import Erasure, ErasurePause, Hold, Keep
from storage.tables.reviews import PolicyReview
from tests.golden.requests import (
    ALL_ENDED,
    ANNA,
    APPROVED,
    ASKED,
    CLAIM,
    CONCERNS_TARA,
    CRIME,
    DENIED,
    DEVEN,
    ERASED,
    FOR_TARA,
    HELENA,
    NOW,
    OUT_OF_REACH,
    PASSED_ON,
    PEOPLE,
    POLICY,
    TARA,
    WAITING,
    WANTS_MORE,
    a_call,
    a_person,
    a_request,
    a_view,
    asked,
    written,
)

READER = "Europe/London"


def _review(why: str = "change", stage: str = "review", **facts: Any) -> ReviewCase:
    told = {
        "id": "PR-7F3K2QXM", "key": "k", "why": why, "stage": stage, "due_on": "2028-07-01" if why == "due" else "2026-11-24",
        "asked_at": NOW,
    }  # fmt: skip
    declared = {"begun_by": TARA, "change": "Calls go through another telephone system.", "changed_on": "2026-12-01"}
    review = PolicyReview(**{**told, **(declared if why == "change" else {}), **facts})
    return ReviewCase(review, [asked(review.id)], PEOPLE, POLICY, NOW, reviews=[review], last=date(2026, 7, 1))


def _hold(begun: str, state: str, **facts: Any) -> HoldCase:
    hold = Hold(
        id="H-7F3K2QXM", key="k", begun=begun, asked_by=ANNA if begun == "asked" else HELENA, case_name="Claim 12, March invoice",
        reason="The customer claims damages.\nWe need the exact words.", ends_at=NOW + timedelta(days=7), asked_at=NOW,
        state=state, **facts,
    )  # fmt: skip
    keep = Keep(recording_id=1, matter_id=hold.id, why="hold", since=NOW, ends_at=hold.ends_at)
    old, gone = a_call(400, "+61281979000"), a_call(401, "+442036953777")
    old.state, old.erase_at = "closed", NOW - timedelta(days=35)
    gone.state = "erased"
    erased = Erasure(
        id="E-1", recording_id=401, why="retention", moment=NOW, closed_at=NOW, next_at=NOW, state="erased", erased_at=NOW
    )  # fmt: skip
    calls = [
        HeldCall(keep, gone, erased, 12),
        HeldCall(keep, old, None, 12),
        HeldCall(keep, a_call(1, "+61281979000"), None, 12),
    ]
    hold.concern([TARA])
    return HoldCase(hold, [asked(hold.id)], PEOPLE, POLICY, NOW, calls=calls, number=12)


LISTS = {
    "waiting": home.to_do_list([Row("⏳ Week of Mon 23 Nov 2026: please read it", Button("details", "Details", "WK-1", "primary"), "WK-1")]),
    "access": home.short_list("My access", [Row("Complaint · CS-10442", Button("listen", "Listen", "R-1", "primary"), ("until ", When(NOW)))], "to hear"),
    "notices": home.short_list("Notices to callers", [Row("Phone announcement"), Row("Notice on the website")]),
    "hold": home.short_list("Hold", [Row("Must calls be kept for a case?", Button("hold", "Hold", ""))]),
}  # fmt: skip
RELEASED: dict[str, Any] = {"closed_at": NOW, "closed_by": HELENA, "closing": "The claim is settled.", "set_by": HELENA}


ALL_CAUSES: dict[str, Any] = {"causes": ["many", "seen_late", "restored"]}


def _pause(seen_late: int = 0, **facts: Any) -> PauseCase:
    told = {
        "id": "EP-7F3K2QXM", "asked_at": NOW, "state": "waiting", "causes": ["many"], "day": "2026-11-24", "coming": 82,
    }  # fmt: skip
    row = ErasurePause(**{**told, **facts})
    people = {**PEOPLE, 4: a_person(4, "Ruth Adeyemi")}
    lines = {"+61281979000": 900, "+442036953777": 142}
    waiting = Paused(lines, NOW - timedelta(days=900), NOW - timedelta(days=366), seen_late)
    return PauseCase(row, [asked(row.id)], people, POLICY, NOW, waiting=waiting, restored=NOW - timedelta(days=3))


COMPLETED: dict[str, Any] = {
    "state": "completed", "closed_at": NOW, "completed_by": HELENA, "held_on": "2026-11-24", "next_on": "2028-11-24",
    "took_part": "Helena Marsh, Ruth Adeyemi", "outcome": "changed", "outcome_words": "P5 names the new system.",
}  # fmt: skip
TYPED = (
    "*now* _please_ <!channel> <at>all</at> [here](https://evil.test) {{DATE(2026-11-24T03:00:00Z)}}\n- \u202eאב & <b>"
)

CARDS: Mapping[str, Card] = {
    "request-waiting-approver": request_card(WAITING, TARA),
    "request-waiting-deputy": request_card(FOR_TARA, DEVEN),
    "request-waiting-requester": request_card(WAITING, ANNA),
    "request-question-requester": request_card(ASKED, ANNA),
    "request-approved-requester": request_card(APPROVED, ANNA),
    "request-more-requester": request_card(WANTS_MORE, ANNA),
    "request-more-approver": request_card(WANTS_MORE, TARA),
    "request-declined-requester": request_card(OUT_OF_REACH, ANNA),
    "request-all-ended-requester": request_card(ALL_ENDED, ANNA),
    "request-denied-requester": request_card(DENIED, ANNA),
    "request-erased-requester": request_card(ERASED, ANNA),
    "request-investigation-approver": request_card(a_view(CRIME, HELENA, written=CLAIM), HELENA),
    "request-concerns-approver": request_card(CONCERNS_TARA, HELENA),
    "request-details-approver": in_details(request_card(WAITING, TARA, whole=True), WAITING, TARA),
    "request-passed-on": request_card(PASSED_ON, TARA),
    "request-hostile-words": request_card(a_view(a_request(crm=TYPED), written=written(purpose=TYPED)), TARA),
    "review-due": review_cards.policy_review_card(_review("due"), HELENA),
    "review-change": review_cards.policy_review_card(_review(), HELENA),
    "review-second-person": review_cards.policy_review_card(_review(stage="second"), HELENA),
    "review-completed": review_cards.policy_review_card(_review(**COMPLETED), TARA),
    "hold-waiting": hold_cards.hold_card(_hold("asked", "waiting"), HELENA),
    "hold-waiting-asker": hold_cards.hold_card(_hold("asked", "waiting"), ANNA),
    "hold-in-force": hold_cards.hold_card(_hold("set", "active", set_by=HELENA, set_at=NOW), HELENA),
    "hold-released": hold_cards.hold_card(_hold("asked", "released", **RELEASED), ANNA),
    "pause-many": pause_cards.pause_card(_pause(), HELENA),
    "pause-all": pause_cards.pause_card(_pause(49, **ALL_CAUSES), HELENA),
    "pause-stuck": pause_cards.pause_card(_pause(state="stuck"), HELENA),
    "pause-kept": pause_cards.pause_card(_pause(state="kept", decided_by=HELENA, closed_at=NOW), HELENA),
    "pause-continued": pause_cards.pause_card(_pause(state="continued", decided_by=4, closed_at=NOW), HELENA),
    "home-head": home.front_card({name: LISTS[name] for name in home.AT_HOME if name in LISTS}, (Button("request", "Ask for a recording", "", "primary"),)),
    "home-empty": home.front_card({}, (Button("request", "Ask for a recording", "", "primary"),)),
    "home-closed": home.closed_home("Guests can’t ask for recordings. Please ask a colleague."),
    "every-part": Card(
        (
            Title(Sign.NOTE, "Call recordings", "1 waiting for you"), Heading("Waiting for you"),
            Row("Anna Quill · Training needs", Button("details", "Details", "R-1", "primary"), ("R-1 · ", When(NOW))),
            Row(("Bram Tolliver · until ", When(NOW)), Button("withdraw", "Withdraw", "R-2", "danger", "Bram can no longer hear it."), "R-2"),
            Facts((("Due", When(NOW, "Australia/Sydney")), ("CRM reference", ""))),
            Said("What it is for", "To hear what was said."), Line("The announcement was down.", Sign.ALARM),
            Actions((Button("approve", "Approve", "R-1", "primary"), Button("open", "Open", "x", url="https://steward.example.com/listen"))),
            Small("R-1 · P7"),
        ),
        "Your call recordings at a glance.",
    ),
}  # fmt: skip
PAGES: Mapping[str, Page] = {
    "page-listen": listening.player_page("code", "https://steward.example.com"),
    "page-policy": policy_overview(POLICY, "", True),
    "page-policy-clause": clause_page(POLICY, "P3", True),
    "page-away": said_away(
        SaidAway(
            "You’re away until Fri 27 Nov. If that changes, press I'm back on Home.",
            ("From Thu 26 Nov, no one can act as Team Leader. Please ask the policy’s owner to name a deputy.",),
        )
    ),
    "page-manage": Page(
        "Manage", tuple(home.manage_rows({name: one for name, one in LISTS.items() if name not in home.AT_HOME}))
    ),
    "page-held": held_page(BegunHold("H-7F3K2QXM", NOW + timedelta(days=7), ("Helena Marsh",), 2, (NOW,), 1)),
    "page-policy-sought": policy_overview(POLICY, "how long are calls kept", False),
}
FORMS: Mapping[str, Sheet] = {
    "form-access": AccessForm.sheet(POLICY), "form-investigation": InvestigationForm.sheet(POLICY),
    "form-declare": DeclareForm.sheet(POLICY, intro="A significant change starts a review of the policy now."),
    "form-review-complete": CompleteForm.sheet(POLICY, "PR-7F3K2QXM"),
    "form-pass-on": PassOnForm.sheet(POLICY, "R-2027-0001"),
    "form-hold": HoldForm.sheet(POLICY, intro="The calls are kept at once, for 5 working days."),
    "form-hold-renew": RenewForm.sheet(POLICY, "H-7F3K2QXM"),
    "form-hold-release": ReleaseForm.sheet(POLICY, "H-7F3K2QXM", hold_cards.erasure_warning(3)),
    "form-away": AwayForm.sheet(POLICY, "S-1"), "form-deny": DenyForm.sheet(POLICY, "R-2027-0001"),
    "form-answer": AnswerForm.sheet(POLICY, "R-2027-0001", question_words(ASKED, ANNA)),
}  # fmt: skip
