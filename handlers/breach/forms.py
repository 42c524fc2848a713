"""The forms by which somebody reports in chat, and is asked before it is filed; their words stand here (P13)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from handlers.cards import Choice, Option, Sheet
from handlers.forms import AnyOf, Form, OneOf, Text, Words

PEOPLE, READERS = "breach_people", "breach_readers"
"""Look-ups: whom it is about, and those who would normally read it."""
MOST_PEOPLE = 10
LONGEST = 3000
NAMED = (
    Option("named", "Yes, those who handle it may know my name"),
    Option("withheld", "No, keep my name out of it"),
)
KEPT_OUT = (Option("yes", "Yes, keep this person from it"), Option("no", "No, this person may read it"))


class ReportForm(Form):
    """P13: what somebody saw, and who must not read it."""

    name: ClassVar[str] = "breach_report"
    title: ClassVar[str] = "Report in confidence"
    send: ClassVar[str] = "Send"
    intro: ClassVar[str] = (
        "Only the Manager, Human Resources, and the Head of Customer Success read it, and never anybody whom you name here. "
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
        AnyOf("Who is it about?", PEOPLE, lambda _: MOST_PEOPLE, help="Whoever you choose never learns of it here."),
    ] = Field(default_factory=list)
    concerned: Annotated[Text, Words("Somebody you can’t find above?", 200, placeholder="A name, or a team")] = ""
    conflicts: Annotated[
        list[str],
        AnyOf(
            "Who should not read it?", READERS, lambda _: MOST_PEOPLE,
            help="These would normally read it. Whoever you choose is kept from it.",
        ),
    ] = Field(default_factory=list)  # fmt: skip
    named: Annotated[
        Literal["named", "withheld"],
        OneOf("May they know your name?", lambda _: NAMED, help="With your name they can ask you in this chat."),
    ]


class KeepOutForm(Form):
    """Asked before it is filed, where the words seem to name somebody who would read it."""

    name: ClassVar[str] = "breach_keep_out"
    title: ClassVar[str] = "Before it is sent"
    send: ClassVar[str] = "Go on"
    kept_out: Annotated[
        Literal["yes", "no"],
        OneOf("Should this person be kept from it?", lambda _: KEPT_OUT, initial="yes"),
    ] = "yes"


def question(draft: str, name: str, title: str) -> Sheet:
    """Whether somebody is to be kept from it whom the words seem to name; `draft` is all that it carries."""
    choice = Choice("kept_out", f"Should {name} be kept from it?", KEPT_OUT, initial="yes")
    told = (
        f"What you wrote seems to name {name}, {title}, who would normally read it. Nothing is sent yet; Cancel throws away "
        "what you wrote."
    )
    return Sheet(KeepOutForm.name, KeepOutForm.title, KeepOutForm.send, (choice,), draft, told)
