"""The forms in which a notice is confirmed, and an outage entered or taken back; their words stand here and nowhere else (P3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal, NamedTuple

from handlers.cards import Option
from handlers.forms import Date, Form, OnDay, OneOf, Text, Words
from handlers.policy import Policy
from handlers.room import Given
from handlers.rules.phone import written

YesNo = Literal["yes", "no"]
QUESTIONS = ("exact", "before", "whole", "link")
ANSWERS = (Option("yes", "Yes"), Option("no", "No"))
ALL = "all"
EVIDENCE = Words(
    "What did you hear or see?",
    1500,
    lines=True,
    help="For whoever asks later how you know: from which phone, at what time, which page. It stays with the confirmation.",
    missing="Please say in a sentence what you heard or saw.",
)


class Told(NamedTuple):
    """The line (E.164 or empty), the day on which it was tried, yes or no to each question, with what, and why what I saw is wrong."""

    line: str
    on_day: date
    answers: dict[str, str]
    words: str
    overrules: str = ""


def _yes_no(_: Policy) -> tuple[Option, ...]:
    return ANSWERS


def _lines(policy: Policy) -> tuple[Option, ...]:
    return tuple(Option(number, f"{line.label} ({written(number)})"[:75]) for number, line in policy.lines.items())


def _any_lines(policy: Policy) -> tuple[Option, ...]:
    return (Option(ALL, "Every line"), *_lines(policy))


class NoticeForm(Form):
    """What all three have in common."""

    name: ClassVar[str] = "notice_confirm"
    title: ClassVar[str] = "Confirm a notice"
    send: ClassVar[str] = "Send"

    @property
    def told(self) -> Told:
        """What was answered, whichever notice it is about."""
        found = self.model_dump()
        answers = {one: found[one] for one in QUESTIONS if one in found}
        return Told(found.get("line", ""), found["on_day"], answers, found["words"], found.get("overrules", ""))


class PhoneForm(NoticeForm):
    """Somebody rang a line and listened."""

    line: Annotated[str, OneOf("Which line did you ring?", _lines, help="Each line is answered for by itself.")]
    on_day: Annotated[Date, OnDay("When?", help="Left empty, it is today.", filled=True)]
    exact: Annotated[YesNo, OneOf("Was it in exactly these words?", _yes_no, help="One other word is a no.")]
    before: Annotated[YesNo, OneOf("Did it come before anybody answered?", _yes_no)]
    whole: Annotated[YesNo, OneOf("Was all of it heard, to its end?", _yes_no)]
    words: Annotated[Text, EVIDENCE]


class OutgoingForm(NoticeForm):
    """Somebody listened how staff begin an outgoing call."""

    on_day: Annotated[Date, OnDay("When?", help="Left empty, it is today.", filled=True)]
    exact: Annotated[YesNo, OneOf("Was it said in these words?", _yes_no, help="As the policy has them.")]
    before: Annotated[YesNo, OneOf("Was it said at the start of the call?", _yes_no)]
    whole: Annotated[YesNo, OneOf("Was all of it said?", _yes_no)]
    words: Annotated[Text, EVIDENCE]


class WebsiteForm(NoticeForm):
    """Somebody looked at the two pages."""

    on_day: Annotated[Date, OnDay("When?", help="Left empty, it is today.", filled=True)]
    exact: Annotated[YesNo, OneOf("Does the page show exactly these words?", _yes_no, help="One other letter is a no.")]
    link: Annotated[YesNo, OneOf("Does the Contact us page link to it?", _yes_no)]
    words: Annotated[Text, EVIDENCE]
    overrules: Annotated[
        Text,
        Words(
            "If I saw a no, and you see a yes: why?",
            500,
            help="Only then. You looked with your own eyes, so your word counts, and stands beside mine.",
        ),
    ] = ""


FORMS: Mapping[str, type[NoticeForm]] = {"phone": PhoneForm, "website": WebsiteForm, "outgoing": OutgoingForm}


def variant(given: Given) -> type[Form]:
    """The form of a notice, by the button's value: `N-…:phone`."""
    return FORMS.get(given.about.partition(":")[2], PhoneForm)


class OutageForm(Form):
    """Days on which callers were not told."""

    name: ClassVar[str] = "outage"
    title: ClassVar[str] = "Enter an outage"
    send: ClassVar[str] = "Enter"
    intro: ClassVar[str] = (
        "Calls of these days are marked for whoever decides about them, and are not drawn for review. The Head and the Manager, Human Resources hear of it."
    )
    line: Annotated[str, OneOf("Which line?", _any_lines, initial=ALL)]
    first: Annotated[Date, OnDay("First day", help="In the time of the line.", missing="Please choose the first day.")]
    last: Annotated[
        Date,
        OnDay(
            "Last day",
            help="Today at the latest, by the company’s own day; 31 days in all at most.",
            missing="Please choose the last day.",
        ),
    ]
    why: Annotated[
        Text,
        Words(
            "What was wrong?",
            1000,
            lines=True,
            help="A sentence, for whoever asks later.",
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
            help="Its calls are not marked any more; drawn calls that it took from a review do not come back. What was entered stays on record, with this.",
            missing="Please say in a sentence why.",
        ),
    ]
