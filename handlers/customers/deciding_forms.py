"""The forms of whoever releases a customer's request or refuses it, and of what comes afterwards; their words stand here (P8)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from handlers.cards import Option
from handlers.forms import Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.room import Given

VOICES = (
    Option("nobody", "No, only the customer and whoever answered"),
    Option("may_hear", "Yes, and the customer may hear it all the same"),
    Option("listen_only", "Yes, so the customer may listen and gets no copy"),
)


def _refusals(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(key, sentence) for key, sentence in policy.customers.refusals.items())


class ReleaseForm(Form):
    """What is confirmed before a mail goes out; the mail and the whole address stand above."""

    name: ClassVar[str] = "customer_release"
    title: ClassVar[str] = "Release to the customer"
    send: ClassVar[str] = "Release"
    read_first: ClassVar[bool] = True
    voices: Annotated[
        Literal["nobody", "may_hear", "listen_only"],
        OneOf(
            "Is another person heard or spoken of?", lambda _: VOICES, redraws=True,
            help="You confirm who asks, that the call is theirs, and the address; and that it is neither your own request nor one made for you (P8).",
        ),
    ]  # fmt: skip


class WeighedForm(ReleaseForm):
    """The same where another person is in it, and the customer may hear it all the same."""

    weighed: Annotated[
        Text,
        Words("Why may the customer hear it?", 1000, lines=True, missing="Please write why they may hear it all the same."),
    ]  # fmt: skip


def weighing(given: Given) -> type[ReleaseForm]:
    """The form that the answer about other people needs."""
    return WeighedForm if given.answers.get("voices") == "may_hear" else ReleaseForm


class RefuseForm(Form):
    """Why the customer gets nothing, from the policy's closed list; where no mail can go, how they were told."""

    name: ClassVar[str] = "customer_refuse"
    title: ClassVar[str] = "Refuse it"
    send: ClassVar[str] = "Refuse"
    read_first: ClassVar[bool] = True
    refusal: Annotated[str, OneOf("Why?", _refusals, help="The customer reads this sentence.")]
    told: Annotated[
        Text,
        Words(
            "If no mail can go: how were they told, and when?", 500, lines=True,
            help="In writing, with the words above. Leave it empty where there is an address.",
        ),
    ] = ""  # fmt: skip


class QuestionForm(Form):
    """Something that has to be asked first."""

    name: ClassVar[str] = "customer_question"
    title: ClassVar[str] = "Ask about it"
    send: ClassVar[str] = "Send"
    words: Annotated[
        Text, Words("Your question", 1000, lines=True, help="Whoever filed it answers, or asks the customer.")
    ]


class LateForm(Form):
    """It will be late: what the customer reads."""

    name: ClassVar[str] = "customer_late"
    title: ClassVar[str] = "Tell the customer"
    send: ClassVar[str] = "Send"
    read_first: ClassVar[bool] = True
    words: Annotated[
        Text, Words("Why is it late?", 1000, lines=True, help="The customer reads this. What was promised stays (P8).")
    ]
    day: Annotated[Date, OnDay("By which day will it be answered?")]


class AskNumberForm(Form):
    """Whoever reads out the passcode asks the Head for another number."""

    name: ClassVar[str] = "customer_ask_number"
    title: ClassVar[str] = "Ask for another number"
    send: ClassVar[str] = "Ask"
    number: Annotated[Text, Words("Which number should be rung?", 30, placeholder="+61 412 345 678")]
    words: Annotated[Text, Words("Why?", 500, lines=True, help="How it is sure that this number is the customer’s.")]


class NumberForm(Form):
    """Another number to which a passcode may be read."""

    name: ClassVar[str] = "customer_number"
    title: ClassVar[str] = "Another number"
    send: ClassVar[str] = "Allow"
    number: Annotated[Text, Words("Which number may be rung?", 30, placeholder="+61 412 345 678")]
    words: Annotated[Text, Words("Why?", 500, lines=True, help="How it is sure that this number is the customer’s.")]
