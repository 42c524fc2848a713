"""The forms by which a customer's request is filed and kept up to date; their words stand here (P8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from handlers import why
from handlers.cards import Option
from handlers.forms import AnyOf, Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.rules.addressee import addressee
from handlers.rules.received import read_clock

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
)


def _most(policy: Policy) -> int:
    return policy.customers.most_calls


def _identified(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(key, label) for key, label in policy.customers.identity_checks.items())


def _checks(policy: Policy) -> tuple[Option, ...]:
    return (*_identified(policy), Option(UNCHECKED, "Not identified yet"))


Call = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,10}|number:\+[0-9]{7,15})$")]
"""A call by its id, or all calls with a number (E.164)."""
RECEIVED = OnDay("When did they first ask anybody here?", "The days until the answer count from there.")
CLOCK = Words("At what time, if you know?", 10, placeholder="14:30", help="Left empty, it is the start of that day.")


def _clock(typed: str) -> str:
    read_clock(typed)
    return typed


class WhichForm(Form):
    """P8, the first step: who asks, since when, and which calls."""

    name: ClassVar[str] = why.OF_CUSTOMERS
    title: ClassVar[str] = "A customer’s own call"
    send: ClassVar[str] = "Next"
    leads: ClassVar[bool] = True
    reason: Annotated[Literal["customer"], replace(why.ASKED, initial=why.OWN_CALL)] = "customer"
    asker: Annotated[
        Literal["customer", "authority", "relative", "operator", "former"], OneOf("Who asks?", lambda _: ASKERS)
    ]
    wants: Annotated[Literal["listen", "copy"], OneOf("What do they want?", lambda _: WANTS)]
    received_on: Annotated[Date, RECEIVED]
    received_at: Annotated[Text, AfterValidator(_clock), CLOCK] = ""
    recordings: Annotated[
        list[Call],
        AnyOf(
            "Which calls?",
            CALLS,
            _most,
            "A number, a day, a name or a CRM reference. Leave it empty if none is found yet.",
            "Find a call",
        ),
    ] = Field(default_factory=list)


Name = Annotated[
    Text,
    AfterValidator(addressee),
    Words("Their name", 120, missing="Please write how the letter should address them."),
]
Address = Annotated[Text, Words("E-mail address that they name", 254, help="Leave it empty if they named none yet.")]
Again = Annotated[Text, Words("The same address again", 254)]
Said = Annotated[
    Text,
    Words(
        "What do they know about the call?",
        1000,
        lines=True,
        help="The number they rang from, a CRM reference, the day, what it was about. Needed where a number is used by several customers: alone it proves nothing.",
    ),
]


class ToWhom(Form):
    """P8, the second step: who it is, and where the mail goes."""

    name: ClassVar[str] = "customer_person"
    title: ClassVar[str] = "Who it is, and where to"
    send: ClassVar[str] = "File"
    goes_back: ClassVar[bool] = True
    person: Name

    def checked(self) -> tuple[str, date | None]:
        """How it was checked who asks, by a key of the policy, and on which day; `UNCHECKED` where nobody did."""
        return UNCHECKED, None

    def nominated(self) -> tuple[str, str]:
        """The address, twice; empty where the form does not ask for it."""
        told = self.model_dump()
        return told.get("address", ""), told.get("address_again", "")

    def told(self) -> str:
        """What they know about the call; empty where the form does not ask for it."""
        return str(self.model_dump().get("said", ""))

    def letter(self) -> str:
        """The kind and day of the letter that gives authority."""
        return ""


class ColleagueForm(ToWhom):
    """A colleague is known here."""

    address: Address = ""
    address_again: Again = ""
    said: Said = ""


class PersonForm(ToWhom):
    """Anybody else is identified, now or later."""

    check: Annotated[str, OneOf("How did you check who they are?", _checks)] = UNCHECKED
    seen_on: Annotated[
        Date | None, OnDay("On which day did you check it?", filled=True, help="Left empty, it is today.")
    ] = None
    address: Address = ""
    address_again: Again = ""
    said: Said = ""

    def checked(self) -> tuple[str, date | None]:
        return self.check, self.seen_on


class AuthorityForm(PersonForm):
    """Somebody with the customer’s written authority says by which letter."""

    authority: Annotated[
        Text,
        Words(
            "Which letter gives them authority, and of what day?",
            200,
            help="Its kind and its day, never the letter itself.",
            placeholder="Power of attorney of 3 November 2026",
            missing="Please write which letter gives them authority, and of what day it is.",
        ),
    ]

    def letter(self) -> str:
        return self.authority


class IdentityForm(Form):
    """Whoever asks has been identified."""

    name: ClassVar[str] = "customer_identity"
    title: ClassVar[str] = "Who asks is identified"
    send: ClassVar[str] = "Save"
    check: Annotated[str, OneOf("How did you check who they are?", _identified)]
    seen_on: Annotated[Date, OnDay("On which day did you check it?")]


class AddressForm(Form):
    """The customer names an address, or another one."""

    name: ClassVar[str] = "customer_address"
    title: ClassVar[str] = "Where the mail goes"
    send: ClassVar[str] = "Save"
    address: Annotated[Text, Words("E-mail address that they name", 254, missing="Please write the address.")]
    address_again: Annotated[Text, Words("The same address again", 254, missing="Please write it once more.")]


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
