"""The forms of holds; their words stand here and nowhere else (P12)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from handlers.cards import Option
from handlers.forms import AnyOf, Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.room import Given
from handlers.rules import holds as rule

PEOPLE, OPERATORS = "hold_people", "hold_operators"
"""Look-ups: whom a case is about, and who is on calls."""
BY = (
    Option("calls", "Calls that I choose"),
    Option("number", "All calls with one number"),
    Option("operator", "All calls of one operator"),
)
MOST_PEOPLE = 20


def _most(policy: Policy) -> int:
    return policy.holds.most_calls


def _read(typed: str) -> str:
    rule.days(typed)
    return typed


Calls = Annotated[
    list[Annotated[int, Field(ge=1, lt=2**31)]],
    AnyOf(
        "Which calls?",
        "recordings",
        _most,
        help="Type a part of the number, the operator's name, a date or the CRM reference.",
        placeholder="Find a call",
    ),
]
Case = Annotated[
    Text,
    Words(
        "For which case?",
        120,
        help="Holds are counted per case.",
        placeholder="Claim of a customer, March invoice",
        missing="Please name the case.",
    ),
]
Reason = Annotated[
    Text,
    Words(
        "Why must they be kept?",
        1000,
        lines=True,
        help="Whoever decides about the hold reads it.",
        missing="Please say in a sentence why they must be kept.",
    ),
]
Concerned = Annotated[
    list[str],
    AnyOf(
        "Is the case about a colleague?",
        PEOPLE,
        lambda _: MOST_PEOPLE,
        help="Whoever you name has no part in this hold and does not see it.",
        placeholder="Find a person",
    ),
]
Until = Annotated[
    Date, OnDay("Until when?", help="As long as the policy allows, unless you choose another day.", filled=True)
]


class AskForm(Form):
    """Anybody of the staff asks for a hold of some calls."""

    name: ClassVar[str] = "hold_ask"
    title: ClassVar[str] = "Ask for a hold"
    send: ClassVar[str] = "Hold"
    recordings: Calls
    case: Case
    reason: Reason
    concerned: Concerned = Field(default_factory=list)


class SetForm(Form):
    """What every hold says that somebody sets."""

    name: ClassVar[str] = "hold"
    title: ClassVar[str] = "Hold calls"
    send: ClassVar[str] = "Hold"
    by: Annotated[
        Literal["calls", "number", "operator"],
        OneOf(
            "What is to be held?",
            lambda _: BY,
            help="By number or operator, calls that are yet to come are held as they arrive.",
            redraws=True,
            initial="calls",
        ),
    ] = "calls"


Days = Annotated[
    Text,
    AfterValidator(_read),
    Words(
        "Of which days?",
        40,
        help="The first and the last day, past or to come.",
        placeholder="2026-11-01 to 2026-12-31",
        missing="Please write the first and the last day, like 2026-11-01 to 2026-12-31.",
    ),
]


def _one(chosen: object) -> object:
    return chosen[0] if isinstance(chosen, list) and len(chosen) == 1 else chosen


class HoldForm(SetForm):
    """A hold of calls that are chosen."""

    recordings: Calls
    case: Case
    reason: Reason
    until: Until
    concerned: Concerned = Field(default_factory=list)


class NumberForm(SetForm):
    """A hold of calls with one number, on some days."""

    number: Annotated[
        Text,
        Words(
            "Which number?",
            40,
            help="The caller's whole number.",
            placeholder="+61 412 345 678",
            missing="Please write the caller's number.",
        ),
    ]
    days: Days
    case: Case
    reason: Reason
    until: Until
    concerned: Concerned = Field(default_factory=list)


class OperatorForm(SetForm):
    """A hold of calls of one operator, on some days."""

    operator: Annotated[
        Annotated[int, Field(ge=1, lt=2**31)],
        BeforeValidator(_one),
        AnyOf(
            "Which operator?", OPERATORS, lambda _: 1, help="Type a part of the name.", placeholder="Find an operator"
        ),
    ]
    days: Days
    case: Case
    reason: Reason
    until: Until
    concerned: Concerned = Field(default_factory=list)


class RenewForm(Form):
    """Another end for a hold."""

    name: ClassVar[str] = "hold_renew"
    title: ClassVar[str] = "Renew this hold"
    send: ClassVar[str] = "Renew"
    until: Until


class ReleaseForm(Form):
    """A hold is not needed, or no longer."""

    name: ClassVar[str] = "hold_release"
    title: ClassVar[str] = "Release this hold"
    send: ClassVar[str] = "Release"
    words: Annotated[
        Text,
        Words(
            "Why is it no longer needed?",
            1000,
            lines=True,
            help="It stays on the card.",
            missing="Please say in a sentence why it is no longer needed.",
        ),
    ]


_FORMS: dict[str, type[SetForm]] = {"number": NumberForm, "operator": OperatorForm}


def variant(given: Given) -> type[Form]:
    """The form that what is to be held asks for."""
    return _FORMS.get(str(given.answers.get("by", "")), HoldForm)
