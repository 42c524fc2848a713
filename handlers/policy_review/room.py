"""What the policy's review brings to the house (P14)."""

from __future__ import annotations

from handlers import opening
from handlers.cards import Actions, Button, Line, Page
from handlers.matters import showing
from handlers.policy_review import beginning, deciding, forms, in_force, intents, reminding
from handlers.policy_review.matter import REVIEWS
from handlers.policy_review.rows import lists
from handlers.room import Asks, Does, Opens, Room
from handlers.telling import ON_A_LINE


def _declared(declared: intents.Declared) -> Page:
    words = (
        "The review of the policy begins now. Whoever reviews it has the card, and so have you."
        if declared.significant
        else "A second person is asked whether the change is significant. Your card shows how it stands."
    )
    details = Actions((Button(f"{ON_A_LINE}{showing.DETAILS}", "Details", declared.review),))
    return Page("Declared", (Line(words), details))


def _on_its_way(_: str) -> Page:
    return Page("Sent", (Line("Your declaration is on its way. You get a card that shows how it stands."),))


def _sent(about: str) -> Page:
    return Page("Sent", (Line(f"The card of {about} shows how it stands."),))


ROOM = Room(
    "policy_review",
    does=(
        intents.InForce.by(in_force.in_force),
        intents.Begin.by(opening.begin),
        intents.BeginDeclaring.by(beginning.begin),
        intents.Open.by(beginning.open_),
        intents.Declare.by(beginning.declare),
        intents.Confirm.by(deciding.confirm),
        intents.Disagree.by(deciding.disagree),
        intents.Complete.by(deciding.complete),
        intents.Remind.by(reminding.remind),
        *REVIEWS.does,
    ),
    buttons={
        "declare": Opens(forms.DeclareForm.name, "Declare a change"),
        "review_complete": Opens(forms.CompleteForm.name, "Complete the review"),
        "review_confirm": Does(intents.Confirm, "Confirm"),
        "review_disagree": Does(intents.Disagree, "It is significant"),
    },
    forms=(
        Asks(
            forms.DeclareForm, intents.BeginDeclaring, lambda _, form, key: intents.Declare(form, key), _on_its_way, new=True,
            intro=beginning.introduction, after=_declared,
        ),
        Asks(
            forms.CompleteForm, intents.Begin, lambda about, form, _: intents.Complete(about, form), _sent,
            intro=deciding.introduction, supplied=forms.supplied,
        ),
    ),
    due={reminding.OPEN: intents.Open, reminding.REMIND: intents.Remind},
    matter=REVIEWS,
    lists=lists,
)  # fmt: skip
