"""What people see of a notice that is to be confirmed, in every state (P3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.cards import Actions, Button, Card, Facts, Line, Part, Said, Sign, Small, Title, When, Words
from handlers.matters.asking import told
from handlers.matters.case import as_what
from handlers.notices.state import View
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


def card(view: View, reader: int) -> Card:
    """The card of one confirmation for one reader."""
    return Card(
        (
            Title(SIGNS[view.check.state], view.name, _state(view, reader)),
            *_heard(view),
            Facts(_facts(view)),
            *_answer(view, reader),
            *_seen(view),
            *_why(view),
            *_turn(view, reader),
            *_buttons(view, reader),
            Small(_small(view, reader)),
        ),
        _summary(view, reader),
    )


def _state(view: View, reader: int) -> str:
    if view.check.state != "waiting":
        return STATES[view.check.state]
    if view.asks(reader):
        return "to be confirmed by you"
    return f"to be confirmed by {' or '.join(view.people[one.person_id].name for one in view.approvers) or 'no one'}"


def _heard(view: View) -> tuple[Part, ...]:
    """The wording, while it is the one that the card is about."""
    outgoing = view.check.notice == "outgoing"
    words = view.policy.notices.outgoing if outgoing else view.policy.notices.announcement
    return (Said(HEARD[view.check.notice], words),) if view.check.is_open else ()


def _facts(view: View) -> tuple[tuple[str, Words], ...]:
    check, rows, notices = view.check, list[tuple[str, Words]](), view.policy.notices
    if check.notice == "phone" and check.is_open:
        rows += [(line_words(line, view.policy)[0], written(line)) for line in view.policy.lines]
    if check.notice == "website":
        rows += [("Page", notices.website or "none is named"), ("Contact us", notices.contact or "none is named")]
    rows.append(("Asked for", f"{day_words(view.due, None)} ({home(view.policy)})"))
    if check.closed_at is not None:
        rows.append(("Ended", When(check.closed_at, now=view.now)))
    return tuple(rows)


def _answer(view: View, reader: int) -> tuple[Part, ...]:
    one = view.answer
    if one is None:
        return ()
    who = "You" if one.person_id == reader else view.people[one.person_id].name
    sign, words = (Sign.APPROVED, "confirmed it") if one.answer == "yes" else (Sign.DENIED, "answered no")
    return (Line((f"{who} {words}, ", When(one.at, now=view.now)), sign), Said("Heard or seen", one.words))


def _seen(view: View) -> tuple[Part, ...]:
    """What the bot itself saw, of a notice on the web."""
    if view.check.notice != "website":
        return ()
    if view.look is None:
        return (Line("I have not looked at the pages yet.", Sign.WAITING),) if view.check.is_open else ()
    look = view.look
    sign = {"yes": Sign.APPROVED, "no": Sign.DENIED}.get(look.answer, Sign.QUESTION)
    return (Line((f"I looked: {saw(look.answer, look.reasons)} Last look ", When(look.looked_at, now=view.now)), sign),)


def _why(view: View) -> tuple[Part, ...]:
    months = counted(view.policy.notices.confirm_months, "month")
    match view.check.state:
        case "no":
            fix = "It has to be fixed. I ask again on the next working day."
            calls = "If callers were not told, press Enter an outage, so that calls of those days are marked and not drawn for review."
            return (Line(fix), Line(calls))
        case "confirmed":
            return (Line(f"It is asked for again in {months}, or when anything of it changes."),)
        case _:
            return (Line(WHY[view.check.why].format(months=months)),)


def _turn(view: View, reader: int) -> tuple[Part, ...]:
    """Why it came to this reader, what to do, and what happens if nobody answers."""
    if view.check.state == "stuck":
        hearer = told(view) if view.alarm is not None else ""
        return (Line(f"No one whom the policy names can be asked now. {hearer}".strip(), Sign.ALARM),)
    if not view.check.is_open:
        return ()
    mine = (
        f"You’re asked as {as_what(view, reader) or 'one of those who may confirm it'}. {HOW[view.check.notice]} "
        if view.asks(reader)
        else ""
    )
    return (Line(f"{mine}Until then there is a reminder each working day."),)


def _buttons(view: View, reader: int) -> tuple[Part, ...]:
    check = view.check
    if check.state == "waiting" and view.asks(reader):
        return (Actions((Button("notice_confirm", "Confirm", form_value(view), "primary"),)),)
    if check.state == "no":
        return (Actions((Button("outage", "Enter an outage", check.id, "primary"),)),)
    return ()


def _small(view: View, reader: int) -> str:
    others = [view.people[one].name for one in view.everybody() if one != reader and one in view.people]
    seen_by = f" · also seen by {', '.join(others)}" if others else ""
    return f"{view.check.id} · P3{seen_by}"


def _summary(view: View, reader: int) -> str:
    if view.check.state == "waiting" and view.asks(reader):
        return f"{view.name} is waiting for you to confirm it."
    return f"{view.name} {view.check.id}: {_state(view, reader)}."


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
