"""The forms of the policy's review; their words stand here and nowhere else (P14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from handlers.acting import Context
from handlers.cards import Option
from handlers.forms import Answers, Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.policy_review import years_later

OUTCOMES: Mapping[str, str] = {
    "unchanged": "The policy stays as it is",
    "changed": "The policy was changed",
    "to_change": "The policy has to change, and someone is working on it",
}
SIGNIFICANT = (
    Option("yes", "Yes: the review begins now"),
    Option("no", "No: a second person has to agree"),
)


def _outcome_options(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(key, words) for key, words in OUTCOMES.items())


class DeclareForm(Form):
    """A change of the recording system, and whether it is significant."""

    name: ClassVar[str] = "declare"
    title: ClassVar[str] = "Declare a change"
    send: ClassVar[str] = "Send"
    what: Annotated[
        Text,
        Words(
            "What changes in the recording system?",
            1500,
            lines=True,
            help="A sentence or two, for the reviewer (P14).",
            missing="Please say in a sentence what changes.",
        ),
    ]
    changed: Annotated[Date, OnDay("When?", help="The day of the change, past or to come.")]
    significant: Annotated[
        Literal["yes", "no"],
        OneOf(
            "Is it significant?",
            lambda _: SIGNIFICANT,
            help="It is if it affects what is recorded, how long it is kept or who can hear it.",
        ),
    ]


class CompleteForm(Form):
    """A review that was held, and the day of the next one."""

    name: ClassVar[str] = "review_complete"
    title: ClassVar[str] = "Complete the review"
    send: ClassVar[str] = "Complete"
    took_part: Annotated[Text, Words("Who took part?", 300, help="Names or roles.")] = ""
    held: Annotated[Date, OnDay("When was it held?", help="Leave it empty for today.", filled=True)]
    outcome: Annotated[Literal["unchanged", "changed", "to_change"], OneOf("What came out of it?", _outcome_options)]
    words: Annotated[Text, Words("In a few words", 1500, lines=True, help="What you looked at and decided.")] = ""
    following: Annotated[
        Date,
        OnDay("When is the next review due?", help="Leave it empty for the latest day the policy allows.", filled=True),
    ]


def supplied_next_review(ctx: Context, answers: Answers) -> Mapping[str, str]:
    """Today, and the day of the next review from that of this one; nothing where that can't be read or lies in the last years of the calendar."""
    held = str(answers.get("held") or company_day(ctx.policy, ctx.now))
    try:
        following = years_later(date.fromisoformat(held), ctx.policy.policy_review.years)
    except ValueError:
        return {}
    return {"held": held, "following": following.isoformat()}
