"""A dozen cards and forms as people meet them, from the handlers' own card functions and fixed facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from handlers import home, listening
from handlers.access.cards import card, question
from handlers.access.forms import AccessForm, AnswerForm, DenyForm, InvestigationForm, PassOnForm
from handlers.access.passing import whole
from handlers.access.view import View
from handlers.away.forms import AwayForm
from handlers.away.intents import Said as SaidAway
from handlers.away.room import said as said_away
from handlers.cards import Actions, Button, Card, Facts, Heading, Line, Page, Row, Said, Sheet, Sign, Small, Title, When
from handlers.explaining.pages import clause, overview
from handlers.policy import load_policy
from handlers.policy_review import cards as review_cards
from handlers.policy_review.forms import CompleteForm, DeclareForm
from handlers.policy_review.view import View as ReviewView
from handlers.who_decides.form import WhoDecidesForm
from storage.concerned_records import Concerned
from storage.policy_records import PolicyReview
from storage.records import Grant, Party, Person, Recording, Remark, Request

POLICY = load_policy((Path(__file__).parents[2] / "policy.yaml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday, 14:00 in Sydney
READER = "Europe/London"
ANNA, TARA, HELENA = 1, 2, 3


def _person(number: int, name: str) -> Person:
    address = f"{name.lower().replace(' ', '.')}@fernhill.example"
    person = Person(email_key=address, email=address, name=name, zone="Australia/Sydney")
    person.id = number
    return person


def _call(number: int, line: str) -> Recording:
    started = NOW - timedelta(days=number)
    made = Recording(
        system="file", native_id=f"call-{number}", stamp="1", line=line, direction="incoming",
        caller=f"+6141234567{number}", operator_name="Bram Tolliver", operator_key="bram.tolliver@fernhill.example",
        department="customer_success", started=started, local_day=f"{started:%Y-%m-%d}", seconds=61.0 * number,
        crm="CS-10442", media_type="audio/wav", size=488_000,
    )  # fmt: skip
    made.id = number
    return made


def _request(**facts: Any) -> Request:
    told = {
        "id": "R-2027-0001", "key": "k", "fingerprint": "t", "requester_id": ANNA, "reason": "complaint", "crm": "CS-10442",
        "purpose": "A customer says that we promised a refund.\nI need the exact words.", "asked_at": NOW,
    }  # fmt: skip
    return Request(**{**told, **facts})


def _view(request: Request, approver: int = TARA, **facts: Any) -> View:
    people = {
        one.id: one
        for one in (_person(ANNA, "Anna Quill"), _person(TARA, "Tara Lindqvist"), _person(HELENA, "Helena Marsh"))
    }
    parties = [Party(matter_id=request.id, person_id=approver, part="approver", role="team_leader", since=NOW)]
    calls = [_call(1, "+61281979000"), _call(2, "+442036953777")]
    return replace(View(request, calls, parties, [], None, people, [], frozenset(), POLICY, NOW), **facts)


def _remark(kind: str, person: int, words: str) -> Remark:
    return Remark(id=f"N-{kind}", matter_id="R-2027-0001", person_id=person, kind=kind, words=words, at=NOW)


WAITING = _view(_request())
PASSED_ON = replace(
    _view(_request(), HELENA), remarks=[_remark("passed_on", TARA, "The customer is my aunt.")], parties=[
        Party(matter_id="R-2027-0001", person_id=TARA, part="passed", role="team_leader", since=NOW),
        Party(matter_id="R-2027-0001", person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW),
    ],
)  # fmt: skip
ASKED = replace(WAITING, remarks=[_remark("question", TARA, "Which complaint is this?")])
DECIDED: dict[str, Any] = {"closed_at": NOW, "decided_by": TARA, "decided_as": "team leader"}
DENIED = _view(_request(state="denied", decision_words="The complaint was closed in May.", **DECIDED))
GRANT = Grant(
    id="G-1", matter_id="R-2027-0001", person_id=ANNA, starts_at=NOW, ends_at=NOW + timedelta(days=POLICY.access.days)
)
APPROVED = _view(_request(state="approved", **DECIDED), grant=GRANT)
RESTORED = replace(
    APPROVED,
    grant=Grant(
        id="G-2", matter_id="R-2027-0001", person_id=ANNA, starts_at=NOW, ends_at=GRANT.ends_at, ended_at=NOW,
        ended_why="restored",
    ),
)  # fmt: skip
CRIME = _request(
    reason="legal_claim", legal_matter="Claim of a customer, March invoice", basis="Claim 4711", audience="Nobody"
)
CONCERNS_TARA = _view(CRIME, HELENA, concerned=(Concerned(matter_id="R-2027-0001", person_id=TARA, email_key="t"),))


def _review(why: str = "change", stage: str = "review", **facts: Any) -> ReviewView:
    told = {
        "id": "PR-7F3K2QXM", "key": "k", "why": why, "stage": stage, "due_on": "2028-07-01" if why == "due" else "2026-11-24",
        "asked_at": NOW, "salt": "s",
    }  # fmt: skip
    declared = {"declared_by": TARA, "change": "Calls go through another telephone system.", "changed_on": "2026-12-01"}
    review = PolicyReview(**{**told, **(declared if why == "change" else {}), **facts})
    people = {one.id: one for one in (_person(TARA, "Tara Lindqvist"), _person(HELENA, "Helena Marsh"))}
    party = Party(matter_id=review.id, person_id=HELENA, part="approver", role="head_of_customer_success", since=NOW)
    return ReviewView(review, [party], people, POLICY, NOW, date(2026, 7, 1))


COMPLETED: dict[str, Any] = {
    "state": "completed", "closed_at": NOW, "completed_by": HELENA, "held_on": "2026-11-24", "next_on": "2028-11-24",
    "took_part": "Helena Marsh, Ruth Adeyemi", "outcome": "changed", "outcome_words": "P5 names the new system.",
}  # fmt: skip
TYPED = (
    "*now* _please_ <!channel> <at>all</at> [here](https://evil.test) {{DATE(2026-11-24T03:00:00Z)}}\n- \u202eאב & <b>"
)

CARDS: Mapping[str, Card] = {
    "request-waiting-approver": card(WAITING, TARA),
    "request-waiting-requester": card(WAITING, ANNA),
    "request-question-requester": card(ASKED, ANNA),
    "request-approved-requester": card(APPROVED, ANNA),
    "request-restored-requester": card(RESTORED, ANNA),
    "request-denied-requester": card(DENIED, ANNA),
    "request-investigation-approver": card(_view(CRIME, HELENA), HELENA),
    "request-concerns-approver": card(CONCERNS_TARA, HELENA),
    "request-details-approver": whole(card(WAITING, TARA), WAITING, TARA),
    "request-passed-on": card(PASSED_ON, TARA),
    "request-hostile-words": card(_view(_request(purpose=TYPED, crm=TYPED)), TARA),
    "review-due": review_cards.card(_review("due"), HELENA),
    "review-change": review_cards.card(_review(), HELENA),
    "review-second-person": review_cards.card(_review(stage="second"), HELENA),
    "review-completed": review_cards.card(_review(**COMPLETED), TARA),
    "home-closed": home.closed("Guests can’t ask for recordings. Please ask a colleague."),
    "every-part": Card(
        (
            Title(Sign.NOTE, "Call recordings", "1 waiting for you"),
            Heading("Waiting for you"),
            Row("Anna Quill · Training needs", Button("details", "Details", "R-1", "primary"), ("R-1 · ", When(NOW))),
            Row(("Bram Tolliver · until ", When(NOW)), Button("withdraw", "Withdraw", "R-2", "danger", "Bram can no longer hear it."), "R-2"),
            Facts((("Due", When(NOW, "Australia/Sydney")), ("CRM reference", ""))),
            Said("What it is for", "To hear what was said."),
            Line("The announcement was down.", Sign.ALARM),
            Actions((Button("approve", "Approve", "R-1", "primary"), Button("open", "Open", "x", url="https://steward.example.com/listen"))),
            Small("R-1 · P7"),
        ),
        "Your call recordings at a glance.",
    ),
}  # fmt: skip
PAGES: Mapping[str, Page] = {
    "page-listen": listening.page("code", "https://steward.example.com"),
    "page-policy": overview(POLICY, "", True),
    "page-policy-clause": clause(POLICY, "P3", True),
    "page-away": said_away(
        SaidAway(
            "You are away until Fri 27 Nov. Press I'm back at home if that changes.",
            (
                "From Thu 26 Nov nobody stands in as Team Leader. Please ask whoever looks after the policy to name a deputy.",
            ),
        )
    ),
    "page-policy-sought": overview(POLICY, "how long are calls kept", False),
}
FORMS: Mapping[str, Sheet] = {
    "form-access": AccessForm.sheet(POLICY),
    "form-investigation": InvestigationForm.sheet(POLICY),
    "form-who-decides": WhoDecidesForm.sheet(POLICY),
    "form-declare": DeclareForm.sheet(POLICY, intro="A significant change starts a review of the policy now."),
    "form-review-complete": CompleteForm.sheet(POLICY, "PR-7F3K2QXM"),
    "form-pass-on": PassOnForm.sheet(POLICY, "R-2027-0001"),
    "form-away": AwayForm.sheet(POLICY, "S-1"),
    "form-deny": DenyForm.sheet(POLICY, "R-2027-0001"),
    "form-answer": AnswerForm.sheet(POLICY, "R-2027-0001", question(ASKED, ANNA)),
}
