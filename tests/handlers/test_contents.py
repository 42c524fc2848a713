"""The table of contents: what the rooms bring, which form a name means, and what sending it wants (P7, P9)."""

from __future__ import annotations

import pytest

from handlers import (
    BUTTONS,
    CHANGES,
    COMMANDS,
    DUE,
    FORMS,
    MATTERS,
    ROOMS,
    SEARCHES,
    WANTED,
    blank,
    done_words,
    form_of,
    intro,
    is_private,
    label,
    matter_of,
    opened_by,
    together,
)
from handlers.access import asking, deciding
from handlers.access.forms import AccessForm, AnswerForm, DenyForm, InvestigationForm, PassOnForm, QuestionForm
from handlers.acting import Visitor
from handlers.away import AwayForm
from handlers.breach.reporting import ReportForm
from handlers.customers import forms as to_customers
from handlers.customers.forms import (
    AddressForm,
    IdentityForm,
    PersonForm,
    WhichForm,
    WithdrawForm,
)
from handlers.customers.forms import AnswerForm as CustomerAnswerForm
from handlers.declined.deciding import KeepForm
from handlers.effects import Blank
from handlers.forms import Form
from handlers.holds.forms import AskForm, HoldForm, ReleaseForm, RenewForm
from handlers.notices import forms as notices
from handlers.policy_review.forms import CompleteForm, DeclareForm
from handlers.random_review import forms as draws
from handlers.room import Does, Given, Hands, Opens, Room, Shows
from handlers.rules.refusal import Refused
from tests.each import each
from tests.handlers.builders import POLICY, Company, ask, form
from tests.handlers.reading import looking
from tests.moments import NOW

SHOWN = (
    "details", "more", "certificate", "hold_calls", "which_calls", "whose_data", "customer_passcode", "figures",
    "draw_written",
)  # fmt: skip
HANDED = ("listen", "breach_details", "breach_reply", "draw_file", "figures_open")
RELEASING = ("release", "refuse", "question", "ask_number", "number")
"""What opens a form for whoever releases a customer's request."""


def test_every_room_has_a_name_of_its_own() -> None:
    assert len({room.name for room in ROOMS}) == len(ROOMS)


def test_two_rooms_that_bring_the_same_name_are_refused_in_a_sentence_that_names_both() -> None:
    """One would silently take the other's place, and its button would do something else."""
    first, second = Room("access", commands=COMMANDS), Room("reviews", commands=COMMANDS)
    assert together([(first, first.commands.items())]) == COMMANDS
    with pytest.raises(ValueError, match=r"^recording-request is brought by access and by reviews$"):
        together((room, room.commands.items()) for room in (first, second))


def test_every_button_leads_where_its_name_says() -> None:
    kinds = (Does, Opens, Shows, Hands)
    assert {kind: {name for name, one in BUTTONS.items() if isinstance(one, kind)} for kind in kinds} == {
        Does: {
            *("approve", "withdraw", "prefer", "review_confirm", "review_disagree", "away_back"),
            *("hold_confirm", "pause_continue", "pause_keep"),
            *("breach_acknowledge", "digest_see", "declined"),
            *("declined_choose", "declined_none", "declined_erase", "clock_continue", "draw_with_number"),
            *(f"customer_{one}" for one in ("send_again", "arrived", "bounced", "new_link")),
        },
        Opens: {
            *("request", "again", "deny", "question", "answer", "pass_on", "declare", "review_complete"),
            *("away", "hold", "hold_ask", "hold_let_go", "hold_renew", "hold_release", "breach_report"),
            *("declined_keep", "notice_confirm", "outage", "outage_withdraw", "call_review"),
            *(f"customer_{one}" for one in ("identity", "answer", "address", "withdraw")),
            *(f"customer_{one}" for one in RELEASING),
        },
        Shows: {*SHOWN, "own_requests"},
        Hands: {*HANDED, "customer_ring", "customer_wrong_address"},
    }
    assert {name: one for name, one in BUTTONS.items() if isinstance(one, Does)} == CHANGES
    assert {name: opened_by(name) for name in BUTTONS if opened_by(name)} == {
        "request": "access", "again": "access", "deny": "deny", "question": "question", "answer": "answer",
        "pass_on": "pass_on", "declare": "declare", "review_complete": "review_complete", "away": "away",
        "hold": "hold", "hold_ask": "hold_ask", "hold_let_go": "hold_release", "hold_renew": "hold_renew",
        "hold_release": "hold_release", "breach_report": "breach_report", "declined_keep": "declined_keep",
        "notice_confirm": "notice_confirm", "outage": "outage", "outage_withdraw": "outage_withdraw",
        "call_review": "call_review",
        **{f"customer_{one}": f"customer_{one}" for one in ("identity", "answer", "address", "withdraw")},
        **{f"customer_{one}": f"customer_{one}" for one in RELEASING},
    }  # fmt: skip
    assert {name for room in ROOMS for name in room.buttons} == {*BUTTONS}


def test_a_button_that_there_is_not_says_nothing_and_opens_nothing() -> None:
    assert (label("dance"), opened_by("dance"), label("listen"), opened_by("listen")) == ("", "", "Listen", "")


def test_every_form_is_opened_by_something_and_sent_somewhere() -> None:
    assert {name: asked.kind for name, asked in FORMS.items()} == {
        "access": AccessForm, "deny": DenyForm, "question": QuestionForm, "answer": AnswerForm, "pass_on": PassOnForm,
        "declare": DeclareForm, "review_complete": CompleteForm,
        "away": AwayForm,
        "hold": HoldForm,
        "hold_ask": AskForm,
        "hold_renew": RenewForm,
        "hold_release": ReleaseForm,
        "customer": WhichForm, "customer_person": PersonForm, "customer_identity": IdentityForm, "customer_answer": CustomerAnswerForm,
        "customer_address": AddressForm, "customer_withdraw": WithdrawForm,
        "customer_release": to_customers.ReleaseForm, "customer_refuse": to_customers.RefuseForm,
        "customer_question": to_customers.QuestionForm,
        "customer_number": to_customers.NumberForm,
        "customer_ask_number": to_customers.AskNumberForm,
        "breach_report": ReportForm,
        "declined_keep": KeepForm,
        "notice_confirm": notices.NoticeForm, "outage": notices.OutageForm, "outage_withdraw": notices.WithdrawForm,
        "call_review": draws.ReviewForm,
    }  # fmt: skip
    opened = {one.form for one in BUTTONS.values() if isinstance(one, Opens)}
    further = {PersonForm.name}  # asked after another one was sent
    further |= {WhichForm.name}  # what another one leads to
    assert set(FORMS) - further == {*opened, *(one.form for one in COMMANDS.values() if one.form)}
    assert [asked.kind.name for asked in FORMS.values()] == list(FORMS)


def test_a_form_that_is_about_something_says_afterwards_whose_card_shows_it() -> None:
    public = {name: asked for name, asked in FORMS.items() if not asked.private}
    told = {name: str(asked.sent("R-1").parts) for name, asked in public.items()}
    assert {name: "The card of R-1 shows its status." in words for name, words in told.items()} == {
        name: not asked.new and name != notices.WithdrawForm.name for name, asked in public.items()
    }
    assert "Your request is on its way." in told["access"]


async def test_p7_the_same_request_in_another_form_is_told_of_the_first(company: Company) -> None:
    first = await company.door.enter(asking.file_request(form(company.calls), "slack:V-1"), company.anna)
    again = await company.door.enter(asking.file_request(form(company.calls), "slack:V-2"), company.anna)
    after = FORMS["access"].after
    assert after is not None
    told = after(again)
    assert (after(first), told and told.title, first.request in str(told)) == (None, "Already asked", True)


def test_whatever_a_form_begins_and_the_clock_wants_is_done_by_somebody() -> None:
    assert all(asked.begin() for asked in FORMS.values() if not asked.private)
    assert all(one("R-1") for one in (*WANTED.values(), *DUE.values()))
    steps = {"remind", "deputy", "next", "lapse", "undecided", "ending", "end"}
    assert set(DUE) == {
        *(f"access.{one}" for one in steps),
        *("working_hours.begin", "policy_review.open", "policy_review.remind"),
        *("hold.end", "hold.ending", "alarm.morning"),
        *(f"customer.{one}" for one in ("remind", "due_today", "overdue", "link_ends")),
        *("notices.ask", "notices.remind"),
        *(f"random_review.{one}" for one in ("freeze", "round", "late", "give", "end", "remind")),
        *("declined.go", "declined.remind", "declined.unchosen", "declined.hand_over", "retention.late"),
        *("retention.remind", "digest.not_seen", "figures.tell"),
    }


def test_what_a_form_looks_up_is_searched_by_something() -> None:
    kinds: tuple[type[Form], ...] = (
        InvestigationForm,
        *(asked.kind for asked in FORMS.values()),
    )
    looked_up = {getattr(field, "source", "") for kind in kinds for field in kind.sheet(POLICY).fields}
    assert looked_up - {""} == set(SEARCHES)
    assert set(SEARCHES) == {
        *("recordings", "customer_calls", "role_people", "hold_people"),
        *("breach_people", "breach_readers"),
    }


def test_p13_a_private_form_is_never_kept_and_whatever_it_looks_up_is_private_too() -> None:
    private = {name: asked for name, asked in FORMS.items() if asked.private}
    assert not set(private) & set(WANTED)
    looked_up = {
        getattr(field, "source", "") for asked in private.values() for field in asked.kind.sheet(POLICY).fields
    }
    assert looked_up - {""} == {name for name, one in SEARCHES.items() if one.private}
    assert {name for name in FORMS if is_private(name)} == set(private)
    assert not is_private("old")


def test_a_matter_is_told_by_its_id_and_any_other_is_as_unknown_as_one_that_there_is_not() -> None:
    prefixes = ["R-", "C-", "D-", "PR-", "RD-", "RV-", "N-", "EP-", "H-", "WK-"]
    assert [one.prefix for one in MATTERS] == prefixes
    assert [matter_of(f"{one}1") for one in prefixes] == [*MATTERS]
    for other in ("", "X-1", "r-1", " R-1"):
        with pytest.raises(Refused) as refused:
            matter_of(other)
        assert (str(refused.value), refused.value.code) == ("I can't find this request.", "unknown")


def test_p7_a_command_says_what_it_is_for_and_has_no_platforms_slash() -> None:
    assert {word: one.says for word, one in COMMANDS.items()} == {
        "recording-request": "Ask to hear a recording",
        "recording-breach": "Report a suspected breach in confidence",
        "recording-declined": "A caller does not want to be recorded",
        "recording-policy": "Read the call recording policy",
    }


@each(
    ("name", "reason", "kind"),
    [
        ("access", "legal_claim", InvestigationForm),
        ("access", "complaint", AccessForm),
        ("access", "", AccessForm),
        ("deny", "legal_claim", DenyForm),
    ],
)
def test_p9_a_form_is_the_one_that_its_answers_need(name: str, reason: str, kind: type[Form]) -> None:
    assert form_of(name, Given(POLICY, NOW, answers={"reason": reason})) is kind
    assert form_of(name, Given(POLICY, NOW)) is FORMS[name].kind


def test_a_form_that_there_is_no_more_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        form_of("old", Given(POLICY, NOW))
    assert (str(refused.value), refused.value.code) == (
        "This form is out of date. Please open it again.",
        "old_form",
    )


async def test_p7_the_question_stands_above_the_field_for_its_answer_and_only_for_who_is_asked(
    company: Company,
) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which invoice?"), company.tara)

    async def read(who: Visitor, name: str) -> str:
        return await looking(company, who, lambda act: intro(act, name, request))

    assert await read(company.anna, "answer") == "Tara Lindqvist asks:\nWhich invoice?"
    for who, why in ((company.tara, "Only the person who asked"), (company.bram, "I can't find this request")):
        with pytest.raises(Refused, match=why):
            await read(who, "answer")
    assert await read(company.tara, "deny") == ""


@each("form", ["deny", "question", "pass_on", "answer"])
async def test_p7_a_form_that_could_not_be_sent_any_more_is_refused_before_anybody_types(
    company: Company, form: str
) -> None:
    request = await ask(company, company.anna)
    await company.door.enter(deciding.ask_requester(request, "Which invoice?"), company.tara)
    await company.door.enter(deciding.deny_request(request, "No."), company.tara)
    who = company.anna if form == "answer" else company.tara
    with pytest.raises(Refused, match="already denied by"):
        await looking(company, who, lambda act: intro(act, form, request))
    assert await looking(company, who, lambda act: blank(act, Blank(0, form, request))[0].intro) == ""


def test_p5_what_a_command_does_says_so_wherever_its_button_is_pressed() -> None:
    assert "I am looking for your call" in done_words("declined")
    assert done_words("approve") == ""
