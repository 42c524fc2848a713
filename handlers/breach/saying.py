"""How a message of a report is drawn in chat: that there is one, why it came, until when, and never a word of it (P13)."""

from __future__ import annotations

from typing import Literal

from handlers.acting import Act
from handlers.breach.known import DECIDER, Seated
from handlers.breach.silence import overdue, promised
from handlers.breach.vault import Opened, Vault
from handlers.cards import Actions, Button, Card, Line, Part, Sign, Small, Title, When
from handlers.rules.breach_clock import Overdue
from handlers.unseen import Unseen
from storage.breaches import OPEN

What = Literal["alert", "stalls", "waits", "still", "late", "hearing", "decided", "agree", "news", "more", "ending"]
ACKNOWLEDGE, DETAILS, REPLY = "breach_acknowledge", "breach_details", "breach_reply"
OVER = "This is no longer for you to look after. There is nothing to do."
ERASED = "What you told in confidence was erased, as the policy says. There is nothing to do."
SILENT: tuple[What, ...] = ("stalls", "still", "late")
"""What is said of silence alone: that others did not acknowledge, that it still waits, and to the reporter that it is late."""
_WORDS: dict[What, str] = {
    "alert": "A confidential report has come in.",
    "waits": "A confidential report waits for somebody to handle it.",
    "hearing": "Somebody asks whether a call may be heard for a confidential report.",
    "decided": "It was decided whether you may hear a call for a confidential report.",
    "agree": "A confidential report is to be closed, and you are asked whether you agree.",
    "more": "Whoever sent a confidential report has written more.",
    "news": "There is an answer to what you told in confidence.",
    "ending": "A closed confidential report will be erased in 30 days.",
}
_OF_SILENCE: dict[tuple[What, Overdue], str] = {
    ("stalls", "acknowledged"): "A confidential report waits, and nobody has acknowledged it.",
    ("stalls", "answered"): "A confidential report still waits: nobody has answered whoever reported it.",
    ("still", "acknowledged"): "A confidential report still waits: nobody has acknowledged it.",
    ("still", "answered"): "A confidential report still waits: nobody has answered whoever reported it.",
    ("late", "acknowledged"): "Nobody has acknowledged yet what you told in confidence.",
    ("late", "answered"): "Nobody has answered yet what you told in confidence.",
}
_OVERDUE: dict[Overdue, str] = {
    "acknowledged": "Please read it and acknowledge it: that is overdue since ",
    "answered": "Please answer whoever reported it: that is overdue since ",
}
_SINCE = "A confidential report waited, and was looked after since."
_SINCE_YOURS = "What you told in confidence waited, and was looked after since."
ELSEWHERE = "It is kept, and you hear of it as soon as somebody does. You need not wait for that:"


class To(Unseen):
    """Whom a message is for (an address in normal form, or a chat account), what it says, and where it stands."""

    what: What
    person: str = ""
    account: str = ""
    platform: str = ""
    conversation: str = ""
    message: str = ""


def outlived(act: Act, vault: Vault, one: Opened, to: To) -> bool:
    """Whether it would speak of a silence that ended before it went out."""
    return to.what in SILENT and not _of_silence(to, overdue(act, vault, one))


def card(act: Act, vault: Vault, one: Opened, to: To) -> Card:
    """As it is now, for whom it is."""
    late = overdue(act, vault, one)
    words = _words(to, late)
    buttons = (Button(REPLY, "Reply", one.id, "primary"),) if to.account else _buttons(one, to)
    actions: tuple[Part, ...] = (Actions(buttons),) if buttons else ()
    parts: tuple[Part, ...] = (
        Title(Sign.NOTE, "In confidence", _state(one, to)),
        Line(f"{words} {one.id}"),
        *_asked(act, vault, one, to, late),
        *_elsewhere(act, to, late),
        *actions,
        Small("What it says stands on a page of its own, and never in this chat. P13"),
    )
    return Card(parts, words)


def over(report: str, to: To) -> Card:
    """It leads nowhere any more."""
    words = ERASED if to.account else OVER
    return Card((Title(Sign.ENDED, "In confidence", "over"), Line(words), Small(report)), words)


def _words(to: To, late: Overdue) -> str:
    if to.what not in SILENT:
        return _WORDS[to.what]
    return _of_silence(to, late) or (_SINCE_YOURS if to.account else _SINCE)


def _of_silence(to: To, late: Overdue) -> str:
    return _OF_SILENCE.get((to.what, late), "")


def _asked(act: Act, vault: Vault, one: Opened, to: To, late: Overdue) -> tuple[Part, ...]:
    """Why it came to this reader, until when or since when, and what comes of it unanswered; of one that waits."""
    mine = next((seat for seat in one.known.handlers if seat.email == to.person), None)
    due, zone = promised(vault, one), act.policy.lines[act.policy.company.home_line].time_zone
    over = one.report.state != OPEN or one.known.acknowledged_by or due.acknowledge <= act.now
    if mine is None or (over and not late):
        return ()
    at = When(due.feedback if late == "answered" else due.acknowledge, zone, act.now)
    why = f"You have it as {_role(act, mine)}. "
    if late:
        return (Line((why + _OVERDUE[late], at, ".")),)
    return (Line((f"{why}Please read it and acknowledge it by ", at, "; after that others hear that it waits.")),)


def _role(act: Act, mine: Seated) -> str:
    title = next((held.title for name, held in act.policy.roles.held().items() if name == mine.role), "")
    return f"a deputy of the {title}" if mine.deputy else f"the {title}"


def _elsewhere(act: Act, to: To, late: Overdue) -> tuple[Part, ...]:
    """To whom a reporter can turn outside the bot, while nobody does what was promised."""
    if to.what != "late" or not late:
        return ()
    return (Line(ELSEWHERE), Line(act.policy.breach.last_resort))


def _buttons(one: Opened, to: To) -> tuple[Button, ...]:
    mine = next((seat for seat in one.known.readers if seat.email == to.person), None)
    if mine is None:
        return ()
    details = Button(DETAILS, "Details", one.id, "primary")
    waits = mine.role != DECIDER and one.report.state == OPEN and not one.known.acknowledged_by
    return (details, Button(ACKNOWLEDGE, "Acknowledge", one.id)) if waits else (details,)


def _state(one: Opened, to: To) -> str:
    if one.report.state != OPEN:
        return "closed"
    if to.account:
        return "for you"
    if to.what == "hearing":
        asked = any((each.decider, each.state) == (to.person, "asked") for each in one.known.hearings)
        return "waiting for you" if asked else "decided"
    return "acknowledged" if one.known.acknowledged_by else "waiting for you"
