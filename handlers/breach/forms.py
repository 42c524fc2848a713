"""The form by which somebody reports in chat; its words stand here (P13)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from handlers.cards import Option
from handlers.forms import AnyOf, Form, OneOf, Text, Words

PEOPLE, READERS = "breach_people", "breach_readers"
"""Look-ups: whom it is about, and those who would normally read it."""
MOST_PEOPLE = 10
LONGEST = 3000
NAMED = (
    Option("named", "Yes, those who handle it may know my name"),
    Option("withheld", "No, keep my name out of it"),
)


class ReportForm(Form):
    """P13: what somebody saw, and who must not read it."""

    name: ClassVar[str] = "breach_report"
    title: ClassVar[str] = "Report in confidence"
    send: ClassVar[str] = "Send"
    intro: ClassVar[str] = (
        "Only the Manager, Human Resources, and the Head of Customer Success read it, and nobody you pick below. "
        "I keep nothing of who sent it unless you give your name. The chat platform itself knows who pressed the button; "
        "the page /report does not ask."
    )
    what: Annotated[
        Text,
        Words("What happened?", LONGEST, lines=True, missing="Please say in a sentence or two what happened."),
    ]
    when: Annotated[Text, Words("When?", 200, placeholder="Tuesday afternoon")] = ""
    which: Annotated[
        Text, Words("Which recording or request, if you know?", 200, placeholder="CS-10442, or the day and the number")
    ] = ""
    accused: Annotated[
        list[str],
        AnyOf(
            "Who is it about?",
            PEOPLE,
            lambda _: MOST_PEOPLE,
            help="Pick everyone it is about: they never see it or hear of it here. I don’t look for names in what you write.",
        ),
    ] = Field(default_factory=list)
    concerned: Annotated[Text, Words("Somebody you can’t find above?", 200, placeholder="A name, or a team")] = ""
    conflicts: Annotated[
        list[str],
        AnyOf(
            "Should any of these people not see it?", READERS, lambda _: MOST_PEOPLE,
            help="They would normally get it. The ones you pick won’t see it or hear of it here, nor will their deputies.",
        ),
    ] = Field(default_factory=list)  # fmt: skip
    named: Annotated[
        Literal["named", "withheld"],
        OneOf("May they know your name?", lambda _: NAMED, help="With your name they can ask you in this chat."),
    ]
