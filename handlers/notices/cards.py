"""What people see of a notice that is to be confirmed, in every state (P3)."""

from __future__ import annotations

from datetime import datetime

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.matters.alarming import told
from handlers.matters.case import as_what
from handlers.notices.forms import QUESTIONS
from handlers.notices.outages import days
from handlers.notices.view import View
from handlers.notices.words import WHY, overruled, saw
from handlers.policy import Policy
from handlers.rules.access import company_day
from handlers.rules.notices import SILENT_AFTER, home, lines_to_ring
from handlers.rules.phone import written
from handlers.words import counted, day_words, line_words
from storage.tables.notices import NoticeAnswer

SIGNS = {
    "waiting": Sign.WAITING,
    "stuck": Sign.ALARM,
    "confirmed": Sign.APPROVED,
    "no": Sign.DENIED,
    "over": Sign.ENDED,
}
STATES = {
    "stuck": "nobody can confirm it",
    "confirmed": "confirmed",
    "no": "not as it should be",
    "over": "asked for anew",
}
ASKED = {
    "phone": {"exact": "in these words", "before": "before anybody answered", "whole": "all of it"},
    "website": {"exact": "these words on the page", "link": "linked from the Contact us page"},
    "outgoing": {"exact": "in these words", "before": "at the start of the call", "whole": "all of it"},
}
"""What each question was about, of each notice."""
HOW = {
    "phone": "Ring each line from outside, listen until somebody answers, and press Confirm for each.",
    "website": "Look at the two pages, and press Confirm.",
    "outgoing": "Listen how some outgoing calls begin, and press Confirm.",
}
HEARD = {"phone": "What callers are to hear", "website": "What the page is to say", "outgoing": "What staff are to say"}


def card(view: View, reader: int) -> Card:
    """The card of one confirmation for one reader."""
    return Card(
        (
            Title(SIGNS[view.check.state], view.name, _state(view, reader)),
            *_heard(view),
            Facts(_facts(view)),
            *(part for one in view.answers for part in _answer(view, one, reader)),
            *_seen(view),
            *_why(view),
            *_turn(view, reader),
            *_buttons(view, reader),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def answered(view_notice: str, answer: NoticeAnswer) -> str:
    """What was answered, in words: “in these words · not before anybody answered”."""
    asked = ASKED[view_notice]
    told_of = [(asked[one], answer.answers[one]) for one in QUESTIONS if one in asked and one in answer.answers]
    return " · ".join(words if yes == "yes" else f"NOT {words}" for words, yes in told_of)


def _state(view: View, reader: int) -> str:
    if view.check.state != "waiting":
        return STATES[view.check.state]
    if view.asks(reader):
        return "to be confirmed by you"
    return f"to be confirmed by {' or '.join(view.people[one.person_id].name for one in view.approvers) or 'nobody'}"


def _heard(view: View) -> tuple[Part, ...]:
    """The wording, while it is the one that the card is about."""
    outgoing = view.check.notice == "outgoing"
    words = view.policy.notices.outgoing if outgoing else view.policy.notices.announcement
    return (Said(HEARD[view.check.notice], words),) if view.check.is_open else ()


def _facts(view: View) -> tuple[tuple[str, Words], ...]:
    check, rows = view.check, list[tuple[str, Words]]()
    if check.notice == "phone" and check.is_open:
        done = {one.line for one in view.answers}
        for line in lines_to_ring(view.policy, check.notice):
            label = f"{line_words(line, view.policy)[0]} ({written(line)})"
            rows.append((label, "answered" if line in done else "to be rung"))
    if check.notice == "website":
        rows += [
            ("Page", view.policy.notices.website or "none is named"),
            ("Contact us", view.policy.notices.contact or "none is named"),
        ]
    rows.append(("Asked for", f"{day_words(view.due, None)} ({home(view.policy)})"))
    if check.closed_at is not None:
        rows.append(("Ended", When(check.closed_at, now=view.now)))
    return tuple(rows)


def _answer(view: View, one: NoticeAnswer, reader: int) -> tuple[Part, ...]:
    who = "You" if one.person_id == reader else view.people[one.person_id].name
    where = f"{line_words(one.line, view.policy)[0]}: " if one.line else ""
    sign = Sign.DENIED if "no" in one.answers.values() else Sign.APPROVED
    return (
        Line((f"{where}{answered(view.check.notice, one)}. {who} answered, ", When(one.at, now=view.now)), sign),
        Said("Heard or seen", one.words),
        *(
            (Line(overruled(who.lower() if who == "You" else who, one.overrules), Sign.QUESTION),)
            if one.overrules
            else ()
        ),
    )


def _seen(view: View) -> tuple[Part, ...]:
    """What the bot itself saw, of a notice on the web."""
    if view.check.notice != "website" or view.check.state == "over":
        return ()
    if view.look is None:
        return (Line("I have not looked at the pages yet.", Sign.WAITING),) if view.check.is_open else ()
    look = view.look
    sign = {"yes": Sign.APPROVED, "no": Sign.DENIED}.get(look.answer, Sign.QUESTION)
    return (
        Line((f"I looked: {saw(look.answer, look.reasons)} Last seen so ", When(look.looked_at, now=view.now)), sign),
    )


def _why(view: View) -> tuple[Part, ...]:
    check = view.check
    if check.state == "over":
        return (Line("The wording, an address or a line changed before it was confirmed, so it is asked for anew."),)
    if check.state == "no":
        return (Line("It has to be fixed. I ask again on the next working day."), *_outage(view))
    if check.state == "confirmed":
        months = view.policy.notices.confirm_months
        return (Line(f"It is asked for again in {counted(months, 'month')}, or when anything of it changes."),)
    until = the_day(view.policy, view.until) if view.until is not None else "some days ago"
    return (Line(WHY[check.why].format(months=counted(view.policy.notices.confirm_months, "month"), until=until)),)


def _outage(view: View) -> tuple[Part, ...]:
    if view.outage is not None:
        return (Line(f"The outage {view.outage.id} was entered, {days(view.outage)}."),)
    return (
        Line(
            "If callers were not told, press Enter an outage, so that calls of those days are marked and not drawn for review."
        ),
    )


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, what to do, and what happens if nobody answers."""
    if view.check.state == "stuck":
        hearer = told(view) if view.alarm is not None else ""
        return (Line(f"Nobody whom the policy names can be asked now. {hearer}".strip(), Sign.ALARM),)
    if not view.check.is_open:
        return ()
    mine = (
        f"It came to you as {as_what(view, reader) or 'one of those who may confirm it'}. {HOW[view.check.notice]} "
        if view.asks(reader)
        else ""
    )
    return (
        Line(
            f"{mine}Until then there is a reminder each working day, and after {SILENT_AFTER} of them somebody else is asked as well."
        ),
    )


def _buttons(view: View, reader: int) -> tuple[Part, ...]:
    check = view.check
    if check.state == "waiting" and view.asks(reader):
        return (Actions((Button("notice_confirm", "Confirm", f"{check.id}:{check.notice}", "primary"),)),)
    if check.state == "no" and view.outage is None:
        return (Actions((Button("outage", "Enter an outage", check.id, "primary"),)),)
    return ()


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader and one in view.people]
    seen_by = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.check.id} · P3{seen_by}"


def _summary(view: View, reader: int) -> str:
    if view.check.state == "waiting" and view.asks(reader):
        return f"{view.name} waits for you to confirm it."
    return f"{view.name} {view.check.id}: {_state(view, reader)}."


def home_day(view: View) -> str:
    """The company's day on which it ended, such as “Sat 3 Oct 2026”."""
    return the_day(view.policy, view.check.closed_at) if view.check.closed_at else ""


def the_day(policy: Policy, moment: datetime) -> str:
    """The company's day of a moment (aware), such as “Sat 3 Oct 2026”."""
    return day_words(company_day(policy, moment), None)
