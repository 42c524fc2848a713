"""Letters to customers: their words, which don't reveal whose call it was or if there was one, and how they go (P8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers import sealing, telling
from handlers.acting import Context, Effect, Result, Tell, handler
from handlers.cards import Written
from handlers.customers import filing, links
from handlers.customers.state import CustomerCase, Details
from handlers.matters import asking, reminding
from handlers.phrases import day_words, quantity_words
from handlers.policy import Policy
from handlers.rules.retention import erased_before
from handlers.rules.working_days import calendar_of, due_after
from storage import customers, erasures
from storage.database.store import Store
from storage.tables.customers import ALIVE, CustomerLetter, CustomerRequest

OPEN = "Open the page"
ERASED = "erased"
"""The key of the refusal that says when recordings are erased, but not whether or why one was."""
GONE = "We erase a recording after {months}, or sooner if the caller asked not to be recorded. Calls before {before} have been erased."
ASKED = "you asked us for a recorded call"
"""For one call, and for a request without any."""
ASKED_FOR_SEVERAL = "you asked us for recorded calls"


def copy_letter(policy: Policy, known: Details, calls: int, link: str = "", *, gives: str) -> Written:
    """Return the letter with the link to the released calls; `gives` is “copy” or “listen”.

    Without a `link` it is a preview.
    """
    one = calls == 1
    the_calls, asked = ("the call", ASKED) if one else ("the calls", ASKED_FOR_SEVERAL)
    ready = "It is ready for you." if one else f"{quantity_words(calls, 'call')} are ready for you."
    can = f"hear and download {the_calls}" if gives == "copy" else f"hear {the_calls}"
    only = f"You can’t download {the_calls}, because someone else is heard or mentioned."
    return Written(
        f"Your {'call' if one else 'calls'} with {policy.company.name}",
        f"Dear {known.name},",
        (
            f"On {_asked_day(policy, known)} {asked}. {ready}",
            f"To open the page you need a six-digit passcode. We’ll phone you with it; we never send it by e-mail. You can then {can}.",
            *((only,) if gives == "listen" else ()),
            f"The link works for {quantity_words(policy.customers.link_days, 'day')}.",
        ),
        link,
        OPEN if link else "",
        small=(f"If you didn’t ask us for this, please don’t open the link, and tell us{_where_to_tell_us(policy)}.", *_privacy_lines(policy)),
    )  # fmt: skip


def refusal_letter(policy: Policy, known: Details, refusal: str, chosen: str = "") -> Written:
    """Return the letter for a refusal, by its key in the policy; it depends on the request and its date, never on a call.

    `chosen` stands for the reason in a preview, before one is chosen.
    """
    # Reckoned from the day on which they asked, and true of every line: on any of them it is the day before at the earliest (P12).
    before = erased_before(known.first_asked_on(_home_zone(policy)) - timedelta(days=1), policy.retention.months)
    told = GONE.format(months=quantity_words(policy.retention.months, "month"), before=day_words(before, None))
    # For every line, since a single one would tell which was called.
    whom = tuple((policy.lines[one].label, words) for one, words in policy.customers.complain.items())
    return Written(
        "Your request for a recorded call",
        f"Dear {known.name},",
        (
            f"On {_asked_day(policy, known)} {ASKED}. We can’t provide it, for this reason:",
            policy.customers.refusals.get(refusal, chosen),
            *((told,) if refusal == ERASED else ()),
            *(
                ("If you don’t agree, you can complain to one of these, depending on the number you phoned:",)
                if whom
                else ()
            ),
        ),
        facts=whom,
        small=_privacy_lines(policy),
    )


def preview_letter(to: str, written: Written, label: str = "") -> str:
    """Return the letter as plain lines for the sender to check: the recipient and every word.

    `label` is its button's text.
    """
    facts = [f"{name}: {value}" for name, value in written.facts]
    button = [f"[{label}]"] if label else []
    head = [f"To: {to}" if to else "To: no address yet", f"Subject: {written.subject}"]
    return "\n\n".join(
        ["\n".join(head), written.greeting, *written.paragraphs, *button, *(["\n".join(facts)] if facts else []), *written.small]
    )  # fmt: skip


class Envelope(sealing.Unseen):
    """A letter with the address to which it goes."""

    to: str
    written: Written


def put_letter(
    ctx: Context, request: CustomerRequest, letter: CustomerLetter, to: str, written: Written
) -> dict[str, str]:
    """Store a letter sealed with the request's own key, for delivery.

    Returns the details for the audit log: its id, and only a mark of the address.
    """
    words = Envelope(to=to, written=written).model_dump_json().encode()
    letter.sealed = sealing.Seal(ctx).sealed(request.id, words, f"mail {letter.id}")
    ctx.store.insert(letter)
    return {"mail": letter.id, "to": sealing.Seal(ctx).mark(request.id, "address", to)}


def new_letter(ctx: Context, request: CustomerRequest, ends_at: datetime | None = None) -> CustomerLetter:
    """Return a letter without words; its Message-ID never changes. Its link, if any, ends at `ends_at`."""
    return CustomerLetter(
        id=sealing.new_id("CL"), matter_id=request.id, message_id=f"<{sealing.new_secret()}@{ctx.policy.company.mail_domains[0]}>", sealed=b"",
        made_at=ctx.now, next_at=ctx.now, ends_at=ends_at or ctx.now,
    )  # fmt: skip


def read_letter(ctx: Context, letter: CustomerLetter) -> Envelope | None:
    """Return the letter; None once the request's key was destroyed. Raises `Unopened` if it can't be read."""
    told = sealing.Seal(ctx).opened(letter.matter_id, letter.sealed, f"mail {letter.id}")
    return Envelope.model_validate_json(told) if told is not None else None


def call_back_letters(ctx: Context, letters: Iterable[CustomerLetter]) -> list[str]:
    """Call back letters that aren't settled, even if the mail server has them by now; return their ids."""
    found = [one for one in letters if one.settled_at is None]
    for one in found:
        one.state, one.settled_at = "dropped", ctx.now
    return [one.id for one in found]


def _home_zone(policy: Policy) -> ZoneInfo:
    return ZoneInfo(policy.lines[policy.company.home_line].time_zone)


def _asked_day(policy: Policy, known: Details) -> str:
    """Return the day as written down, the same for every line, so that it doesn't reveal which was called."""
    return day_words(known.first_asked_on(_home_zone(policy)), None)


def _where_to_tell_us(policy: Policy) -> str:
    """Say where to write to the company: the first web address it names, else by answering the mail."""
    address = next(filter(None, (policy.notices.contact, policy.company.website)), "")
    return f" at {address}" if address else " by replying to this e-mail"


def _privacy_lines(policy: Policy) -> tuple[str, ...]:
    """Return the line on how the company handles personal data, if the policy names an address for it."""
    return (f"How we handle personal data: {policy.company.privacy}",) if policy.company.privacy else ()


FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
UNDER_WAY = timedelta(minutes=15)
"""How long a letter may be with the mail server; a process that has said nothing by then has died."""
SLOW = timedelta(hours=1)
LOST = "stopped"
"""The code of a letter whose outcome the program itself does not know."""
Told = tuple[dict[str, Any], tuple[Effect, ...]]
"""Details for the audit log, and the effects that tell people."""


@dataclass(frozen=True, slots=True)
class CollectedLetter:
    """A mail to be sent now; committed as being sent, so that a crash leaves it unknown and never sends it twice in silence."""

    mail: str
    to: str
    message_id: str
    written: Written


def due_letters(store: Store, now: datetime) -> list[str]:
    """Return the ids of letters to send now, or to treat as lost; the mail worker asks this directly, since it only reads.

    A wait longer than `UNDER_WAY` was set by a clock that ran ahead, so it counts as over.
    """
    due = (CustomerLetter.next_at <= now) | (CustomerLetter.next_at > now + UNDER_WAY)
    by = (CustomerLetter.next_at, CustomerLetter.id)
    return [one.id for one in store.rows(CustomerLetter, CustomerLetter.state.in_(customers.UNSETTLED), due, by=by)]


@handler("customer.collect", clause="P8")
def collect_letter(ctx: Context, mail_id: str) -> Result[CollectedLetter | None]:
    """P8: take a letter that is due. It counts as being sent from now on, so it never goes twice unnoticed."""
    letter = ctx.store.row(CustomerLetter, mail_id)
    if letter is None or letter.state not in customers.UNSETTLED or ctx.now < letter.next_at <= ctx.now + UNDER_WAY:
        return Result(None, quiet=True)
    case = CustomerCase.load(ctx, letter.matter_id)
    if letter.state == "sending":
        return Result(None, _mark_uncertain(ctx, case, letter, LOST), letter.matter_id, {"lost": [letter.id]})
    # Send it only if its request is still waiting for it and its link isn't dead.
    wanted = case.matter.state in customers.ON_ITS_WAY and letter.link in ("", *ALIVE)
    envelope = read_letter(ctx, letter) if wanted else None
    if envelope is None:
        call_back_letters(ctx, [letter])
        asked, effects = _reopen_waiting(ctx, case) if case.known is not None else ({}, ())
        return Result(None, effects, letter.matter_id, {"dropped": [letter.id], **asked})
    letter.state, letter.attempts, letter.next_at = "sending", letter.attempts + 1, ctx.now + UNDER_WAY
    collected = CollectedLetter(letter.id, envelope.to, letter.message_id, envelope.written)
    return Result(collected, (), letter.matter_id, {"mail": letter.id, "attempt": letter.attempts})


@handler("customer.accepted", clause="P8", about="mail_id")
def note_accepted(ctx: Context, mail_id: str, answer: str) -> Result[None]:
    """P8: note the mail server's acceptance, which counts as “honoured” for a copy and a refusal alike."""
    found = _load_unsettled(ctx, mail_id)
    if found is None:
        return Result(None, quiet=True)
    case, letter = found
    letter.state, letter.answer, letter.settled_at = "accepted", answer.partition(" ")[0], ctx.now
    answers = case.matter.state in customers.ON_ITS_WAY
    told, effects = honour_letter(ctx, case, letter) if answers else ({}, ())
    detail = {"mail": letter.id, "answer": answer, "answered": answers, "state": letter.state, **told}
    return Result(None, (*asking.bump_and_redraw(case), *effects), case.matter.id, detail)


@handler("customer.put_off", clause="P8", about="mail_id")
def put_off_letter(ctx: Context, mail_id: str, code: str) -> Result[None]:
    """P8: retry mail that wasn't accepted, doubling the wait; the releaser is told if it takes long."""
    found = _load_unsettled(ctx, mail_id)
    if found is None or found[1].state != "sending":
        return Result(None, quiet=True)
    case, letter = found
    news = letter.answer != code
    letter.state, letter.answer = "waiting", code
    letter.next_at = ctx.now + min(FIRST_WAIT * 2.0 ** min(letter.attempts - 1, 10), LONGEST_WAIT)
    words = f"I’ve tried for an hour to send the e-mail for {case.matter.id} ({code}). If it still isn’t sent, please tell the bot’s administrator."
    # Once, when it takes longer than an hour; reminders of the due day go on until it is accepted.
    slow = ctx.now - letter.made_at >= SLOW
    told = telling.tell_of(case.matter.id, case.releasers, words, f"slow:{letter.id}") if slow else ()
    detail = {"mail": letter.id, "code": code, "attempt": letter.attempts}
    return Result(None, told, case.matter.id, detail, quiet=not (news or told))


@handler("customer.not_taken", clause="P8", about="mail_id")
def note_refused_mail(ctx: Context, mail_id: str, code: str, answer: str) -> Result[None]:
    """P8: reopen the request, because the mail was refused for good. The link is dead."""
    found = _load_unsettled(ctx, mail_id)
    if found is None:
        return Result(None, quiet=True)
    case, letter = found
    letter.state, letter.answer, letter.settled_at = "refused", code, ctx.now
    whom = dict.fromkeys((*case.releasers, case.matter.filed_by))
    words = f"The e-mail for {case.matter.id} was refused ({code}), so it didn’t reach the customer."
    if case.matter.state in customers.ON_ITS_WAY:
        words += f" I reopened the request, still {case.due_words}."
    asked, effects = _reopen_waiting(ctx, case)
    detail = {"mail": letter.id, "code": code, "answer": answer, **asked}
    told = telling.tell_of(case.matter.id, whom, words, f"not_taken:{letter.id}")
    return Result(None, (*(effects or asking.bump_and_redraw(case)), *told), case.matter.id, detail)


@handler("customer.not_known", clause="P8", about="mail_id")
def note_uncertain_mail(ctx: Context, mail_id: str, code: str) -> Result[None]:
    """P8: the connection broke after the text was sent, so ask the releaser before sending again."""
    found = _load_unsettled(ctx, mail_id)
    if found is None or found[1].state != "sending":
        return Result(None, quiet=True)
    case, letter = found
    effects = _mark_uncertain(ctx, case, letter, code)
    return Result(None, effects, letter.matter_id, {"mail": letter.id, "code": code, "state": letter.state})


def _load_unsettled(ctx: Context, mail_id: str) -> tuple[CustomerCase, CustomerLetter] | None:
    """Load a letter and its request; None if its outcome is known already."""
    letter = ctx.store.row(CustomerLetter, mail_id)
    if letter is None or letter.settled_at is not None:
        return None
    return CustomerCase.load(ctx, letter.matter_id), letter


def _reopen_waiting(ctx: Context, case: CustomerCase) -> Told:
    """Reopen the request of a letter that will never be sent, if the request was waiting for it; otherwise return
    nothing to log or tell.
    """
    return reopen_request(ctx, case, "ended", honoured=True) if case.matter.state in customers.ON_ITS_WAY else ({}, ())


def _mark_uncertain(ctx: Context, case: CustomerCase, letter: CustomerLetter, code: str) -> tuple[Effect, ...]:
    """Note that a mail may or may not have arrived, and ask the releasers."""
    letter.state, letter.answer = "unknown", code
    if case.matter.state in customers.ON_ITS_WAY:
        case.matter.state = "unknown"
    words = "I couldn’t tell whether an e-mail to a customer arrived."
    return (
        *asking.bump_and_redraw(case),
        *telling.tell_of(case.matter.id, case.releasers, words, f"not_known:{letter.id}:{letter.attempts}"),
    )


def honour_letter(ctx: Context, case: CustomerCase, letter: CustomerLetter) -> Told:
    """Count the request as answered: for a copy, tell the person who reads out the passcode.

    The link's days start now.
    """
    request, detail = case.matter, dict[str, Any](close_answered(ctx, case))
    once = f"answered:{request.id}:{letter.id}"
    told = tuple[Tell, ...]()
    if letter.link:
        detail |= start_link_days(ctx, case, letter) if letter.link in ALIVE else {}
        words = "I sent the customer a link. It opens with a passcode that you read out by phone."
        told = telling.tell_of(request.id, case.releasers, words, once)
    return detail, told


def close_answered(ctx: Context, case: CustomerCase) -> dict[str, str]:
    """Close a request as answered, keeping the time of its first answer. Returns the audit log's details if it was late."""
    request, late = case.matter, filing.note_missed(ctx, case.matter)
    request.state, request.closed_at = "answered", ctx.now
    request.answered_at = request.answered_at or ctx.now
    ctx.store.deadlines.drop(request.id, *filing.WATCHED)
    return late


def reopen_request(ctx: Context, case: CustomerCase, link: str, *, honoured: bool = False) -> Told:
    """Reopen a request with its old due day and ask the releasers; `link` says why its link is dead.

    With `honoured`, a request that was answered keeps its promise met.
    """
    request = case.matter
    for one in case.letters:
        if one.link in ALIVE:
            links.end_link(one, link)
    request.state, request.closed_at, request.decided_by, request.decided_at = "waiting", None, None, None
    request.outcome = request.refusal = request.decided_as = ""
    request.answered_at = request.answered_at if honoured else None
    _keep_while_it_waits(ctx, case)
    filing.schedule_reminders(ctx, request)
    return asking.ask_and_redraw(ctx, case)


def start_link_days(ctx: Context, case: CustomerCase, letter: CustomerLetter) -> dict[str, Any]:
    """P8, P12: start the link's days, and keep its calls as long, up to a number of working days.

    Returns the details for the audit log.
    """
    letter.ends_at = ctx.now + timedelta(days=ctx.policy.customers.link_days)
    ctx.store.deadlines.set(customers.LINK_ENDS, case.matter.id, letter.ends_at)
    calendar = calendar_of(ctx.policy, reminding.line_of(ctx.policy, case.matter))
    until = due_after(calendar, ctx.now, ctx.policy.customers.copy_kept_working_days).at
    for keep in [one for one in case.keeps if one.ended_at is None]:
        keep.why, keep.ends_at = erasures.COPY, min(until, letter.ends_at)
    return {"link": letter.id, "until": letter.ends_at.isoformat()}


def _keep_while_it_waits(ctx: Context, case: CustomerCase) -> None:
    """P12: keep calls for the open request that were kept for its link."""
    lines = {one.id: one.line for one in case.recordings}
    for keep in case.keeps:
        if keep.why == erasures.COPY and keep.ended_at is None:
            keep.why = erasures.REQUEST
            calendar = calendar_of(ctx.policy, lines[keep.recording_id])
            keep.ends_at = due_after(calendar, keep.since, ctx.policy.holds.open_request_working_days).at
