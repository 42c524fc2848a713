"""The form that asks who would decide a request, and the look-up of people in it; for two roles only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from handlers import colleagues, role_people
from handlers.acting import Act
from handlers.cards import Option
from handlers.forms import AnyOf, Form, OneOf, Text, Words
from handlers.policy.values import RoleName
from handlers.rules.refusal import Refused

SOURCE = "colleagues"
READERS: tuple[RoleName, ...] = ("head_of_customer_success", "manager_human_resources")
MOST_OPERATORS = 10
NOT_YOURS = "Only the {titles} can look this up."


class WhoDecidesForm(Form):
    """Who asks, why, about whose calls, whom it concerns, and on which day."""

    name: ClassVar[str] = "who_decides"
    title: ClassVar[str] = "Who decides?"
    send: ClassVar[str] = "Show"
    intro: ClassVar[str] = "This shows who would be asked. It asks nobody, and nothing is sent."
    asker: Annotated[
        list[str], AnyOf("Who asks?", SOURCE, lambda _: 1, help="Nobody hears of it.", placeholder="Find a person")
    ]
    reason: Annotated[
        str,
        OneOf(
            "Why?",
            lambda policy: tuple(Option(key, one.label) for key, one in policy.reasons.items()),
            help="The reason decides who is asked (P6).",
        ),
    ]
    operators: Annotated[
        list[str],
        AnyOf(
            "Who was on the calls?",
            SOURCE,
            lambda _: MOST_OPERATORS,
            help="Nobody decides about a call that they were on.",
            placeholder="Find a person",
        ),
    ] = Field(default_factory=list)
    concerned: Annotated[
        list[str],
        AnyOf(
            "Does it concern somebody who decides?",
            role_people.SOURCE,
            role_people.most,
            help="Whoever is named has no part in it (P9).",
            placeholder="Find a person",
        ),
    ] = Field(default_factory=list)
    day: Annotated[Text, Words("On which day?", 10, help="Left empty, it is today.", placeholder="2026-12-24")] = ""


def may_look(act: Act) -> None:
    """For those who hold these two roles, and nobody else; raises `Refused`."""
    if not reads(act):
        titles = " and the ".join(act.policy.role(name).title for name in READERS)
        raise Refused(NOT_YOURS.format(titles=titles), code="not_entitled")


def reads(act: Act) -> bool:
    """Whether whoever asks holds one of the two roles."""
    return act.me.email_key in {act.policy.role(name).holder for name in READERS}


def find(act: Act, typed: str) -> list[Option]:
    """People by a part of the name or address, whoever decides first; none for whoever may not look."""
    return colleagues.find(act, typed) if reads(act) else []


def named(act: Act, values: Iterable[str]) -> list[Option]:
    """Whoever was chosen before; none for whoever may not look."""
    return colleagues.named(act, values) if reads(act) else []
