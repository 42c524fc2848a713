"""The forms of a request for access; their words stand here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from handlers import role_people, why
from handlers.cards import Option
from handlers.forms import AnyOf, Form, OneOf, Text, Words
from handlers.policy import Policy
from handlers.rules.reasons import sounds_special


def _most(policy: Policy) -> int:
    return policy.access.most_recordings


Reason = Annotated[str, why.ASKED]
Calls = Annotated[
    list[Annotated[int, Field(ge=1, lt=2**31)]],
    AnyOf(
        "Which calls?",
        "recordings",
        _most,
        help="Type a part of the number, the operator's name, a date or the CRM reference.",
        placeholder="Find a call",
        redraws=True,
    ),
]
LONGEST_REFERENCE = 60
Crm = Annotated[
    Text,
    Words(
        "CRM request reference",
        LONGEST_REFERENCE,
        help="Access is asked for by CRM request (P7). Left empty, it is the one of the call.",
        placeholder="CS-10442",
        filled=True,
        missing="Please give the reference of your CRM request, such as CS-10442.",
    ),
]
Purpose = Annotated[
    Text,
    Words(
        "What is it for?",
        1500,
        lines=True,
        help="A sentence or two. Whoever decides reads it.",
        missing="Please say in a sentence what you need the calls for.",
    ),
]


class AccessForm(Form):
    """P7: staff ask the team leader."""

    name: ClassVar[str] = "access"
    title: ClassVar[str] = "Ask for a recording"
    send: ClassVar[str] = "Send"
    leads: ClassVar[bool] = True
    reason: Reason
    recordings: Calls
    crm: Crm
    purpose: Purpose

    def claim(self) -> tuple[str, str, str]:
        """The matter, its basis and who else will hear it, where this form asks for them."""
        return ("", "", "")

    def named(self) -> Sequence[str]:
        """Whom it concerns of those who decide, by the values of their options."""
        return ()


INVESTIGATION = "Is this an investigation or a legal claim?"


class SpecialForm(AccessForm):
    """P9: what speaks of a lawyer or the police may belong to another route than its reason; so it is asked."""

    special: Annotated[
        Literal["no", "yes"],
        OneOf(
            INVESTIGATION,
            lambda _: (Option("no", "No"), Option("yes", "Yes")),
            help="Your words sound as if it could be one. Those are decided by somebody else (P9).",
        ),
    ]


class InvestigationForm(AccessForm):
    """P9: an investigation or a legal claim goes to the Head of Customer Success, on a completed form."""

    matter: Annotated[
        Text,
        Words(
            "Matter",
            200,
            help="The investigation or claim that this belongs to (P9).",
            placeholder="Claim of a customer, March invoice",
            missing="Please name the investigation or the claim.",
        ),
    ]
    basis: Annotated[
        Text,
        Words(
            "Legal basis or reference",
            200,
            help="A claim number, a police or court reference, or the law you rely on.",
            missing="Please give a reference or the legal basis. Whoever decides needs it.",
        ),
    ]
    audience: Annotated[
        Text,
        Words(
            "Who else will hear it?",
            300,
            help="Names and why. Write “nobody” if it is only you.",
            missing="Please say who else will hear it, or write “nobody”.",
        ),
    ]
    concerned: Annotated[
        list[str],
        AnyOf(
            "Does it concern somebody who decides?",
            role_people.SOURCE,
            role_people.most,
            help="Whoever you name neither decides, nor gets a copy, nor finds it.",
            placeholder="Find a person",
        ),
    ] = Field(default_factory=list)

    def claim(self) -> tuple[str, str, str]:
        return (self.matter, self.basis, self.audience)

    def named(self) -> Sequence[str]:
        return self.concerned


class WordsForm(Form):
    """A few words about a request."""

    words: str


class DenyForm(WordsForm):
    """A denial tells the requester why."""

    name: ClassVar[str] = "deny"
    title: ClassVar[str] = "Deny this request"
    send: ClassVar[str] = "Deny"
    words: Annotated[
        Text,
        Words(
            "Why not?",
            1000,
            lines=True,
            help="The requester reads this.",
            missing="Please say why, so that the requester understands.",
        ),
    ]


class QuestionForm(WordsForm):
    """A question back to the requester."""

    name: ClassVar[str] = "question"
    title: ClassVar[str] = "Ask the requester"
    send: ClassVar[str] = "Send"
    words: Annotated[
        Text,
        Words(
            "Your question",
            1000,
            lines=True,
            help="It appears on the card, and so will the answer.",
            missing="Please write your question.",
        ),
    ]


class PassOnForm(WordsForm):
    """An approver gives a request to the next authority, and says why."""

    name: ClassVar[str] = "pass_on"
    title: ClassVar[str] = "Pass this request on"
    send: ClassVar[str] = "Pass on"
    words: Annotated[
        Text,
        Words(
            "Why should somebody else decide?",
            1000,
            lines=True,
            help="It stands on the card, for the requester and for whoever decides.",
            missing="Please say why, so that whoever decides understands.",
        ),
    ]


class AnswerForm(WordsForm):
    """The answer to it."""

    name: ClassVar[str] = "answer"
    title: ClassVar[str] = "Answer the question"
    send: ClassVar[str] = "Send"
    words: Annotated[
        Text,
        Words("Your answer", 1000, lines=True, help="It appears on the card.", missing="Please write your answer."),
    ]


def form_for(policy: Policy, reason: str, purpose: str = "", *, asked: bool = False) -> type[AccessForm]:
    """The form that a reason asks for, given what it is for; the plain one while none is chosen. What was `asked` once stays asked."""
    chosen = policy.reasons.get(reason)
    if chosen and chosen.route == "investigation":
        return InvestigationForm
    return SpecialForm if chosen and (asked or sounds_special(policy, reason, purpose)) else AccessForm
