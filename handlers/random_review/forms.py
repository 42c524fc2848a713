"""The form by which a reviewer says what a drawn call was like (P3, P10)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from handlers.cards import Option
from handlers.forms import Form, OneOf, Words
from handlers.policy.values import Text
from handlers.room import Given

OUTGOING = "outgoing"
TOLD = (
    Option("yes", "Yes, at the start"),
    Option("no", "No, or too late"),
    Option("unsure", "I can’t tell"),
)


class ReviewForm(Form):
    """What a reviewer makes of an incoming call."""

    name: ClassVar[str] = "call_review"
    title: ClassVar[str] = "Review this call"
    send: ClassVar[str] = "Send"
    good: Annotated[Text, Words("What was good?", 1500, lines=True)] = ""
    training: Annotated[
        Text, Words("What training does it suggest?", 1500, lines=True, help="The Head of Customer Success reads it.")
    ] = ""


class OutgoingForm(ReviewForm):
    """The same for an outgoing call: whether the caller was told that it is recorded (P3)."""

    told: Annotated[
        Literal["yes", "no", "unsure"],
        OneOf(
            "Were they told at the start that the call is recorded?",
            lambda _: TOLD,
            help="P3 asks for it.",
        ),
    ]


def form_for(given: Given) -> type[Form]:
    """The form that a call needs, by what the button says of it."""
    return OutgoingForm if given.about.endswith(f":{OUTGOING}") else ReviewForm
