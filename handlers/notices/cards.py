"""What people see of a notice that is to be confirmed, in every state (P3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.matters.asking import told
from handlers.notices.state import NoticeCase
from handlers.notices.steps import form_value
from handlers.rules.notices import home
from handlers.rules.phone import written
from handlers.words import counted, day_words, line_words

WHY: Mapping[str, str] = {
    "first": "No one has confirmed this notice yet.",
    "quarter": "It is confirmed every {months}, and that time has come.",
    "changed": "Its wording, an address or a line has changed since it was last confirmed.",
    "no": "The answer was no, so it has to be fixed. I ask again.",
    "seen": "I looked at the pages after it was confirmed, and they don’t show it.",
}
SAW: Mapping[str, str] = {
    "yes": "The words are in the page’s text, and the Contact us page links to it.",
    "no": "It is not as it should be:",
    "unseen": "It could not be seen:",
}
PAGES: Mapping[str, str] = {"website": "the page with the notice", "contact": "the Contact us page"}
REASONS: Mapping[str, str] = {
    "wording_missing": "{page} does not contain these words",
    "link_missing": "{page} has no link to the notice",
    "no_address": "the policy names no https address for {page}",
    "not_listed": "{page} leads to a name that is not listed",
    "not_https": "{page} leads to an address without https",
    "too_many": "{page} leads on and on",
    "no_name": "the name of {page} was not found",
    "unreachable": "{page} could not be reached",
    "certificate": "the certificate of {page} is not right",
    "slow": "{page} took too long",
    "too_big": "{page} is larger than I read",
    "status": "the server answered with an error for {page}",
    "not_text": "{page} is no web page of text",
    "unreadable": "{page} could not be read",
}
SIGNS = {
    "waiting": Sign.WAITING,
    "stuck": Sign.ALARM,
    "confirmed": Sign.APPROVED,
    "no": Sign.DENIED,
}
STATES = {
    "stuck": "no one can confirm it",
    "confirmed": "confirmed",
    "no": "not as it should be",
}
HOW = {
    "phone": "Phone each line from outside, listen until someone answers, and press Confirm.",
    "website": "Look at the two pages, and press Confirm.",
    "outgoing": "Listen how some outgoing calls begin, and press Confirm.",
}
HEARD = {"phone": "What callers are to hear", "website": "What the page is to say", "outgoing": "What staff are to say"}


def card(case: NoticeCase, reader: int) -> Card:
    """The card of one confirmation for one reader."""
    return Card(
        (
            Title(SIGNS[case.matter.state], case.name, _state(case, reader)),
            *_heard(case),
            Facts(_facts(case)),
            *_answer(case, reader),
            *_seen(case),
            *_why(case),
            *_turn(case, reader),
            *_buttons(case, reader),
            Small(case.small(reader)),
        ),
        _summary(case, reader),
    )


def _state(case: NoticeCase, reader: int) -> str:
    if case.matter.state != "waiting":
        return STATES[case.matter.state]
    if case.asks(reader):
        return "to be confirmed by you"
    return f"to be confirmed by {case.asked_names}"


def _heard(case: NoticeCase) -> tuple[Part, ...]:
    """The wording, while it is the one that the card is about."""
    outgoing = case.matter.notice == "outgoing"
    words = case.policy.notices.outgoing if outgoing else case.policy.notices.announcement
    return (Said(HEARD[case.matter.notice], words),) if case.matter.is_open else ()


def _facts(case: NoticeCase) -> tuple[tuple[str, Words], ...]:
    check, rows, notices = case.matter, list[tuple[str, Words]](), case.policy.notices
    if check.notice == "phone" and check.is_open:
        rows += [(line_words(line, case.policy)[0], written(line)) for line in case.policy.lines]
    if check.notice == "website":
        rows += [("Page", notices.website or "none is named"), ("Contact us", notices.contact or "none is named")]
    rows.append(("Asked for", f"{day_words(case.due, None)} ({home(case.policy)})"))
    if check.closed_at is not None:
        rows.append(("Ended", When(check.closed_at, now=case.now)))
    return tuple(rows)


def _answer(case: NoticeCase, reader: int) -> tuple[Part, ...]:
    check = case.matter
    if check.decided_by is None or check.closed_at is None:
        return ()
    who = "You" if check.decided_by == reader else case.people[check.decided_by].name
    sign, words = (Sign.APPROVED, "confirmed it") if check.state == "confirmed" else (Sign.DENIED, "answered no")
    return (Line((f"{who} {words}, ", When(check.closed_at, now=case.now)), sign), Said("Heard or seen", check.words))


def _seen(case: NoticeCase) -> tuple[Part, ...]:
    """What the bot itself saw, of a notice on the web."""
    if case.matter.notice != "website":
        return ()
    if case.look is None:
        return (Line("I have not looked at the pages yet.", Sign.WAITING),) if case.matter.is_open else ()
    look = case.look
    sign = {"yes": Sign.APPROVED, "no": Sign.DENIED}.get(look.answer, Sign.QUESTION)
    return (Line((f"I looked: {saw(look.answer, look.reasons)} Last look ", When(look.looked_at, now=case.now)), sign),)


def _why(case: NoticeCase) -> tuple[Part, ...]:
    months = counted(case.policy.notices.confirm_months, "month")
    match case.matter.state:
        case "no":
            fix = "It has to be fixed. I ask again on the next working day."
            calls = "If callers were not told, press Enter an outage, so that calls of those days are marked and not drawn for review."
            return (Line(fix), Line(calls))
        case "confirmed":
            return (Line(f"It is asked for again in {months}, or when anything of it changes."),)
        case _:
            return (Line(WHY[case.matter.why].format(months=months)),)


def _turn(case: NoticeCase, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, what to do, and what happens if nobody answers."""
    if case.matter.state == "stuck":
        return (Line(f"No one whom the policy names can be asked now. {told(case)}".strip(), Sign.ALARM),)
    if not case.matter.is_open:
        return ()
    mine = (
        f"You’re asked as {case.as_what(reader) or 'one of those who may confirm it'}. {HOW[case.matter.notice]} "
        if case.asks(reader)
        else ""
    )
    return (Line(f"{mine}Until then there is a reminder each week."),)


def _buttons(case: NoticeCase, reader: int) -> tuple[Part, ...]:
    check = case.matter
    if check.state == "waiting" and case.asks(reader):
        return (Actions((Button("notice_confirm", "Confirm", form_value(case), "primary"),)),)
    if check.state == "no":
        return (Actions((Button("outage", "Enter an outage", check.id, "primary"),)),)
    return ()


def _summary(case: NoticeCase, reader: int) -> str:
    if case.matter.state == "waiting" and case.asks(reader):
        return f"{case.name} is waiting for you to confirm it."
    return f"{case.name} {case.matter.id}: {_state(case, reader)}."


def saw(answer: str, found: Iterable[str]) -> str:
    """What the pages were seen to say, in a sentence; what this version does not know is left out."""
    told = []
    for one in found:
        page, _, reason = one.partition(":")
        if reason in REASONS and page in PAGES:
            told.append(REASONS[reason].format(page=PAGES[page]))
    return (
        SAW["yes"] if answer == "yes" else f"{SAW.get(answer, SAW['unseen'])} {'; '.join(told) or 'I can’t say why'}."
    )
