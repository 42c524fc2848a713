"""What the policy's review brings to the house: the kind of matter, what is at home, and the room (P14)."""

from __future__ import annotations

from collections.abc import Mapping

from handlers import opening
from handlers.acting import Act
from handlers.cards import Button, Line, Page, Row, Sign
from handlers.handling import handler
from handlers.home import few, waiting_of, waiting_row
from handlers.matters.showing import MatterOf
from handlers.policy_review import forms, steps
from handlers.policy_review.cards import card
from handlers.policy_review.forms import DeclareForm
from handlers.policy_review.state import Declared, ReviewCase, due
from handlers.policy_review.steps import row
from handlers.room import Asks, Does, Opens, Room, Rows, says
from handlers.rules.policy_review import REVIEWING, may_declare
from handlers.telling import details
from handlers.words import day_words
from storage.tables.reviews import PolicyReview


def _declared(declared: Declared) -> Page:
    words = (
        "The review of the policy begins now. The reviewer has the card, and so do you."
        if declared.significant
        else "A second person is asked whether the change is significant. Your card shows its status."
    )
    return Page("Declared", (Line(words), details(declared.review)))


DECLARE = Button(DeclareForm.name, "Declare a change", "")


def lists(act: Act) -> Mapping[str, Rows]:
    """The lists of whoever has a role in it; for everybody else there are none."""
    me = act.me
    if me.id not in act.policy.seats.in_roles:
        return {}
    found = {"waiting": waiting_of(act, PolicyReview, _words)}
    if may_declare(act.policy, me.id):
        found["policy_review"] = few("The policy’s review", [_next_row(act), *_elsewhere(act)])
    return found


def _next_row(act: Act) -> Row:
    if any(act.me.id in act.policy.held(name).people for name in REVIEWING):
        return Row(f"Next review due by {day_words(due(act.store, act.policy), None)}", DECLARE)
    return Row("Is the recording system changing?", DECLARE)


def _elsewhere(act: Act) -> list[Row]:
    """What is open and waits for others, where this person holds a copy."""
    mine = {one.id for one in act.store.matters.waiting_for(act.me.id, PolicyReview)}
    return [
        waiting_row(act, one, _words(one), "plain")
        for one in act.store.reviews.open()
        if one.id not in mine and act.me.id in act.store.matters.holders(one)
    ]


def _words(review: PolicyReview) -> str:
    return f"{Sign.WAITING} {'Is this change significant?' if review.stage == 'second' else 'Policy review'}"


REVIEWS = MatterOf(ReviewCase, card, row)
begin = handler("policy_review.begin", clause="P14")(opening.open_form)
ROOM = Room(
    "policy_review",
    buttons={
        "declare": Opens(forms.DeclareForm.name, "Declare a change"),
        "review_complete": Opens(forms.CompleteForm.name, "Complete the review"),
        "review_confirm": Does(steps.confirm, "Confirm"),
        "review_disagree": Does(steps.disagree, "It is significant"),
    },
    forms=(
        Asks(
            forms.DeclareForm, steps.begin, lambda _, form, key: steps.declare(form, key),
            says("Your declaration is on its way. You get a card that shows its status."), new=True,
            intro=steps.declaring_introduction, after=_declared,
        ),
        Asks(
            forms.CompleteForm, begin, lambda about, form, _: steps.complete(about, form),
            intro=steps.ending_introduction, supplied=forms.supplied,
        ),
    ),
    due={steps.OPEN: steps.open_, steps.REMIND: steps.remind},
    matter=REVIEWS,
    lists=lists,
)  # fmt: skip
