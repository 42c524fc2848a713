"""Messages about reports in chat: to whom each goes, and its card, which says why and until when, and never a word of the report (P13)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from pydantic import ValidationError

from handlers.acting import Context, Result, handler
from handlers.breach.state import DECIDER, Reader
from handlers.breach.vault import Opened, Vault
from handlers.cards import Actions, Button, Card, Line, Part, Sign, Small, Title, When
from handlers.phrases import capitalise
from handlers.rules.breach import HANDLERS, Overdue
from handlers.sealing import Unopened, Unseen, new_id
from storage.breaches import STALE, TOLD, WAITING, Breaches
from storage.database.store import Store
from storage.tables.breaches import Report, ReportPart


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent now: to an account or to a person, a card, and where it was posted before."""

    name: str
    card: Card
    person: int | None
    account: str
    platform: str = ""
    conversation: str = ""
    message: str = ""


AT_ONCE = 20
LEASE, LONGEST_WAIT, A_DAY = timedelta(seconds=60), timedelta(minutes=15), timedelta(days=1)
LATER = timedelta(minutes=5)  # until one that can't be read is looked at again

What = Literal["alert", "still", "late", "hearing", "decided", "agree", "news", "read", "more"]
ACKNOWLEDGE, DETAILS, REPLY = "breach_acknowledge", "breach_details", "breach_reply"
OVER = "This report is no longer with you."
ERASED = "Your confidential report was erased, as the policy says."
_WORDS: dict[What, str] = {
    "alert": "A confidential report has come in.",
    "hearing": "Please decide whether a call may be heard for a confidential report.",
    "decided": "Your request to hear a call for a confidential report was decided.",
    "agree": "Please say whether a confidential report can be closed.",
    "more": "The reporter has added to a confidential report.",
    "news": "You have a reply to your confidential report.",
    "read": "{who} has read your confidential report.",
    "still": "A confidential report was late, and is being handled now.",
    "late": "Your confidential report was late, and is being handled now.",
}
_OF_SILENCE: dict[tuple[What, Overdue], str] = {
    ("still", "acknowledged"): "A confidential report is still waiting to be acknowledged.",
    ("still", "answered"): "A confidential report is still waiting for your answer.",
    ("late", "acknowledged"): "Your confidential report has not been acknowledged yet.",
    ("late", "answered"): "Your confidential report has had no answer yet.",
}
_OVERDUE: dict[Overdue, str] = {
    "acknowledged": "Please read and acknowledge it. It has been overdue since ",
    "answered": "Please answer the reporter. Your answer has been overdue since ",
}
ELSEWHERE = "Your report is safe. You can also take it elsewhere."


class SentTo(Unseen):
    """Whom a message is for (a person, or a chat account), what it says, and where it was posted."""

    what: What
    person: int = 0
    account: str = ""
    platform: str = ""
    conversation: str = ""
    message: str = ""


def queue_message(ctx: Context, one: Opened, person: int, what: What) -> None:
    """Queue a message to a reader; `what` chooses its words (`_WORDS`)."""
    _queue_unless_waiting(ctx, one, SentTo(what=what, person=person))


def tell_reporter(ctx: Context, one: Opened, what: What = "news") -> None:
    """Queue a message to a reporter who gave a name; others read the page with their receipt."""
    if one.known.account:
        _queue_unless_waiting(ctx, one, SentTo(what=what, account=one.known.account))


def queue_redraws(one: Opened, only: int = 0) -> None:
    """Redraw the cards of all readers and the reporter, or of one reader (`only`).

    The card of a person who lost sight isn't redrawn and opens nothing: a change would tell them that they are kept
    out.
    """
    people = {only} if only else {reader.person for reader in one.known.readers} | {0}
    for row in one.vault.rows.messages(one.id):
        if row.kind == TOLD and _open_recipient(one.vault, row).person in people:
            row.kind = STALE


def report_shown(ctx: Context, report: str, message: str) -> Card | None:
    """Return a report's card for the actor, to replace the message that has this id; None if they neither read the
    report nor made it. For an unknown id the card is that of any message to them.
    """
    vault, me = Vault(ctx), ctx.me.id
    one = vault.for_reader(report, me) or (vault.by_rule(report) if vault.is_own(report, ctx.who.account) else None)
    sent = (_open_recipient(vault, row) for row in vault.rows.messages(report))
    mine = sorted(
        (to for to in sent if me == to.person or ctx.who.account == to.account), key=lambda to: to.message != message
    )
    return report_card(ctx, one, mine[0]) if one is not None and mine else None


def messages_wait(store: Store, now: datetime) -> bool:
    """Return True if a message about a report must be sent now; the worker asks this before it collects them."""
    return bool(Breaches(store.session).due(now, 1))


@handler("breach.collect", clause="P13", private=True)
def collect_messages(ctx: Context) -> Result[list[Message]]:
    """Take the messages due now, each with its card; one that can't be read holds up no other."""
    vault, found = Vault(ctx), list[Message]()
    for row in vault.rows.due(ctx.now, AT_ONCE):
        row.due_at = ctx.now + LEASE
        try:
            message = _message_to_send(ctx, vault, row, _open_recipient(vault, row))
        except (Unopened, ValidationError):
            row.due_at = ctx.now + LATER
            continue
        if message is None:
            vault.rows.forget(row)
        else:
            found.append(message)
    return Result(found)


@handler("breach.delivered", clause="P13", private=True)
def note_delivered(ctx: Context, name: str, platform: str, conversation: str, message: str) -> Result[None]:
    """Store where a message was posted, so that it can be redrawn; no time is kept, and nothing of a report that is gone."""
    vault = Vault(ctx)
    row = vault.rows.row(ReportPart, name)
    if row is not None and vault.rows.row(Report, row.report_id) is None:
        vault.rows.forget(row)
    elif row is not None:
        where = {"platform": platform, "conversation": conversation, "message": message}
        row.sealed = _seal_recipient(ctx, row.name, _open_recipient(vault, row).model_copy(update=where))
        row.kind, row.number, row.due_at = TOLD, 0, _today_utc(ctx)
    return Result(None)


@handler("breach.undelivered", clause="P13", private=True)
def note_undelivered(ctx: Context, name: str, *, gone: bool, seconds: float = 30.0) -> Result[None]:
    """Try a message again later, waiting twice as long each time; a day later if the person can't be reached (`gone`)."""
    row = Vault(ctx).rows.row(ReportPart, name)
    if row is not None:
        row.number += 1
        wait = timedelta(seconds=seconds * 2.0 ** min(row.number - 1, 5))
        row.due_at = ctx.now + (A_DAY if gone else min(wait, LONGEST_WAIT))
    return Result(None)


def report_card(ctx: Context, one: Opened, to: SentTo) -> Card:
    """Draw the card as it is now for this recipient."""
    late = one.known.overdue(ctx.now)
    words = _OF_SILENCE.get((to.what, late), _WORDS[to.what]).format(
        who=first.about if (first := one.known.acknowledgement) and first.about else "HR"
    )
    reply = Button(REPLY, "Reply" if one.known.open else "Details", one.id, "primary")
    buttons = (reply,) if to.account else _report_buttons(one, to)
    actions: tuple[Part, ...] = (Actions(buttons),) if buttons else ()
    parts: tuple[Part, ...] = (
        Title(Sign.NOTE, words.rstrip("."), _report_state(one, to)),
        *_asked_parts(ctx, one, to, late),
        *_elsewhere_lines(ctx, to, late),
        *actions,
        Small(f"You read it on a separate page, never in this chat. {one.id} · P13"),
    )
    return Card(parts, words)


def over_card(report: str, to: SentTo) -> Card:
    """Return the card of a report that this person no longer has; nothing on it can be opened."""
    words = ERASED if to.account else OVER
    return Card((Title(Sign.ENDED, words.rstrip("."), ""), Small(report)), words)


def _queue_unless_waiting(ctx: Context, one: Opened, to: SentTo) -> None:
    """Queue a message, unless the same one is waiting already; only its day is kept, no time."""
    for row in one.vault.rows.messages(one.id):
        if row.kind == WAITING and _open_recipient(one.vault, row) == to:
            row.due_at = _today_utc(ctx)
            return
    name = new_id("M")
    row = ReportPart(
        name=name, kind=WAITING, report_id=one.id, sealed=_seal_recipient(ctx, name, to), due_at=_today_utc(ctx)
    )
    one.vault.rows.insert(row)


def _today_utc(ctx: Context) -> datetime:
    """Return the start of today (UTC), so that no row shows at which time something happened."""
    return datetime.combine(ctx.now.astimezone(UTC).date(), time(), UTC)


def _message_to_send(ctx: Context, vault: Vault, row: ReportPart, to: SentTo) -> Message | None:
    """Return the message to send, or None if its recipient no longer gets it.

    Raises `Unopened` if the report can't be read.
    """
    one = vault.by_rule(row.report_id)
    if one is None and vault.rows.row(Report, row.report_id) is not None:
        raise Unopened
    theirs = one is not None and (to.account or any(seat.person == to.person for seat in one.known.readers))
    if not (to.person or to.account) or (row.kind == WAITING and not theirs):
        return None
    drawn = report_card(ctx, one, to) if one is not None and theirs else over_card(row.report_id, to)
    return Message(
        row.name, drawn, to.person or None, to.account, to.platform, to.conversation, to.message,
    )  # fmt: skip


def _asked_parts(ctx: Context, one: Opened, to: SentTo, late: Overdue) -> tuple[Part, ...]:
    """Say why this reader has the report, by when to acknowledge it, or since when it is overdue."""
    mine = next((seat for seat in one.known.handlers if seat.person == to.person), None)
    due, zone = one.known.promised, ctx.policy.lines[ctx.policy.company.home_line].time_zone
    handled = not one.known.open or one.known.acknowledged_by or due.acknowledge <= ctx.now
    if mine is None or (handled and not late):
        return ()
    at = When(due.feedback if late == "answered" else due.acknowledge, zone, ctx.now)
    why = f"You read it as {_role_words(ctx, mine)}. "
    told = "its readers" if one.known.source == "bot" else "its readers and the reporter"
    if late:
        return (Line((why + _OVERDUE[late], at, ".")),)
    return (Line((f"{why}Please read and acknowledge it by ", at, f". If it’s late, I’ll tell {told}.")),)


def _role_words(ctx: Context, seat: Reader) -> str:
    """Return the role by which a reader reads, such as “a deputy of the Head of …”."""
    title = next((held.title for name, held in ctx.policy.roles.held().items() if name == seat.role), "")
    return f"a deputy of the {title}" if seat.deputy else f"the {title}"


def office_words(ctx: Context, seat: Reader) -> str:
    """Return as whom a reader acts, for the reporter, who isn't told a name."""
    return "HR" if seat.role == HANDLERS[0] else capitalise(_role_words(ctx, seat))


def _elsewhere_lines(ctx: Context, to: SentTo, late: Overdue) -> tuple[Part, ...]:
    """Tell the reporter whom to turn to outside the bot while what was promised is overdue."""
    if to.what != "late" or not late:
        return ()
    return (Line(ELSEWHERE), Line(ctx.policy.breach.last_resort))


def _report_buttons(one: Opened, to: SentTo) -> tuple[Button, ...]:
    """Return a reader's buttons: Details, and once they read it Acknowledge until someone has; none for people without sight."""
    mine = next((seat for seat in one.known.readers if seat.person == to.person), None)
    if mine is None:
        return ()
    details = Button(DETAILS, "Details", one.id, "primary")
    waits = mine.opened and mine.role != DECIDER and one.known.open and not one.known.acknowledged_by
    return (details, Button(ACKNOWLEDGE, "Acknowledge", one.id)) if waits else (details,)


def _report_state(one: Opened, to: SentTo) -> str:
    """Say in a word or two what state the report is in for this recipient; nothing where the card’s own words say it."""
    if not one.known.open:
        return "closed"
    if to.account or to.what == "more":
        return ""
    if to.what == "hearing":
        asked = any((each.decider, each.state) == (to.person, "asked") for each in one.known.hearings)
        return "waiting for you" if asked else "decided"
    return "acknowledged" if one.known.acknowledged_by else "waiting for you"


def _open_recipient(vault: Vault, row: ReportPart) -> SentTo:
    """Return whom a queued message is for, which its row keeps sealed."""
    return SentTo.model_validate_json(vault.keys.open(row.sealed, row.name, "breach notice"))


def _seal_recipient(ctx: Context, name: str, to: SentTo) -> bytes:
    """Seal whom a message is for, and bind that to the row of this name."""
    return ctx.keys.seal(to.model_dump_json().encode(), name, "breach notice")
