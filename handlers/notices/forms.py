"""The forms in which a notice is confirmed, and an outage entered or taken back; their words stand here and nowhere else (P3)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from handlers.cards import Option
from handlers.forms import Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.rules.phone import written_number

YesNo = Literal["yes", "no"]
ALL = "all"


def _yes_no(_: Policy) -> tuple[Option, ...]:
    return (Option("yes", "Yes"), Option("no", "No"))


def _line_options(policy: Policy) -> tuple[Option, ...]:
    return tuple(
        Option(number, f"{line.label} ({written_number(number)})"[:75]) for number, line in policy.lines.items()
    )


def _any_lines(policy: Policy) -> tuple[Option, ...]:
    return (Option(ALL, "Every line"), *_line_options(policy))


class NoticeForm(Form):
    """An owner has rung the lines, listened to outgoing calls, or looked at the two pages."""

    name: ClassVar[str] = "notice_confirm"
    title: ClassVar[str] = "Confirm a notice"
    send: ClassVar[str] = "Send"
    answer: Annotated[YesNo, OneOf("Is it exactly like that?", _yes_no, help="If one word differs, the answer is no.")]
    words: Annotated[
        Text,
        Words(
            "What did you hear or see?",
            1500,
            lines=True,
            help="Which phone or page, and when. It is kept with the confirmation.",
            missing="Please say in a sentence what you heard or saw.",
        ),
    ]


class OutageForm(Form):
    """Days on which callers were not told."""

    name: ClassVar[str] = "outage"
    title: ClassVar[str] = "Enter an outage"
    send: ClassVar[str] = "Enter"
    intro: ClassVar[str] = (
        "Calls of these days are marked for approvers and left out of reviews. The Head and the Manager, Human Resources are told."
    )
    line: Annotated[str, OneOf("Which line?", _any_lines, initial=ALL)]
    first: Annotated[Date, OnDay("First day", help="In the time of the line.", missing="Please choose the first day.")]
    last: Annotated[
        Date,
        OnDay(
            "Last day",
            help="Today at the latest, and 31 days in all.",
            missing="Please choose the last day.",
        ),
    ]
    why: Annotated[
        Text,
        Words(
            "What was wrong?",
            1000,
            lines=True,
            help="One sentence is enough.",
            missing="Please say in a sentence what was wrong.",
        ),
    ]


class WithdrawForm(Form):
    """An outage that was entered by mistake."""

    name: ClassVar[str] = "outage_withdraw"
    title: ClassVar[str] = "Withdraw an outage"
    send: ClassVar[str] = "Withdraw"
    why: Annotated[
        Text,
        Words(
            "Why was it a mistake?",
            1000,
            lines=True,
            help="Its calls are no longer marked. Calls it took out of a review do not come back.",
            missing="Please say in a sentence why.",
        ),
    ]
