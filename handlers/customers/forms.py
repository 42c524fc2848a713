"""The forms by which a customer's request is filed and kept up to date; their words stand here (P8)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from handlers.cards import Option
from handlers.forms import AnyOf, Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy

CALLS = "customer_calls"
"""The look-up of calls, which also offers all calls with a number."""
ASKERS = (
    Option("customer", "The customer"),
    Option("authority", "Somebody with the customer’s written authority"),
    Option("relative", "A relative of a customer who died"),
    Option("operator", "A colleague who was on the call"),
    Option("former", "A former member of staff who was on the call"),
)
UNCHECKED = "none"
WANTS = (
    Option("copy", "A copy to keep"),
    Option("listen", "To listen to it"),
    Option("erasure", "To have it erased early"),
)


def _most(policy: Policy) -> int:
    return policy.customers.most_calls


def _identified(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(key, label) for key, label in policy.customers.identity_checks.items())


def _checks(policy: Policy) -> tuple[Option, ...]:
    return (*_identified(policy), Option(UNCHECKED, "Not identified yet"))


class WhichForm(Form):
    """P8, the first step: who asks, since when, and which calls."""

    name: ClassVar[str] = "customer"
    title: ClassVar[str] = "A customer’s own call"
    send: ClassVar[str] = "Next"
    asker: Annotated[
        Literal["customer", "authority", "relative", "operator", "former"], OneOf("Who asks?", lambda _: ASKERS)
    ]
    wants: Annotated[Literal["listen", "copy", "erasure"], OneOf("What do they want?", lambda _: WANTS)]
    received_on: Annotated[
        Date,
        OnDay("When did they first ask anybody here?", help="The seven working days count from there (P8)."),
    ]
    received_at: Annotated[Text, Words("At what time, if you know?", 10, placeholder="14:30")] = ""
    recordings: Annotated[
        list[str],
        AnyOf(
            "Which calls?", CALLS, _most, help="A number, a day, a name or a CRM reference.", placeholder="Find a call"
        ),
    ] = Field(default_factory=list)
    late_reason: Annotated[Text, Words("Why is it written down only now?", 500)] = ""


class PersonForm(Form):
    """P8, the second step: who it is, and where the mail goes."""

    name: ClassVar[str] = "customer_person"
    title: ClassVar[str] = "Who it is, and where to"
    send: ClassVar[str] = "File"
    person: Annotated[Text, Words("Their name", 120, missing="Please write how the letter should address them.")]
    check: Annotated[str, OneOf("How did you check who they are?", _checks)] = UNCHECKED
    seen_on: Annotated[Date | None, OnDay("On which day?", filled=True)] = None
    address: Annotated[Text, Words("E-mail address that they name", 254)] = ""
    address_again: Annotated[Text, Words("The same address again", 254)] = ""
    said: Annotated[Text, Words("What do they know about the call?", 1000, lines=True)] = ""
    authority: Annotated[Text, Words("Which letter gives them authority, and of what day?", 200)] = ""


class IdentityForm(Form):
    """Whoever asks has been identified."""

    name: ClassVar[str] = "customer_identity"
    title: ClassVar[str] = "Who asks is identified"
    send: ClassVar[str] = "Save"
    check: Annotated[str, OneOf("How did you check who they are?", _identified)]
    seen_on: Annotated[Date, OnDay("On which day?")]


class AddressForm(Form):
    """The customer names an address, or another one."""

    name: ClassVar[str] = "customer_address"
    title: ClassVar[str] = "Where the mail goes"
    send: ClassVar[str] = "Save"
    address: Annotated[Text, Words("E-mail address that they name", 254)]
    address_again: Annotated[Text, Words("The same address again", 254)]


class ReceivedForm(Form):
    """Another moment at which the company was first asked."""

    name: ClassVar[str] = "customer_received"
    title: ClassVar[str] = "When they first asked"
    send: ClassVar[str] = "Save"
    received_on: Annotated[Date, OnDay("When did they first ask anybody here?")]
    received_at: Annotated[Text, Words("At what time, if you know?", 10, placeholder="14:30")] = ""
    late_reason: Annotated[Text, Words("Why is it written down only now?", 500)] = ""


class AnswerForm(Form):
    """The answer to a question about it."""

    name: ClassVar[str] = "customer_answer"
    title: ClassVar[str] = "Answer the question"
    send: ClassVar[str] = "Send"
    words: Annotated[Text, Words("Your answer", 1000, lines=True)]


class WithdrawForm(Form):
    """The customer withdrew it."""

    name: ClassVar[str] = "customer_withdraw"
    title: ClassVar[str] = "The customer withdraws it"
    send: ClassVar[str] = "Withdraw"
    on_day: Annotated[Date, OnDay("When did they say so?")]
    words: Annotated[Text, Words("How did they say so?", 500, lines=True)]
