"""The forms of holds; their words stand here and nowhere else (P12)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from handlers.forms import AnyOf, Date, Form, OnDay, Text, Words
from handlers.policy import Policy

PEOPLE = "hold_people"
"""The look-up of whom a case is about."""
MOST_PEOPLE = 20


def _most(policy: Policy) -> int:
    return policy.holds.most_calls


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


class HoldForm(Form):
    """A hold of calls that are chosen, by whoever may set one."""

    name: ClassVar[str] = "hold"
    title: ClassVar[str] = "Hold calls"
    send: ClassVar[str] = "Hold"
    recordings: Calls
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
