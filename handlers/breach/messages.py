"""What is said of a report in chat: that there is one, to whom it concerns, and never a word of it (P13)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Literal

from pydantic import BaseModel

from handlers.acting import Act, Done
from handlers.breach import intents
from handlers.breach.known import DECIDER, Seated
from handlers.breach.vault import Opened, Vault
from handlers.cards import Actions, Button, Card, Line, Part, Sign, Small, Title
from handlers.ids import new_id
from handlers.keys import opened, sealed
from storage.breach_records import ReportNotice
from storage.breaches import LOST, OPEN, STALE, TOLD, WAITING

What = Literal["alert", "stalls", "waits", "hearing", "agree", "news", "more", "ending"]
ACKNOWLEDGE, DETAILS, REPLY = "breach_acknowledge", "breach_details", "breach_reply"
AT_ONCE = 20
LONGEST_WAIT = 900.0  # seconds
_WORDS: dict[What, str] = {
    "alert": "A confidential report has come in.",
    "stalls": "A confidential report waits, and nobody has acknowledged it.",
    "waits": "A confidential report waits for somebody to handle it.",
    "hearing": "Somebody asks whether a call may be heard for a confidential report.",
    "agree": "A confidential report is to be closed, and you are asked whether you agree.",
    "more": "Whoever sent a confidential report has written more.",
    "news": "There is an answer to what you told in confidence.",
    "ending": "A closed confidential report will be erased in 30 days.",
}


class To(BaseModel):
    """Whom a message is for (an address in normal form, or a chat account), what it says, and where it stands."""

    what: What
    person: str = ""
    account: str = ""
    platform: str = ""
    conversation: str = ""
    message: str = ""


def alert(act: Act, vault: Vault, one: Opened, reader: Seated, what: What = "alert") -> None:
    """A message to somebody with sight of the report; of several at once the last one is enough."""
    leave(act, vault, one.id, To(what=what, person=reader.email))


def news(act: Act, vault: Vault, one: Opened) -> None:
    """A message to who gave a name; whoever withheld it has the receipt."""
    if one.known.account:
        leave(act, vault, one.id, To(what="news", account=one.known.account))


def leave(act: Act, vault: Vault, report: str, to: To) -> None:
    """It goes out as soon as it can; no minute is kept of when that was."""
    name = new_id("M")
    day = datetime.combine(act.now.astimezone(UTC).date(), time(), UTC)
    row = ReportNotice(id=name, report_id=report, sealed=_sealed(act, name, to), state=WAITING, due_at=day)
    vault.rows.add(row)


def stale(vault: Vault, one: Opened, email: str = "") -> None:
    """Messages that stand somewhere already are to say how it is now: those to one person, or all."""
    for row in vault.rows.notices_of(one.id):
        to = _to(vault, row)
        if row.state == TOLD and to.person and email in ("", to.person):
            row.state = STALE
        elif row.state == WAITING and email and to.person == email:
            row.state = LOST


def collect(act: Act, intent: intents.Collect) -> Done[list[intents.Message]]:
    """Each with its card as it is now."""
    vault = Vault(act)
    rows = vault.rows.notices(act.now, AT_ONCE)
    return Done([_message(act, vault, row) for row in rows])


def delivered(act: Act, intent: intents.Delivered) -> Done[None]:
    """Where it stands is kept, so that it can be drawn anew."""
    vault = Vault(act)
    row = vault.rows.notice(intent.name)
    if row is not None:
        to = _to(vault, row).model_copy(
            update={"platform": intent.platform, "conversation": intent.conversation, "message": intent.message}
        )
        row.sealed, row.state, row.attempts = _sealed(act, row.id, to), TOLD, 0
    return Done(None)


def undelivered(act: Act, intent: intents.Undelivered) -> Done[None]:
    """Later; or never, where the person is out of reach: the rule asks somebody else then."""
    row = Vault(act).rows.notice(intent.name)
    if row is not None:
        row.attempts += 1
        row.state = LOST if intent.gone else row.state
        row.due_at = act.now + timedelta(seconds=min(intent.wait * 2.0 ** min(row.attempts - 1, 5), LONGEST_WAIT))
    return Done(None)


def _message(act: Act, vault: Vault, row: ReportNotice) -> intents.Message:
    to = _to(vault, row)
    person = act.store.people.with_keys([to.person]).get(to.person) if to.person else None
    return intents.Message(
        row.id, _card(vault, row.report_id, to), person.id if person else None, to.account, to.platform,
        to.conversation, to.message,
    )  # fmt: skip


def _card(vault: Vault, report: str, to: To) -> Card:
    one = vault.by_rule(report)
    reads = one is not None and (bool(to.account) or any(seat.email == to.person for seat in one.known.readers))
    if one is None or not reads:
        return _over(report)
    words = _WORDS[to.what]
    buttons = (Button(REPLY, "Reply", report, "primary"),) if to.account else _buttons(one, to)
    parts: tuple[Part, ...] = (
        Title(Sign.NOTE, "In confidence", _state(one, to)),
        Line(f"{words} {report}"),
        Actions(buttons),
        Small("What it says stands on a page of its own, and never in this chat. P13"),
    )
    return Card(parts, words)


def _buttons(one: Opened, to: To) -> tuple[Button, ...]:
    details = Button(DETAILS, "Details", one.id, "primary")
    handles = any(seat.email == to.person and seat.role != DECIDER for seat in one.known.readers)
    waits = handles and one.report.state == OPEN and not one.known.acknowledged_by
    return (details, Button(ACKNOWLEDGE, "Acknowledge", one.id)) if waits else (details,)


def _state(one: Opened, to: To) -> str:
    if one.report.state == "closed":
        return "closed"
    if to.account:
        return "for you"
    return "acknowledged" if one.known.acknowledged_by else "waiting for you"


def _over(report: str) -> Card:
    words = "This is no longer for you to look after. There is nothing to do."
    return Card((Title(Sign.ENDED, "In confidence", "over"), Line(words), Small(report)), words)


def _to(vault: Vault, row: ReportNotice) -> To:
    return To.model_validate_json(opened(vault.keys.of("breach notice"), row.sealed, row.id))


def _sealed(act: Act, name: str, to: To) -> bytes:
    return sealed(act.keys.of("breach notice"), to.model_dump_json().encode(), name)
